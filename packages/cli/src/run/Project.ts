/**
 * The folder that keeps runs: the nearest one upward with a journal.
 *
 * Whoever looks at runs from here takes no lock and makes no file. The database
 * is loaded only when it is asked for, because help must come at once.
 */
import { Journal, RunState } from "@orchestrator/core";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Path from "effect/Path";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import * as ExitCode from "../ExitCode.ts";
import { Screen } from "../terminal/Screen.ts";
import * as LearningJournal from "../telemetry/LearningJournal.ts";
import * as Text from "../terminal/Text.ts";

export interface Project {
  readonly root: string;
  /** Where its journal and its runs lie: `.orchestrator` in the root. */
  readonly folder: string;
}

/** A run as its journal tells it. */
export interface Found {
  readonly id: string;
  readonly state: RunState.RunState;
}

type JournalOf = Journal.Journal["Service"];

/** The name of a project's own folder. */
export const folderName = ".orchestrator";

/** The name of the journal in it. */
export const journalName = "journal.db";

/** No folder from here upward has a journal. */
export class NoRuns extends Schema.TaggedError<NoRuns>()("NoRuns", { folder: Schema.String }) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.noInput;
  override get message(): string {
    return (
      `there are no runs in ${Text.line(this.folder)} or the folders above it. ` +
      "Run a plan first (orchestrator run plan.yaml), or go to the folder of its project."
    );
  }
}

/** The nearest project upward from a folder. */
export const find = Effect.fn("Project.find")(function* (folder: string) {
  const [nearest] = yield* upward(folder);
  return nearest ?? (yield* new NoRuns({ folder }));
});

/** Every project from a folder upward, the nearest first. */
export const upward = Effect.fn("Project.upward")(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const found: Array<Project> = [];
  for (let root = path.resolve(folder); ; root = path.dirname(root)) {
    const own = path.join(root, folderName);
    const isThere = fs.exists(path.join(own, journalName));
    if (yield* Effect.orElseSucceed(isThere, () => false)) found.push({ root, folder: own });
    if (root === path.dirname(root)) return found;
  }
});

/** The journal of a project, only to be read. */
export const journalLayer = ({
  root,
}: Project): Layer.Layer<Journal.Journal, Journal.JournalError> =>
  Layer.unwrap(
    Effect.map(
      Effect.promise(() => import("@orchestrator/local/LocalJournal")),
      (LocalJournal) =>
        LearningJournal.learning(LocalJournal.layer({ folder: root, readOnly: true })),
    ),
  );

/** A project and its journal. */
export interface Opened {
  readonly project: Project;
  readonly journal: JournalOf;
}

/** The project around the current folder, only to be read, until the scope closes. */
export const open = Effect.fn("Project.open")(function* () {
  const { folder } = yield* Screen;
  const project = yield* find(folder);
  const journal = Context.get(yield* Layer.build(journalLayer(project)), Journal.Journal);
  return { project, journal } satisfies Opened;
});

/** The newest run that is accepted, or undefined. */
export const latest = Effect.fn("Project.latest")(function* (
  journal: JournalOf,
  accepts: (found: Found) => boolean = () => true,
) {
  for (const id of (yield* journal.runs).toReversed()) {
    const found: Found = { id, state: yield* stateOf(journal, id) };
    if (accepts(found)) return found;
  }
  return undefined;
});

/** What a run is, as far as the journal tells now. */
export const stateOf = Effect.fn("Project.stateOf")(function* (journal: JournalOf, run: string) {
  const state = new RunState.RunState();
  yield* Stream.runForEachArray(journal.read(run), (entries) =>
    Effect.sync(() => {
      for (const { event } of entries) state.apply(event);
    }),
  );
  return state;
});

/** The process that works on a run now, or undefined if there is none. */
export const holder = Effect.fn("Project.holder")(function* ({ root }: Project, run: string) {
  const RunHolder = yield* Effect.promise(() => import("@orchestrator/local/RunHolder"));
  return yield* RunHolder.find(root, run);
});

/** Whether a process works on a run now. */
export const isLive = (project: Project, run: string) =>
  Effect.map(holder(project, run), (found) => found !== undefined);
