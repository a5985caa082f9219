/**
 * One command as a process group of its own: its start, its output, its end.
 *
 * The group belongs to nobody: it goes on when this process is gone, writes its
 * log by itself, and its wrapper notes how it ended. Whoever started it hears
 * of the end from the system; whoever found it again, from that note.
 */
import * as childProcess from "node:child_process";
import * as fileSystem from "node:fs";
import * as os from "node:os";
import { Readable } from "node:stream";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import * as Changes from "../Changes.ts";
import * as DurableFile from "./DurableFile.ts";
import * as Log from "./Log.ts";
import * as ProcessGroup from "./ProcessGroup.ts";
import * as ProcessIdentity from "./ProcessIdentity.ts";
import * as Wrapper from "./Wrapper.ts";

/** How the command ended. */
export type ProcessExit =
  | { readonly _tag: "Code"; readonly code: number }
  | { readonly _tag: "Signal"; readonly signal: string }
  /** It is gone without a trace. */
  | { readonly _tag: "Unknown" };

export interface CommandProcess {
  /** Known when the group is gone. */
  readonly exit: Effect.Effect<ProcessExit>;
  /** The last lines of output. */
  readonly tail: Effect.Effect<string>;
  /** Gives output to a listener until the end; what another one has heard is left out. */
  readonly follow: (listener: (chunk: string) => Effect.Effect<void>) => Effect.Effect<void>;
  /** Ends the group; false if it still works. */
  readonly end: Effect.Effect<boolean>;
}

/** Where a command tells what becomes of it. */
export interface Traces {
  readonly notes: string;
  readonly ticket: number;
  readonly log: string;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly graceMillis: number;
}

export interface StartOptions extends Traces {
  readonly command: string;
  readonly args: ReadonlyArray<string>;
  readonly folder: string;
  /** All variables that the command gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** The file that is its standard input. Default: it has none. */
  readonly input?: string;
}

/** The system did not start another process, or the log could not be opened. */
export class NotStarted extends Schema.TaggedError<NotStarted>()("NotStarted", {
  /** As `ENOENT`; empty if the wrapper was started and gave up. */
  code: Schema.String,
  message: Schema.String,
}) {}

/** Starts the command; succeeds when its start is noted. After a failure it has not started. */
export const start = Effect.fnUntraced(function* (options: StartOptions) {
  const { closed, exited, pid } = yield* spawn(options);
  yield* Deferred.await(closed);
  const text = yield* Effect.orElseSucceed(
    DurableFile.read(Wrapper.startedFile(options.notes, options.ticket)),
    () => undefined,
  );
  const identity = ProcessIdentity.parse(text ?? "");
  if (identity?.pid !== pid) {
    yield* Deferred.await(exited);
    const { tail } = yield* Log.make(options.log, 0);
    return yield* new NotStarted({
      code: "",
      message: `its start could not be noted in ${options.notes}: ${yield* tail}`,
    });
  }
  const fs = yield* FileSystem.FileSystem;
  yield* Effect.ignore(fs.remove(Wrapper.claimFile(options.notes, pid)));
  const exit = Effect.flatMap(Deferred.await(exited), (code) =>
    Effect.map(readExit(options), (noted) => noted ?? exitOf(code)),
  );
  return yield* make(options, identity, () => exit, 0);
});

/** Takes a command up again that another process started, or this one long ago. */
export const adopt = Effect.fnUntraced(function* (
  traces: Traces,
  identity: ProcessIdentity.ProcessIdentity | undefined,
) {
  const fs = yield* FileSystem.FileSystem;
  const look = Effect.gen(function* () {
    // In this order: whoever ended in between has left a note.
    const isRunning = identity !== undefined && (yield* ProcessIdentity.isRunning(identity));
    const noted = yield* readExit(traces);
    return noted ?? (isRunning ? undefined : unknown);
  });
  const exit = (ended: Effect.Effect<void>) =>
    Stream.merge(Changes.of(fs, traces.notes), Stream.fromEffect(ended)).pipe(
      Stream.mapEffect(() => look),
      Stream.filter((found) => found !== undefined),
      Stream.runHead,
      Effect.map((found) => (found._tag === "Some" ? found.value : unknown)),
    );
  return yield* make(traces, identity, exit, yield* Log.sizeOf(fs, traces.log));
});

