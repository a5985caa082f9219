import { assert, describe, it } from "@effect/vitest";
import * as Schema from "effect/Schema";
import * as fc from "fast-check";
import * as Model from "../src/CodegenModel.ts";
import { runEnd } from "../src/internal/RunEnd.ts";
import * as Marker from "../src/Marker.ts";
import * as RunStatus from "../src/RunStatus.ts";

const decode = Schema.decodeUnknownSync(Model.AgentRun);
const fields = [
  "status",
  "created_at",
  "web_url",
  "result",
  "summary",
  "source_type",
  "github_pull_requests",
  "metadata",
  "something_new",
];

describe("CodegenModel", () => {
  it("reads any agent run that has an id, whatever its other fields hold", () => {
    const anything = fc.dictionary(fc.constantFrom(...fields), fc.jsonValue());
    const id = fc.oneof(fc.nat(), fc.nat().map(String));
    fc.assert(
      fc.property(anything, id, (rest, own) => {
        const run = decode({ ...rest, id: own });
        assert.strictEqual(String(run.id), String(own));
        Marker.of(run);
        const end = runEnd(run, "failure");
        assert.strictEqual(
          end === undefined,
          ["working", "unknown"].includes(RunStatus.meaning(run.status)),
        );
      }),
    );
  });

  it("keeps the pull requests that make sense beside one that does not", () => {
    const run = decode({ id: 1, github_pull_requests: [null, 3, { url: "u", title: 4, id: "9" }] });
    assert.deepStrictEqual(run.github_pull_requests, [
      undefined,
      undefined,
      { url: "u", title: undefined, id: "9" },
    ]);
  });

  for (const id of [null, undefined, "", "x", -1, 1.5, {}, "1/../2"]) {
    it(`does not take ${JSON.stringify(id)} for an id`, () => {
      assert.throws(() => decode({ id }));
    });
  }
});

describe("RunStatus", () => {
  it("compares without regard to case and spaces", () => {
    for (const status of ["COMPLETE", "complete", " Completed "]) {
      assert.strictEqual(RunStatus.meaning(status), "succeeded");
    }
  });

  it("takes what it does not know for work that goes on", () => {
    for (const status of ["constructor", "__proto__", "DONE", "DELETED"]) {
      assert.strictEqual(RunStatus.meaning(status), "unknown");
      assert.isFalse(RunStatus.isOver(status));
    }
    assert.strictEqual(RunStatus.meaning(undefined), "working");
  });

  it("tells every end that is no success apart from work", () => {
    const ends = ["ERROR", "FAILED", "CANCELLED", "STOPPED", "TIMEOUT"];
    for (const status of [...ends, "MAX_ITERATIONS_REACHED", "OUT_OF_TOKENS"]) {
      const end = runEnd({ id: 1, status }, "failure");
      assert.strictEqual(end?._tag, "Failed");
      assert.include(end?._tag === "Failed" ? end.failure.message : "", status);
    }
  });
});
