import { assert, describe, it } from "@effect/vitest";
import { covered } from "../src/internal/landing/paths.ts";
import * as LandingOptions from "../src/LandingOptions.ts";

describe("the policy of a team that says nothing", () => {
  it("leaves merging to people, and puts right what stands in their way", () => {
    assert.deepInclude(LandingOptions.make(), {
      mode: "manual",
      method: "squash",
      base: undefined,
      authors: undefined,
      drafts: false,
      checks: "required",
      checksGraceSeconds: 60,
      rerunFlaky: true,
      updateBehind: true,
      sendBack: ["conflict", "checks", "reviews"],
      pauseOnRedBase: true,
    });
  });

  it("protects workflows, owners and lock files", () => {
    const { protectedPaths } = LandingOptions.make();
    const paths = [
      ".github/workflows/ci.yml",
      ".GitHub/CODEOWNERS",
      "docs/CODEOWNERS",
      "pnpm-lock.yaml",
      "web/package-lock.json",
      "cargo.lock",
    ];
    assert.deepStrictEqual(covered(protectedPaths, paths), paths);
    const others = ["src/index.ts", "github/workflows.md", "src/lock.ts", "package.json"];
    assert.deepStrictEqual(covered(protectedPaths, others), []);
  });

  it("knows the labels that hold", () => {
    const { holdLabels } = LandingOptions.make();
    for (const label of ["hold", "do-not-merge", "wip"]) assert.include(holdLabels, label);
  });
});

describe("a policy", () => {
  it("is as it is stated, and as usual where it is not", () => {
    const made = LandingOptions.make({ mode: "auto", method: undefined, protectedPaths: [] });
    assert.deepInclude(made, { mode: "auto", method: "squash", protectedPaths: [] });
  });
});

describe("a glob", () => {
  const cases: ReadonlyArray<readonly [string, ReadonlyArray<string>, ReadonlyArray<string>]> = [
    ["*.lock", ["a.lock", "x/y/a.lock"], ["a.lock/b", "a.locks"]],
    ["infra/**", ["infra/a", "infra/b/c"], ["infra.ts", "x/infra/a"]],
    ["infra/", ["infra/a", "infra/b/c"], ["x/infra/a"]],
    ["**/deploy/*.sh", ["deploy/a.sh", "x/y/deploy/a.sh"], ["deploy/x/a.sh"]],
    ["/Makefile", ["Makefile"], []],
    ["a?c.ts", ["abc.ts"], ["ac.ts", "a/c.ts"]],
    ["src/*/x.ts", ["src/a/x.ts"], ["src/x.ts", "src/a/b/x.ts"]],
  ];
  for (const [glob, inside, outside] of cases) {
    it(`covers ${inside.join(", ")} with ${glob}`, () => {
      assert.deepStrictEqual(covered([glob], [...inside, ...outside]), inside);
    });
  }

  it("of many wildcards takes no long time", () => {
    const glob = `${"*a".repeat(200)}/${"**/".repeat(200)}b`;
    assert.deepStrictEqual(covered([glob], [`${"a".repeat(400)}/${"c/".repeat(400)}d`]), []);
  });
});
