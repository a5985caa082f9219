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
import * as ErrorCode from "./ErrorCode.ts";
import * as ErrorText from "./ErrorText.ts";
import * as ExitCode from "./ExitCode.ts";
import * as Paint from "./terminal/Paint.ts";
import * as Signals from "./terminal/Signals.ts";
import * as Scrubber from "./telemetry/Scrubber.ts";
import * as Text from "./terminal/Text.ts";

/** Runs a program and ends the process with its exit code once all output is written. */
export const run = <E>(
  process: NodeJS.Process,
  program: Effect.Effect<void, E, Signals.Signals>,
): void => {
  let interrupt = (): void => undefined;
  const signals = Signals.make({
    interrupt: () => interrupt(),
    exit: (code, said) => {
      if (said !== undefined) process.stderr.write(`${Text.block(Scrubber.scrub(said))}\n`);
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
  const message = `standard output could not be written: ${Text.line(reason)}. Check the space on the disk.`;
  tell(process, { ...ErrorCode.outputLost, message });
  return ExitCode.codes.inputOutput;
};

const report = (process: NodeJS.Process, cause: Cause.Cause<unknown>): void => {
  if (Cause.hasDies(cause)) {
    const message = `this is a bug in orchestrator; please report it with what follows\n${Cause.pretty(cause)}`;
    return tell(process, { ...ErrorCode.bug, message });
  }
  const error = Cause.squash(cause);
  // The parser's errors are presented where they arise.
  if (CliError.isCliError(error) || !Runtime.getErrorReported(error)) return;
  tell(process, ErrorCode.of(error));
};

const tell = ({ argv, stderr }: NodeJS.Process, told: ErrorCode.Told): void => {
  const isJson = ErrorText.isJson(argv.slice(2));
  const paint = stderr.isTTY === true && stderr.hasColors() ? Paint.ansi : Paint.plain;
  const text = isJson ? ErrorText.json(told) : ErrorText.text(told, paint);
  stderr.write(`${Scrubber.scrub(text)}\n`);
};
