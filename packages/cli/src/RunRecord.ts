/**
 * What a run leaves in its folder: every event, and its results.
 *
 * `events.ndjson` grows while the run goes on, so that a run that was killed
 * leaves what it knew; `results.json` is written at the end.
 */
import { type Journal, RunEvent, RunState } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import * as ExitCode from "./ExitCode.ts";
import * as SafeFile from "./SafeFile.ts";
import { Screen } from "./Screen.ts";
import * as Text from "./Text.ts";

const eventsFile = "events.ndjson";
const resultsFile = "results.json";

/** Where the runs of a plan lie, below the repository or the plan's folder. */
export const home: ReadonlyArray<string> = [".orchestrator", "runs"];

/** Whether `find` finds a run by its id from a folder: from that of its project or below. */
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

/** Keeps the events of a run until it ends. */
export const keep = Effect.fn("RunRecord.keep")(function* <E, R>(
  folder: string,
  events: Stream.Stream<Journal.JournalEntry, E, R>,
) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const file = path.join(folder, eventsFile);
  const encoder = new TextEncoder();
  const handle = yield* Effect.mapError(fs.open(file, { flag: "w" }), SafeFile.failed(file));
  yield* Stream.runForEachArray(events, (entries) =>
    handle
      .writeAll(encoder.encode(entries.map((entry) => `${encode(entry)}\n`).join("")))
      .pipe(Effect.mapError(SafeFile.failed(file))),
  );
  yield* Effect.mapError(handle.sync, SafeFile.failed(file));
}, Effect.scoped);

/** There is no such run, or none at all. */
export class NoRun extends Schema.TaggedError<NoRun>()("NoRun", {
  run: Schema.UndefinedOr(Schema.String),
  folder: Schema.String,
  known: Schema.Array(Schema.String),
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.noInput;
  override get message(): string {
    const what = this.run === undefined ? "no run" : `no run ${Text.line(this.run)}`;
    const known = this.known.slice(-5).toReversed();
    const hint =
      known.length > 0
        ? `The latest are: ${known.map((id) => Text.line(id)).join(", ")}.`
        : "Run a plan first, go to its folder, or name the folder of a run.";
    return `there is ${what} in ${Text.line(this.folder)} or the folders above it. ${hint}`;
  }
}

/** The events of a run are not what was written. */
export class DamagedRun extends Schema.TaggedError<DamagedRun>()("DamagedRun", {
  file: Schema.String,
  line: Schema.Int,
  found: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.badPlan;
  override get message(): string {
    return `${Text.line(this.file)}:${this.line} is not event ${this.line} of its run, found ${this.found}. The file was changed or damaged; restore it or export another run.`;
  }
}

/** The folder of a run that was named by its id or folder, or of the latest one. */
export const find = Effect.fn("RunRecord.find")(function* (named: string | undefined) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  const isRun = (at: string) =>
    fs.exists(path.join(at, eventsFile)).pipe(Effect.orElseSucceed(() => false));
  if (named !== undefined && (yield* isRun(path.resolve(folder, named)))) {
    return path.resolve(folder, named);
  }
  for (let at = folder; ; at = path.dirname(at)) {
    const runs = path.join(at, ...home);
    const known = yield* Effect.filter(
      (yield* fs.readDirectory(runs).pipe(Effect.orElseSucceed((): Array<string> => []))).sort(),
      (name) => isRun(path.join(runs, name)),
    );
    // Ids begin with the time.
    const id = named === undefined ? known.at(-1) : known.find((name) => name === named);
    if (id !== undefined) return path.join(runs, id);
    if (known.length > 0 || at === path.dirname(at)) {
      return yield* new NoRun({ run: named, folder, known });
    }
  }
});

const Entry = Schema.fromJsonString(
  Schema.Struct({ run: Schema.String, sequence: Schema.Int, event: RunEvent.RunEvent }),
);

/** The events of a run that was kept. A last line that was not written whole does not count. */
export const read = (
  folder: string,
): Stream.Stream<Journal.JournalEntry, DamagedRun, FileSystem.FileSystem | Path.Path> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const path = yield* Path.Path;
      const file = path.join(folder, eventsFile);
      const damaged = (line: number, found: string) => new DamagedRun({ file, line, found });
      return fs.stream(file).pipe(
        Stream.mapError((error) => damaged(1, error.reason.message)),
        Stream.decodeText(),
        wholeLines,
        Stream.zipWithIndex,
        Stream.mapEffect(([line, index]) =>
          Schema.decodeEffect(Entry)(line).pipe(
            Effect.mapError(() => damaged(index + 1, JSON.stringify(Text.line(line, 60)))),
            Effect.filterOrFail(
              ({ sequence }) => sequence === index + 1,
              ({ sequence }) => damaged(index + 1, `event ${sequence}`),
            ),
          ),
        ),
      );
    }),
  );

/** Only lines that have an end. */
const wholeLines = <E, R>(chunks: Stream.Stream<string, E, R>): Stream.Stream<string, E, R> =>
  Stream.suspend(() => {
    let rest = "";
    return Stream.flatMap(chunks, (chunk) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop()!;
      return Stream.fromIterable(lines);
    });
  });

/** The state that the events of a run amount to. */
export const fold = Effect.fn("RunRecord.fold")(function* (folder: string) {
  const path = yield* Path.Path;
  const state = new RunState.RunState();
  const damaged = (line: number, found: string) =>
    new DamagedRun({ file: path.join(folder, eventsFile), line, found });
  yield* Stream.runForEach(read(folder), ({ event, sequence }) => {
    const task = "task" in event ? event.task : undefined;
    if (task !== undefined && state.table.numberOf(task) === undefined) {
      return Effect.fail(damaged(sequence, `${event._tag} of a task that never joined`));
    }
    return Effect.try({
      try: () => state.apply(event),
      catch: () => damaged(sequence, `${event._tag}, which cannot follow`),
    });
  });
  return state;
});
