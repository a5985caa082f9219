/** `shell.run`: a command in the folder of the plan, with what it prints as the output. */
import { Action, Failure } from "@orchestrator/core";
import { quote } from "@orchestrator/core/Quote";
import * as Effect from "effect/Effect";
import type { PlatformError } from "effect/PlatformError";
import * as ChildProcess from "effect/process/ChildProcess";
import * as ChildProcessSpawner from "effect/process/ChildProcessSpawner";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import * as Tail from "../internal/Tail.ts";

/** How much of each output is kept for dependents: the end of it, in UTF-16 units. */
const mostKept = 64 * 1024;

const Words = Schema.NonEmptyArray(Schema.String);

const Input = Schema.Struct({
  /** A command line for the shell, in which no reference may stand, or an argument list. */
  run: Schema.Union([Schema.NonEmptyString, Words]),
  /** Variables that it gets besides; references may stand in them. */
  env: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
});

const Output = Schema.Struct({
  /** What it printed, without the last line end; of a long text the end. */
  stdout: Schema.String,
  stderr: Schema.String,
});

const typed = {
  name: "shell.run",
  description: "Runs a command in the folder of the plan, outside of any worktree.",
  input: Input,
  output: Output,
  literal: ["run"],
};

export const signature = Action.signature(typed);

export interface Options {
  readonly folder: string;
  /** The variables that a command gets; nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Runs commands in a folder. */
export const make = Effect.fnUntraced(function* (options: Options) {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner;
  return Action.make({
    ...typed,
    run: (input: typeof Input.Type, context) =>
      Effect.provideService(
        Effect.scoped(perform(options, input, context)),
        ChildProcessSpawner.ChildProcessSpawner,
        spawner,
      ),
  });
});

/** Interrupting it ends the whole process group. */
const perform = Effect.fnUntraced(function* (
  { environment, folder }: Options,
  { env = {}, run }: typeof Input.Type,
  context: Action.ActionContext,
) {
  const [program, ...args] = typeof run === "string" ? ["/bin/sh", "-c", run] : run;
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner;
  const command = ChildProcess.make(program!, args, {
    cwd: folder,
    env: { ...environment, ...env },
    stdin: "ignore",
    forceKillAfter: "5 seconds",
  });
  const handle = yield* Effect.mapError(spawner.spawn(command), notStarted(program!));
  const [stdout, stderr, code] = yield* Effect.mapError(
    Effect.all([read(handle.stdout, context), read(handle.stderr, context), handle.exitCode], {
      concurrency: "unbounded",
    }),
    ({ message }) => Failure.make("agent", `The command broke off: ${message}`),
  );
  if (Number(code) === 0) return { stdout: stdout.kept(), stderr: stderr.kept() };
  const said = stderr.tail() || stdout.tail();
  const failure = {
    class: "agent" as const,
    message: `The command ended with exit code ${Number(code)}${said === "" ? "" : `:\n${said}`}`,
    detail: { exitCode: Number(code) },
  };
  return yield* new Failure.TaskFailed({ failure });
});

/** What was printed: for dependents, and its last lines for people. */
interface Printed {
  readonly kept: () => string;
  readonly tail: () => string;
}

const read = (
  stream: Stream.Stream<Uint8Array, PlatformError>,
  context: Action.ActionContext,
): Effect.Effect<Printed, PlatformError> => {
  const tail = Tail.make();
  let kept = "";
  const add = (chunk: string) => {
    tail.add(chunk);
    kept = (kept + chunk).slice(-mostKept);
    return context.output(chunk);
  };
  const printed = { kept: () => kept.replace(/\n$/, ""), tail: tail.read };
  return Effect.as(Stream.runForEach(Stream.decodeText(stream), add), printed);
};

const notStarted = (program: string) => (error: PlatformError) =>
  error.reason._tag === "NotFound"
    ? Failure.make(
        "permanent",
        `There is no program ${quote(program)}, or no folder to run it in. Install it, or name another.`,
      )
    : Failure.make("infrastructure", `${quote(program)} could not be started: ${error.message}`);
