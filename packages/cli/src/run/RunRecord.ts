/** What a run leaves: its events in the journal of its project, and files in a folder of its own. */
import { type Journal, RunState } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import type * as Path from "effect/Path";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import * as ExitCode from "../ExitCode.ts";
import * as Text from "../terminal/Text.ts";

const resultsFile = "results.json";

/** Where the folders of runs lie, below the repository or the plan's folder. */
export const home: ReadonlyArray<string> = [".orchestrator", "runs"];

/** Whether a run is found by its id from a folder: from that of its project or below. */
export const isFoundFrom = (path: Path.Path, run: string, folder: string): boolean => {
  const project = path.resolve(run, "..", ...home.map(() => ".."));
  const way = path.relative(project, folder);
  return way !== ".." && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
};

/** The file of a run's results. */
export const resultsOf = (path: Path.Path, folder: string): string =>
  path.join(folder, resultsFile);

/** An event as one line of JSON. */
export const encode = (entry: Journal.JournalEntry): string => Text.json(JSON.stringify(entry));

/** The events of a run do not follow from each other. */
export class DamagedRun extends Schema.TaggedError<DamagedRun>()("DamagedRun", {
  run: Schema.String,
  sequence: Schema.Int,
  found: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.badPlan;
  override get message(): string {
    return `event ${this.sequence} of the run ${Text.line(this.run)} cannot follow those before it: ${Text.line(this.found)}. The journal was changed or damaged; restore it, or choose another run.`;
  }
}

/** What a run is, as far as its journal tells now, and how many events tell it. */
export interface Told {
  readonly state: RunState.RunState;
  readonly events: number;
}

/** Folds the events of a run that exists. */
export const tell = Effect.fn("RunRecord.tell")(function* (
  journal: Journal.Journal["Service"],
  run: string,
) {
  const state = new RunState.RunState();
  let at: Journal.JournalEntry | undefined;
  yield* Stream.runForEachArray(journal.read(run), (entries) =>
    Effect.try({
      try: () => {
        for (at of entries) state.apply(at.event);
      },
      catch: (error) => damaged(at!, error),
    }),
  );
  return { state, events: at?.sequence ?? 0 } satisfies Told;
});

const damaged = ({ event, run, sequence }: Journal.JournalEntry, error: unknown) =>
  new DamagedRun({
    run,
    sequence,
    found: error instanceof RangeError ? error.message : event._tag,
  });
