/** Runs as their journal tells them. */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import type { Journal } from "../Journal.ts";
import * as Operator from "../Operator.ts";
import { RunNotFound } from "../RunErrors.ts";
import type { RunEvent } from "../RunEvent.ts";
import { RunState } from "../RunState.ts";

type JournalOf = Journal["Service"];

/** Folds the events of a run that exists. */
export const read = Effect.fn("Orchestrator.state")(function* (journal: JournalOf, run: string) {
  const state = new RunState();
  yield* Stream.runForEachArray(journal.read(run), (entries) =>
    Effect.sync(() => {
      for (const { event } of entries) state.apply(event);
    }),
  );
  if (state.run === undefined) return yield* new RunNotFound({ run });
  return state;
});

/** Opens a run that exists and folds its events. Whoever is refused has written nothing. */
export const open = Effect.fnUntraced(function* (journal: JournalOf, run: string) {
  const known = yield* journal.runs;
  if (!known.includes(run)) return yield* new RunNotFound({ run });
  const writer = yield* journal.open(run);
  return { writer, state: yield* read(journal, run) };
});

/** The events of all changes, each seen in the state that those before it made, which `state` then is. */
export const applyAll = (
  state: RunState,
  changes: ReadonlyArray<Operator.Change>,
  at: number,
): Result.Result<ReadonlyArray<RunEvent>, Operator.ChangeRefused> => {
  const recorded: Array<RunEvent> = [];
  for (const change of changes) {
    const events = Operator.events(state, change, at);
    if (Result.isFailure(events)) return Result.fail(events.failure);
    for (const event of events.success) {
      state.apply(event);
      recorded.push(event);
    }
  }
  return Result.succeed(recorded);
};

/** Records what a person asks for. */
export const amend = Effect.fn("Orchestrator.amend")(function* (
  journal: JournalOf,
  run: string,
  changes: ReadonlyArray<Operator.Change>,
) {
  const { state, writer } = yield* open(journal, run);
  const events = yield* Effect.fromResult(applyAll(state, changes, yield* Clock.currentTimeMillis));
  if (events.length > 0) yield* writer.append(events);
});
