import { assert, describe, it } from "@effect/vitest";
import * as fc from "fast-check";
import { isPacked, pack, unpack } from "../src/internal/sql/packed.ts";
import type { RunEvent } from "../src/RunEvent.ts";
import { everyKind } from "../src/testing/internal/sampleEvents.ts";

const inFull = (events: ReadonlyArray<RunEvent>): unknown => JSON.parse(JSON.stringify(events));

const read = (text: string | undefined): unknown => {
  const body: unknown = JSON.parse(text!);
  return isPacked(body) ? unpack(body) : "not packed";
};

/** Any of the sample events, at some time, perhaps without some of its fields. */
const event = fc
  .tuple(
    fc.constantFrom(...everyKind),
    fc.oneof(fc.constantFrom(0, 1, 1_700_000_000_000, 1.5), fc.integer(), fc.constant(-0)),
    fc.constantFrom("", "task", "message", "ref"),
    fc.constantFrom("omitted", "undefined"),
  )
  .map(([sample, at, name, how]) => {
    const { [name as "task"]: _, ...others } = sample as { readonly task?: string };
    return { ...(how === "omitted" ? others : { ...sample, [name]: undefined }), at } as RunEvent;
  });

describe("packed events", () => {
  it("are read back as JSON gives them, whatever their kinds, times and fields", () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 130 }), (events) => {
        assert.deepStrictEqual(read(pack(events, Infinity)), inFull(events));
      }),
    );
  });

  it("take less than half the room where many are alike", () => {
    const events = Array.from({ length: 50 }, (_, index): RunEvent => ({
      _tag: "TaskEnded",
      at: 1_700_000_000_000 + Math.floor(index / 20),
      task: `task-${index}`,
      outcome: "Succeeded",
    }));
    const text = pack(events, Infinity)!;
    assert.deepStrictEqual(read(text), events);
    assert.isBelow(text.length, JSON.stringify(events).length / 2);
  });

  it("are not made where some of them together are too long", () => {
    const [short, long] = ["", "x".repeat(500)].map((message): RunEvent => ({
      _tag: "Warning",
      at: 1,
      message,
    }));
    const many = Array.from({ length: 60 }, () => short!);
    assert.isDefined(pack(many, 500));
    assert.isUndefined(pack([...many, long!], 500));
    assert.isUndefined(pack([long!, ...many], 500));
  });

  it("are told from a list of events", () => {
    assert.isFalse(isPacked(inFull(everyKind)));
    assert.isFalse(isPacked([]));
    assert.isFalse(isPacked({}));
  });

  it("are not made up of what is no packed body", () => {
    const shapes = [["TaskReady", "task"]];
    assert.deepStrictEqual(unpack([shapes, [0, 5, 1, "a"]]), [
      { _tag: "TaskReady", at: 5, task: "a" },
    ]);
    for (const values of [[0, 5, 2, "a"], [0, 5, 1], [0], ["TaskReady"], [null], 7]) {
      assert.isUndefined(unpack([shapes, values]), JSON.stringify(values));
    }
  });
});
