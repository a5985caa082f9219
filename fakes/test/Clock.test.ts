import { describe, expect, it } from "vitest";
import { Clock } from "../src/index.ts";

describe("a controlled clock", () => {
  it("stands still until it is moved, and wakes sleepers in order at their time", async () => {
    const clock = Clock.controlled(1000);
    const woken: Array<[string, number]> = [];
    const sleep = async (name: string, milliseconds: number) => {
      await clock.sleep(milliseconds);
      woken.push([name, clock.now()]);
    };
    void sleep("late", 30);
    void sleep("early", 10);
    void sleep("never", 60).then(() => undefined);
    expect(clock.now()).toBe(1000);
    await clock.advance(50);
    expect(woken).toEqual([
      ["early", 1010],
      ["late", 1030],
    ]);
    expect(clock.now()).toBe(1050);
  });

  it("wakes in one move who falls asleep again on the way", async () => {
    const clock = Clock.controlled(0);
    const seen: Array<number> = [];
    void (async () => {
      for (let round = 0; round < 3; round++) {
        await clock.sleep(10);
        seen.push(clock.now());
      }
    })();
    await clock.advance(25);
    expect(seen).toEqual([10, 20]);
  });

  it("lets a sleeper go when its signal fires", async () => {
    const clock = Clock.controlled(0);
    const stop = new AbortController();
    const sleep = clock.sleep(10, stop.signal);
    stop.abort();
    await sleep;
    expect(clock.now()).toBe(0);
  });
});

describe("a real clock", () => {
  it("passes as many times as fast as its factor says", async () => {
    const clock = Clock.real({ factor: 10_000, start: 0 });
    await clock.sleep(100_000);
    expect(clock.now()).toBeGreaterThanOrEqual(90_000);
  });

  it("takes no factor of 0", () => {
    expect(() => Clock.real({ factor: 0 })).toThrow("factor must be above 0, found 0");
  });
});
