/** Runs in the journal of a folder, written as another process would. */
import type { Journal, RunEvent } from "@orchestrator/core";
import * as LocalJournal from "@orchestrator/local/LocalJournal";
import * as Effect from "effect/Effect";
import * as Scene from "./Scene.ts";

/** Opens a run and appends to it; it is worked on until the scope closes. */
export const open = Effect.fnUntraced(function* (
  folder: string,
  run: string,
  events: ReadonlyArray<RunEvent.RunEvent>,
) {
  const journal: Journal.Journal["Service"] = yield* LocalJournal.make({ folder });
  const writer = yield* journal.open(run);
  yield* writer.append(events);
  return writer;
}, Effect.orDie);

/** A run that nobody works on any more. */
export const write = (folder: string, run: string, events: ReadonlyArray<RunEvent.RunEvent>) =>
  Effect.scoped(Effect.asVoid(open(folder, run, events)));

/** Begun just now, as the command sees it: tasks `a`, `b`, … of which the first succeeded, after the start of the run. */
export const begun = (run: string, at = Date.now()): ReadonlyArray<RunEvent.RunEvent> => [
  Scene.started({ run, at }),
  Scene.added(["a", "b", "c"].map((id) => ({ id }))),
  ...Scene.succeeded("a"),
];

export const ended = (
  outcome: RunEvent.RunOutcome,
  at = Date.now(),
): RunEvent.OfKind<"RunEnded"> => ({ _tag: "RunEnded", at, outcome });
