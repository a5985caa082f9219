/**
 * The folder of one run: its worktrees, logs and the files that commands and
 * the orchestrator exchange.
 *
 * ```
 * <root>/worktrees/<task>-<attempt>/
 * <root>/logs/<task>-<attempt>.log
 * <root>/attempts/<task>-<attempt>/prompt.md, output, discovered.ndjson
 * <root>/notes/<task>-<attempt>/     what the agent knows of the attempt
 * <root>/offers/<task>.ndjson        which tasks it discovered
 * ```
 *
 * A command is told of its folder in `attempts` only, and may do there what it likes.
 *
 * It usually is `.orchestrator/runs/<run>` in the repository. A `.gitignore`
 * in it keeps it out of `git status` without touching a file of the user's.
 */
import * as crypto from "node:crypto";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import type { PlatformError } from "effect/PlatformError";

/** The files through which one attempt talks with the orchestrator. */
export interface AttemptFiles {
  readonly folder: string;
  readonly prompt: string;
  readonly output: string;
  readonly discovered: string;
}

/** Where everything of a run lies. All paths are absolute. */
export interface RunFolder {
  readonly root: string;
  /** The git worktree of an attempt. */
  readonly worktree: (task: string, attempt: number) => string;
  /** The file with all that the command of an attempt printed. */
  readonly log: (task: string, attempt: number) => string;
  /** The name of everything of an attempt; unique in the run, and fit for a file. */
  readonly name: (task: string, attempt: number) => string;
  /** The folder with the notes of all attempts, one folder each under its name. */
  readonly notes: string;
  /** The file that remembers what a task discovered. */
  readonly offers: (task: string) => string;
  /** The files that an attempt and its command exchange. */
  readonly files: (task: string, attempt: number) => AttemptFiles;
  /** Makes the files of an attempt, empty but for the prompt. */
  readonly prepare: (
    task: string,
    attempt: number,
    prompt: string,
  ) => Effect.Effect<AttemptFiles, PlatformError>;
}

/** Makes the folder, or takes an existing one. */
export const make = Effect.fn("RunFolder.make")(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const root = path.resolve(folder);
  const attemptName = (task: string, attempt: number) => `${slug(task)}-${attempt}`;

  const files = (task: string, attempt: number): AttemptFiles => {
    const own = path.join(root, "attempts", attemptName(task, attempt));
    return {
      folder: own,
      prompt: path.join(own, "prompt.md"),
      output: path.join(own, "output"),
      discovered: path.join(own, "discovered.ndjson"),
    };
  };

  for (const name of ["worktrees", "logs", "attempts", "notes", "offers"]) {
    yield* fs.makeDirectory(path.join(root, name), { recursive: true });
  }
  yield* ignoreAll(root);

  const made: RunFolder = {
    root,
    worktree: (task, attempt) => path.join(root, "worktrees", attemptName(task, attempt)),
    log: (task, attempt) => path.join(root, "logs", `${attemptName(task, attempt)}.log`),
    name: attemptName,
    notes: path.join(root, "notes"),
    offers: (task) => path.join(root, "offers", `${slug(task)}.ndjson`),
    files,
    prepare: Effect.fnUntraced(function* (task, attempt, prompt) {
      const own = files(task, attempt);
      yield* fs.makeDirectory(own.folder, { recursive: true });
      yield* fs.writeFileString(own.prompt, prompt);
      yield* fs.writeFileString(own.output, "");
      yield* fs.writeFileString(own.discovered, "");
      return own;
    }),
  };
  return made;
});

/**
 * A name for files and branches that is unique for the text.
 *
 * Ids that are safe everywhere stay as they are; others are cut to safe
 * characters and get a hash. It never contains `@`, `+`, `/` or white space.
 */
export const slug = (id: string): string => {
  const safe = /^[A-Za-z0-9_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$/;
  if (id.length <= 100 && safe.test(id) && !id.toLowerCase().endsWith(".lock")) return id;
  const readable = id.slice(0, 40).replace(/[^A-Za-z0-9_]+/g, "-");
  const hash = crypto.createHash("sha256").update(id).digest("hex").slice(0, 10);
  return `${readable.replace(/^-+|-+$/g, "") || "task"}-${hash}`;
};

/** The branch of an attempt: `orchestrator/<run>/<task>`, from the second on with `@<attempt>`. */
export const branch = (run: string, task: string, attempt: number): string =>
  `orchestrator/${slug(run)}/${slug(task)}${attempt === 1 ? "" : `@${attempt}`}`;

/** The branch that collects the work of a run; no task can have this name. */
export const integrationBranch = (run: string): string => `orchestrator/${slug(run)}/@merged`;

const ignoreAll = Effect.fnUntraced(function* (root: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const file = path.join(shared(root, path), ".gitignore");
  if (!(yield* fs.exists(file))) yield* fs.writeFileString(file, "*\n");
});

/** The `.orchestrator` folder that holds the run folder, or the run folder itself. */
const shared = (root: string, path: Path.Path): string => {
  const parents = [root];
  for (let at = root; at !== path.dirname(at); at = path.dirname(at)) parents.push(at);
  return parents.find((parent) => path.basename(parent) === ".orchestrator") ?? root;
};
