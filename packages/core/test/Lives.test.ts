import { assert, describe, it } from "@effect/vitest";
import * as fc from "fast-check";
import { Life } from "../src/internal/Life.ts";
import { Lives } from "../src/internal/Lives.ts";
import { Slot } from "../src/Slot.ts";
import * as FunctionAgent from "../src/FunctionAgent.ts";
import * as Effect from "effect/Effect";

const agent = FunctionAgent.make(() => Effect.void);
const slot = new Slot("function", 1);
const lifeOf = (node: number) => new Life(node, { id: `task-${node}` }, 1, slot, agent);

describe("the lives of tasks", () => {
  it("are there, in the order of their tasks, from when they begin until they are over", () => {
    const node = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 5000 }));
    fc.assert(
      fc.property(fc.array(node, { maxLength: 80 }), (nodes) => {
        const lives = new Lives();
        const expected = new Map<number, Life>();
        for (const number of nodes) {
          const known = expected.get(number);
          const life = known ?? lifeOf(number);
          if (known === undefined) {
            lives.add(life);
            expected.set(number, life);
          } else {
            lives.delete(life);
            expected.delete(number);
            // Once more changes nothing.
            lives.delete(life);
          }
          assert.strictEqual(lives.get(number), expected.get(number));
          assert.strictEqual(lives.size, expected.size);
          const inOrder = [...expected.values()].sort((one, other) => one.node - other.node);
          assert.deepStrictEqual([...lives], inOrder);
        }
        assert.strictEqual(
          lives.some(({ node: other }) => other === 3),
          expected.has(3),
        );
      }),
    );
  });

  it("can end while they are gone through", () => {
    const lives = new Lives();
    for (let number = 0; number < 20; number++) lives.add(lifeOf(number));
    const seen: Array<number> = [];
    for (const life of lives) {
      seen.push(life.node);
      lives.delete(life);
    }
    assert.lengthOf(seen, 20);
    assert.strictEqual(lives.size, 0);
  });
});
