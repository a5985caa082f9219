import { Journal, ResultManager, type RunEvent } from "@orchestrator/core";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as RunRecord from "../src/run/RunRecord.ts";
import * as Scene from "./support/Scene.ts";

const events: ReadonlyArray<RunEvent.RunEvent> = [
  Scene.started(),
  Scene.added([{ id: "a", title: "bidi \u202e and \u009b31m" }, { id: "b" }]),
  ...Scene.succeeded("a"),
  ...Scene.launched("b"),
];

const kept = Effect.fnUntraced(function* (all: ReadonlyArray<RunEvent.RunEvent>) {
  const journal = Journal.makeMemory();
  yield* Effect.scoped(Effect.flatMap(journal.open("r"), (writer) => writer.append(all)));
  return journal;
});

describe("RunRecord", () => {
  it.effect("tells what a run that was killed had come to", () =>
    Effect.gen(function* () {
      const told = yield* RunRecord.tell(yield* kept(events), "r");
      expect(told.events).toBe(events.length);
      expect([...ResultManager.rows(told.state)].map(({ status }) => status)).toEqual([
        "succeeded",
        "running",
      ]);
    }),
  );

  it.effect("refuses events of a task that never joined, and names the first", () =>
    Effect.gen(function* () {
      const orphan = { _tag: "TaskReady", at: Scene.now, task: "nobody" } as const;
      const journal = yield* kept([...events.slice(0, 2), orphan, ...events.slice(2)]);
      const error = yield* Effect.flip(RunRecord.tell(journal, "r"));
      expect(error.message).toContain("event 3 of the run r cannot follow those before it");
      expect(error.message).toContain("nobody");
    }),
  );

  it("writes an event as JSON in which nothing acts on a terminal", () => {
    const entry = { run: "r", sequence: 2, epoch: 1, monotonicMillis: 0, event: events[1]! };
    const text = RunRecord.encode(entry);
    expect(text).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(JSON.parse(text)).toEqual(entry);
  });
});
