import { assert, describe, it } from "@effect/vitest";
import * as fc from "fast-check";
import { ReadyHeap } from "../src/internal/ReadyHeap.ts";

interface Entry {
  readonly node: number;
  readonly first: number;
  readonly second: number;
  readonly offered: number;
}

const before = (a: Entry, b: Entry) =>
  b.first - a.first || b.second - a.second || a.offered - b.offered;

const key = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true }));

describe("the heap of ready tasks", () => {
  it("gives what a sorted list gives", () => {
    const push = fc.record({ first: key, second: key });
    const operations = fc.array(fc.oneof(push, fc.constant("pop" as const)), {
      maxLength: 200,
      size: "max",
    });
    fc.assert(
      fc.property(operations, (drawn) => {
        const heap = new ReadyHeap();
        const list: Array<Entry> = [];
        for (const [index, operation] of drawn.entries()) {
          if (operation !== "pop") {
            // Nodes may come back, and numbers say nothing about the order.
            const entry = { node: (index * 7) % 11, offered: index, ...operation };
            heap.push(entry.node, entry.first, entry.second, entry.offered);
            list.push(entry);
            list.sort(before);
          } else if (list.length > 0) {
            assert.strictEqual(heap.topFirst, list[0]!.first);
            assert.strictEqual(heap.pop(), list.shift()!.node);
          }
          assert.strictEqual(heap.size, list.length);
          if (list.length > 0) assert.strictEqual(heap.top, list[0]!.node);
        }
        assert.deepStrictEqual(
          list.map(() => heap.pop()),
          list.map(({ node }) => node),
        );
      }),
      { numRuns: 300 },
    );
  });

  it("knows which of two heaps goes first", () => {
    const small = fc.integer({ min: 0, max: 2 });
    fc.assert(
      fc.property(fc.tuple(small, small), fc.tuple(small, small), fc.boolean(), (a, b, isOlder) => {
        const one = { node: 1, first: a[0], second: a[1], offered: isOlder ? 0 : 2 };
        const other = { node: 2, first: b[0], second: b[1], offered: 1 };
        const [left, right] = [new ReadyHeap(), new ReadyHeap()];
        left.push(one.node, one.first, one.second, one.offered);
        right.push(other.node, other.first, other.second, other.offered);
        assert.strictEqual(left.precedes(right), before(one, other) < 0);
        assert.strictEqual(right.precedes(left), before(one, other) > 0);
      }),
    );
  });

  it("sorts a hundred thousand", () => {
    const heap = new ReadyHeap();
    const many = 100_000;
    for (let node = 0; node < many; node++) heap.push(node, 0, (node * 7919) % many, node);
    const wrong = Array.from({ length: many }, () => (heap.pop() * 7919) % many).filter(
      (second, index) => second !== many - 1 - index,
    );
    assert.deepStrictEqual(wrong, []);
  });
});
