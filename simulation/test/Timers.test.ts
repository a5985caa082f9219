import { assert, describe, it } from "@effect/vitest";
import { Timers } from "../src/Timers.ts";

const order = (timers: Timers): ReadonlyArray<number> => {
  const times: Array<number> = [];
  while (timers.next !== Infinity) {
    times.push(timers.next);
    timers.take()();
  }
  return times;
};

describe("Timers", () => {
  it("gives what is due first, whatever was added first", () => {
    const timers = new Timers();
    const ran: Array<string> = [];
    for (const at of [5, 1, 4, 2, 3]) timers.add(at, () => ran.push(`at ${at}`));
    assert.deepStrictEqual(order(timers), [1, 2, 3, 4, 5]);
    assert.deepStrictEqual(ran, ["at 1", "at 2", "at 3", "at 4", "at 5"]);
  });

  it("keeps the order of what is due at the same moment", () => {
    const timers = new Timers();
    const ran: Array<string> = [];
    for (const name of ["a", "b", "c"]) timers.add(7, () => ran.push(name));
    order(timers);
    assert.deepStrictEqual(ran, ["a", "b", "c"]);
  });

  it("forgets what was called off", () => {
    const timers = new Timers();
    const ran: Array<string> = [];
    const callOff = timers.add(1, () => ran.push("called off"));
    timers.add(2, () => ran.push("stays"));
    callOff();
    assert.deepStrictEqual(order(timers), [2]);
    assert.deepStrictEqual(ran, ["stays"]);
  });
});
