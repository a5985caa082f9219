/**
 * Runs git in a controlled environment: no hooks, no prompts, no pager, no
 * signing, messages in English, and nothing inherited that could point it at
 * another repository (`GIT_DIR`, `GIT_INDEX_FILE` and their kin).
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { PlatformError } from "effect/PlatformError";
import * as ChildProcess from "effect/process/ChildProcess";
import * as ChildProcessSpawner from "effect/process/ChildProcessSpawner";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";

/** Git could not do what was asked; the message says what to try. */
export class GitError extends Schema.TaggedError<GitError>()("GitError", {
  /** `Failed` is any other refusal by git; its own words are in the message. */
  reason: Schema.Literals([
    "NotInstalled",
    "TooOld",
    "NotARepository",
    "NoCommits",
    "DetachedHead",
    "MissingBranch",
    "BranchExists",
    "BranchInUse",
    "Failed",
  ]),
  message: Schema.String,
}) {}

/** What one git command answered. */
export interface GitAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Git, as it may be used here. */
export class Git extends Context.Service<
  Git,
  {
    /** Runs a command in a folder and answers whatever its exit code is. */
    readonly run: (
      folder: string,
      args: ReadonlyArray<string>,
    ) => Effect.Effect<GitAnswer, GitError>;
    /** Runs a command that must succeed and answers its output without the last line end. */
    readonly text: (folder: string, args: ReadonlyArray<string>) => Effect.Effect<string, GitError>;
  }
>()("@orchestrator/local/Git") {
  /** Git with `PATH`, `HOME` and `XDG_CONFIG_HOME` of the given variables, and no others. */
  static readonly layer = (
    environment: Readonly<Record<string, string>>,
  ): Layer.Layer<Git, never, ChildProcessSpawner.ChildProcessSpawner> =>
    Layer.effect(Git, make(environment));
}

/** Who commits: never the person whose machine it is. */
export const identity = { name: "orchestrator", email: "orchestrator@localhost" } as const;

const inherited = ["PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR"];

const fixed: Record<string, string> = {
  LC_ALL: "C",
  GIT_TERMINAL_PROMPT: "0",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_EDITOR: ":",
  GIT_PAGER: "cat",
  GIT_AUTHOR_NAME: identity.name,
  GIT_AUTHOR_EMAIL: identity.email,
  GIT_COMMITTER_NAME: identity.name,
  GIT_COMMITTER_EMAIL: identity.email,
};

const settings = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "commit.gpgsign=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "advice.detachedHead=false",
].flatMap((setting) => ["-c", setting]);

/** Makes a git that takes only what it needs from the given variables, and all of `more`. */
export const make = Effect.fnUntraced(function* (
  environment: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
) {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner;
  const env = { ...pick(environment, inherited), ...more, ...fixed };

  const run = Effect.fn("Git.run")(
    function* (folder: string, args: ReadonlyArray<string>) {
      const handle = yield* spawner.spawn(
        ChildProcess.make("git", [...settings, ...args], {
          cwd: folder,
          env,
          stdin: "ignore",
          forceKillAfter: "2 seconds",
        }),
      );
      const [stdout, stderr, exitCode] = yield* Effect.all(
        [readAll(handle.stdout), readAll(handle.stderr), handle.exitCode],
        { concurrency: "unbounded" },
      );
      return { exitCode: Number(exitCode), stdout, stderr } satisfies GitAnswer;
    },
    Effect.scoped,
    (effect, folder, args) =>
      Effect.mapError(effect, (error) => notRun(error, folder, args, env["PATH"])),
  );

  const text = Effect.fnUntraced(function* (folder: string, args: ReadonlyArray<string>) {
    const answer = yield* run(folder, args);
    if (answer.exitCode !== 0) return yield* refused(args, answer);
    return answer.stdout.replace(/\n$/, "");
  });

  return Git.of({ run, text });
});

/** The error of a command that git answered with a failure. */
export const refused = (args: ReadonlyArray<string>, answer: GitAnswer): GitError =>
  new GitError({
    reason: "Failed",
    message: `git ${subcommand(args)} failed (exit code ${answer.exitCode}): ${answer.stderr.trim()}`,
  });

const readAll = (stream: Stream.Stream<Uint8Array, PlatformError>) =>
  stream.pipe(Stream.decodeText(), Stream.mkString);

const subcommand = (args: ReadonlyArray<string>) =>
  args.find((arg) => !arg.startsWith("-")) ?? "(no command)";

const notRun = (
  error: PlatformError,
  folder: string,
  args: ReadonlyArray<string>,
  searched: string | undefined,
): GitError => {
  if (error.reason._tag === "NotFound") {
    return error.reason.module === "FileSystem"
      ? new GitError({ reason: "NotARepository", message: `The folder ${folder} does not exist.` })
      : new GitError({
          reason: "NotInstalled",
          message:
            `git was not found on PATH (${searched ?? "which is not set"}). ` +
            "Install git 2.38 or newer, or run without it: isolation: none",
        });
  }
  return new GitError({
    reason: "Failed",
    message: `git ${subcommand(args)} could not be run in ${folder}: ${error.message}`,
  });
};

const pick = (from: Readonly<Record<string, string>>, names: ReadonlyArray<string>) =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = from[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
