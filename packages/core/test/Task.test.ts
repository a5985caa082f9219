import { assert, describe, it } from "@effect/vitest";
import { Task } from "@orchestrator/core";
import * as Schema from "effect/Schema";
import * as fc from "fast-check";

const full: Task.Task = {
  id: "t",
  title: "Title",
  prompt: "do it",
  payload: { run: ["make", 1, null] },
  dependsOn: ["a", { task: "b", until: "merged", onFailure: "hold", source: "plan.yaml:3" }],
  agent: "codegen",
  priority: -1.5,
  timeoutSeconds: 1,
  estimateSeconds: 60,
  retry: { attempts: 0, delaySeconds: 0 },
  onDependencyFailure: "run-anyway",
  resources: { gpu: 0.5 },
  claims: ["src/**"],
  expectChange: true,
};

const decode = Schema.decodeUnknownSync(Task.Task);

describe("a task", () => {
  it("needs an id and nothing else", () => {
    assert.deepStrictEqual(decode({ id: "a" }), { id: "a" });
    assert.throws(() => decode({}), /id/);
  });

  it("is plain JSON", () => {
    assert.deepStrictEqual(decode(JSON.parse(JSON.stringify(full))), full);
  });

  for (const [field, value] of [
    ["id", ""],
    ["dependsOn", "a"],
    ["dependsOn", [{ task: "a", until: "never" }]],
    ["dependsOn", [{ until: "merged" }]],
    ["priority", Number.NaN],
    ["timeoutSeconds", 0],
    ["timeoutSeconds", Number.POSITIVE_INFINITY],
    ["estimateSeconds", -1],
    ["retry", { attempts: -1 }],
    ["retry", { attempts: 1.5 }],
    ["retry", { delaySeconds: -1 }],
    ["resources", { gpu: 0 }],
    ["claims", [""]],
    ["onDependencyFailure", "ignore"],
  ] as const) {
    it(`is refused with the ${field} ${JSON.stringify(value)}, by its name`, () => {
      assert.throws(() => decode({ id: "a", [field]: value }), new RegExp(field));
    });
  }

  it("is called by its title, else by its id", () => {
    assert.strictEqual(Task.title(full), "Title");
    assert.strictEqual(Task.title({ id: "a" }), "a");
    assert.strictEqual(Task.title({ id: "a", title: "" }), "");
  });

  it("states dependencies in its order, ids alone written out", () => {
    const stated = fc.array(
      fc.oneof(
        fc.string(),
        fc.record({ task: fc.string(), until: fc.constantFrom(...Task.gates) }),
      ),
    );
    fc.assert(
      fc.property(stated, (dependsOn) => {
        assert.deepStrictEqual(
          Task.dependencies({ id: "a", dependsOn }),
          dependsOn.map((one) => (typeof one === "string" ? { task: one } : one)),
        );
      }),
    );
    assert.deepStrictEqual(Task.dependencies({ id: "a" }), []);
  });

  it("passes gates from the weakest to the strongest", () => {
    assert.deepStrictEqual(Task.gates, ["agent-ended", "pr-open", "checks-green", "merged"]);
  });
});
