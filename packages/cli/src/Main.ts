/**
 * Runs the command as a process: signals, exit codes, errors on standard error.
 *
 * Effect's own runner interrupts at every signal alike; here the first one may
 * be taken care of, and the second one ends the process.
 */
import * as Cause from "effect/Cause";
import * as CliError from "effect/cli/CliError";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Runtime from "effect/Runtime";
import * as ExitCode from "./ExitCode.ts";
import * as Signals from "./Signals.ts";
import * as Text from "./Text.ts";

/** Runs a program and ends the process with its exit code once all output is written. */
export const run = <E>(
  process: NodeJS.Process,
  program: Effect.Effect<void, E, Signals.Signals>,
): void => {
  let interrupt = (): void => undefined;
  const signals = Signals.make({
    interrupt: () => interrupt(),
    exit: (code, said) => {
      if (said !== undefined) process.stderr.write(`${Text.block(said)}\n`);
      process.exit(code);
    },
    now: () => performance.now(),
    later: (millis, act) => void setTimeout(act, millis).unref(),
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => signals.raise(signal));
  }
  let lost: string | undefined;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && signals.received() === undefined) lost = error.message;
    signals.raise("SIGPIPE");
  });
  // Nobody is left to be told.
  process.stderr.on("error", () => undefined);

  const start = Runtime.makeRunMain(({ fiber, teardown }) => {
    interrupt = () => fiber.interruptUnsafe();
    fiber.addObserver((exit) => teardown(exit, (code) => flush(process, code)));
  });
  start(program.pipe(Effect.provideService(Signals.Signals, signals)), {
    disableErrorReporting: true,
    teardown: (exit, onExit) => {
      const signal = signals.received();
      if (lost !== undefined) return onExit(reportLost(process, lost));
      if (Exit.isFailure(exit) && signal === undefined) report(process, exit.cause);
      onExit(signal === undefined ? ExitCode.ofExit(exit) : Signals.exitCodes[signal]);
    },
  });
};

const flush = (process: NodeJS.Process, code: number): void => {
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
};

const reportLost = (process: NodeJS.Process, reason: string): number => {
  const text = `error: standard output could not be written: ${Text.line(reason)}. Check the space on the disk.`;
  process.stderr.write(`${text}\n`);
  return ExitCode.codes.inputOutput;
};

const report = (process: NodeJS.Process, cause: Cause.Cause<unknown>): void => {
  if (Cause.hasDies(cause)) {
    const text = `error: this is a bug in orchestrator; please report it with what follows\n${Cause.pretty(cause)}`;
    process.stderr.write(`${Text.block(text)}\n`);
    return;
  }
  const error = Cause.squash(cause);
  // The parser's errors are presented where they arise.
  if (CliError.isCliError(error) || !Runtime.getErrorReported(error)) return;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`error: ${Text.block(message)}\n`);
};
