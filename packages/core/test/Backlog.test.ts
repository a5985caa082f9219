import { assert, describe, it } from "@effect/vitest";
import * as fc from "fast-check";
import { Backlog } from "../src/internal/Backlog.ts";

describe("a backlog", () => {
  it("gives what a list gives from which the first items are spliced", () => {
    const added = fc.array(fc.integer(), { maxLength: 40 });
    const taken = fc.integer({ min: 1, max: 20 });
    const operations = fc.array(fc.oneof(added, taken), { maxLength: 60 });
    fc.assert(
      fc.property(operations, (drawn) => {
        const backlog = new Backlog<number>();
        const list: Array<number> = [];
        for (const operation of drawn) {
          if (typeof operation === "number") {
            assert.deepStrictEqual(backlog.take(operation), list.splice(0, operation));
          } else {
            backlog.add(operation);
            list.push(...operation);
          }
          assert.strictEqual(backlog.isEmpty, list.length === 0);
        }
      }),
    );
  });
});