const unknown: ProcessExit = { _tag: "Unknown" };

const make = Effect.fnUntraced(function* <R>(
  { graceMillis, log }: Traces,
  identity: ProcessIdentity.ProcessIdentity | undefined,
  /** Waits for the end of the leader, given what is known when somebody here ended the group. */
  leaderExit: (ended: Effect.Effect<void>) => Effect.Effect<ProcessExit, never, R>,
  from: number,
) {
  const context = yield* Effect.context<ProcessGroup.Services>();
  const { follow, tail } = yield* Log.make(log, from);
  const exited = yield* Deferred.make<ProcessExit>();
  const ended = yield* Deferred.make<void>();
  // Once the group is gone its number may name another one.
  let isGone = identity === undefined;
  const end = Effect.suspend(() =>
    isGone || identity === undefined
      ? Effect.succeed(true)
      : ProcessGroup.endOf(identity, graceMillis),
  ).pipe(
    Effect.tap((gone) => {
      if (!gone) return Effect.void;
      isGone = true;
      return Deferred.succeed(ended, undefined);
    }),
    Effect.provideContext(context),
  );
  yield* leaderExit(Deferred.await(ended)).pipe(
    Effect.tap(() => end),
    Deferred.into(exited),
    Effect.forkScoped,
  );
  const exit = Deferred.await(exited);
  return { exit, tail, follow: (listener) => follow(listener, exit), end } satisfies CommandProcess;
});

/** Starts the wrapper. Nothing in this process keeps it, or is kept alive by it. */
const spawn = Effect.fnUntraced(function* (options: StartOptions) {
  const closed = yield* Deferred.make<void>();
  const exited = yield* Deferred.make<number | undefined>();
  const pid = yield* Effect.callback<number, NotStarted>((resume) => {
    const failed = (error: unknown) => resume(Effect.fail(notStarted(error)));
    try {
      const { args, environment, program } = Wrapper.wrap(options);
      const log = fileSystem.openSync(options.log, "a", 0o600);
      let input: number | undefined;
      try {
        if (options.input !== undefined) input = fileSystem.openSync(options.input, "r");
        const child = childProcess.spawn(program, args, {
          cwd: options.folder,
          env: environment,
          detached: true,
          stdio: [input ?? "ignore", log, log, "pipe"],
        });
        const claim = child.stdio[Wrapper.claimed];
        child.on("error", failed);
        child.on("exit", (code) => Deferred.doneUnsafe(exited, Effect.succeed(code ?? undefined)));
        child.unref();
        // Nothing is ever written to it: it ends when the wrapper lets go of it.
        if (claim instanceof Readable) claim.resume();
        claim?.on("error", () => {});
        claim?.on("close", () => Deferred.doneUnsafe(closed, Effect.void));
        if (child.pid !== undefined) resume(Effect.succeed(child.pid));
      } finally {
        fileSystem.closeSync(log);
        if (input !== undefined) fileSystem.closeSync(input);
      }
    } catch (error) {
      failed(error);
    }
  });
  return { closed, exited, pid };
});

const notStarted = (error: unknown) =>
  new NotStarted({
    code: error instanceof Error && "code" in error ? String(error.code) : "",
    message: error instanceof Error ? error.message : String(error),
  });

const readExit = ({ notes, ticket }: Traces) =>
  DurableFile.read(Wrapper.exitFile(notes, ticket)).pipe(
    Effect.orElseSucceed(() => undefined),
    Effect.map((text) => {
      const status = Wrapper.statusOf(text ?? "");
      return status === undefined ? undefined : exitOf(status);
    }),
  );

const signals = new Map<number, string>(
  Object.entries(os.constants.signals).map(([name, number]) => [number, name]),
);

/** A shell tells the end by a signal as 128 more than its number. */
const exitOf = (status: number | undefined): ProcessExit => {
  if (status === undefined) return unknown;
  const signal = signals.get(status - 128);
  return signal === undefined ? { _tag: "Code", code: status } : { _tag: "Signal", signal };
};
