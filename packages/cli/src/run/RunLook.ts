/** A run as somebody sees it from outside: what its journal says, and whether a process works on it. */
import { type Journal, type RunEvent, RunState } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import * as Project from "./Project.ts";

/**
 * What a run is for people. `suspended`: its process left it in order, or a
 * person gave it work after its end; `interrupted`: its process is gone without a word.
 */
export type Standing = "running" | "suspended" | "interrupted" | RunEvent.RunOutcome;

export interface RunLook {
  readonly id: string;
  readonly state: RunState.RunState;
  readonly standing: Standing;
  /** Who works on it. */
  readonly holder: Journal.Holder | undefined;
  /** How many events it had. */
  readonly last: number;
}

/** The fold of a run's entries, and whether its last process left in order. */
export class Folded {
  readonly id: string;
  readonly state = new RunState.RunState();
  /** The sequence number of the last entry that was taken in. */
  last = 0;
  #isLeft = false;

  constructor(id: string) {
    this.id = id;
  }

  apply({ event, sequence }: Journal.JournalEntry): void {
    this.state.apply(event);
    this.last = sequence;
    if (event._tag === "RunEnded" || event._tag === "RunSuspended") this.#isLeft = true;
    if (event._tag === "RunResumed") this.#isLeft = false;
  }

  /** The run, given who works on it. */
  look(holder: Journal.Holder | undefined): RunLook {
    const { id, last, state } = this;
    return { id, state, standing: this.#standing(holder), holder, last };
  }

  #standing(holder: Journal.Holder | undefined): Standing {
    // The process may still be about to leave.
    if (this.state.outcome !== undefined) return this.state.outcome;
    if (holder !== undefined) return "running";
    return this.#isLeft ? "suspended" : "interrupted";
  }
}

/** Looks at a run once. */
export const look = Effect.fn("RunLook.look")(function* (
  { journal, project }: Project.Opened,
  run: string,
) {
  // First, so that whatever a process records before it leaves is read.
  const holder = yield* Project.holder(project, run);
  const folded = new Folded(run);
  yield* Stream.runForEachArray(journal.read(run), (entries) =>
    Effect.sync(() => entries.forEach((entry) => folded.apply(entry))),
  );
  return folded.look(holder);
});
