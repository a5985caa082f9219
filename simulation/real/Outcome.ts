/** What is there when a run is over. */
import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import * as LocalJournal from "@orchestrator/local/LocalJournal";
import { RunState } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import * as Place from "./Place.ts";

/** Two runs of one plan must have the same, whatever happened to their processes. */
export interface Outcome {
  readonly run: string;
  readonly tasks: ReadonlyArray<string>;
  /** Each command that was started, with its attempt. */
  readonly starts: ReadonlyArray<string>;
  readonly files: ReadonlyArray<string>;
  readonly merges: number;
  readonly branches: ReadonlyArray<string>;
  readonly worktrees: number;
  /** Locks of git, and folders of worktrees. */
  readonly leftovers: ReadonlyArray<string>;
  readonly changes: string;
  readonly processes: ReadonlyArray<string>;
}

/** The last run of a project and its state; reading checks every hash of the journal. */
export const readRun = (folder: string): Promise<{ id: string; state: RunState.RunState }> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const journal = yield* LocalJournal.make({ folder, readOnly: true });
        const id = (yield* journal.runs).at(-1) ?? "";
        const entries = yield* Stream.runCollect(journal.read(id));
        const events = Array.from(entries, ({ event }) => event);
        return { id, state: RunState.RunState.fold(events) };
      }),
    ),
  );

/** Looks at everything that a run leaves. */
export const of = async (place: Place.Place): Promise<Outcome> => {
  const { id, state } = await readRun(place.repository);
  const git = (...args: ReadonlyArray<string>) => Place.git(place, ...args);
  return {
    run: state.outcome ?? "not ended",
    tasks: Array.from(state.tasks(), toldOf).sort(),
    starts: await Place.lines(place.starts),
    files: (await git("ls-tree", "-r", "main")).split("\n"),
    merges: Number(await git("rev-list", "--count", "--merges", "main")),
    branches: (await git("for-each-ref", "--format=%(refname)", "refs/heads"))
      .split("\n")
      .map((name) => name.replace(id, "<run>")),
    worktrees: (await git("worktree", "list", "--porcelain")).split("\n\n").length,
    leftovers: await leftoversIn(place),
    changes: await git("status", "--porcelain"),
    processes: await processesIn(place.home),
  };
};

const toldOf = ({ attempts, outcome, task }: RunState.TaskState): string =>
  `${task.id} ${outcome ?? "not ended"} after ${attempts.length}`;

const leftoversIn = async ({ repository }: Place.Place): Promise<ReadonlyArray<string>> => {
  const runs = join(repository, ".orchestrator/runs");
  const worktrees = (await readdir(runs)).map((run) => readdir(join(runs, run, "worktrees")));
  const files = await readdir(join(repository, ".git"), { recursive: true });
  return [
    ...files.filter((name) => name.endsWith(".lock")),
    ...(await Promise.all(worktrees)).flat(),
  ];
};

/** Processes that work in a folder, or were started for something in it. */
const processesIn = async (folder: string): Promise<ReadonlyArray<string>> => {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const told = await Promise.all(
    pids.map(async (pid) => {
      const place = await readlink(`/proc/${pid}/cwd`).catch(() => "");
      const words = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      return place === folder || `${place}/ ${words}`.includes(`${folder}/`)
        ? words.replaceAll("\0", " ")
        : "";
    }),
  );
  return told.filter((words) => words !== "");
};

/** In what two outcomes differ, a line for each difference. */
export const differences = (expected: Outcome, found: Outcome): Array<string> =>
  Object.entries(expected).flatMap(([name, wanted]) => {
    const is = JSON.stringify(Reflect.get(found, name));
    const was = JSON.stringify(wanted);
    return is === was ? [] : [`${name}: expected ${was}, found ${is}`];
  });
