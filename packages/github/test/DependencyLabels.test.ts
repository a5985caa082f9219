import { assert, describe, it } from "@effect/vitest";
import { DependencyLabels } from "@orchestrator/github";

const place = { owner: "acme", repository: "shop" };

describe("DependencyLabels", () => {
  it("names the label that states each dependency, as it is written", () => {
    const labels = ["bug", "Blocked-By: Acme/API#5", "depends:#1"];
    assert.deepStrictEqual(DependencyLabels.read(labels, place).statements, [
      { on: "Acme/API#5", label: "Blocked-By: Acme/API#5" },
      { on: "acme/shop#1", label: "depends:#1" },
    ]);
  });

  it("says what a label that names no issue could be", () => {
    const { problems, statements } = DependencyLabels.read(["depends:foo"], place);
    assert.deepStrictEqual(statements, []);
    assert.deepStrictEqual(problems, [
      {
        label: "depends:foo",
        message:
          'the label "depends:foo" names no issue; write depends:#12, depends:issue-12 or depends:owner/repo#12, one label for each issue',
      },
    ]);
  });

  it.each(["depends:", "depends:#0", "depends:#1 #2", "blocked by:1x", "depends on:a/b/c#1"])(
    "reports %j",
    (label) => {
      assert.lengthOf(DependencyLabels.read([label], place).problems, 1);
    },
  );

  it.each(["dependencies", "depends", "blocked", "independent:1", "blocks:#1"])(
    "finds nothing in %j",
    (label) => {
      assert.deepStrictEqual(DependencyLabels.read([label], place), {
        statements: [],
        problems: [],
      });
    },
  );
});
