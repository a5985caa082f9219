/**
 * One command as a process group: its output to a log and to listeners, its end.
 *
 * It lives as long as its scope, whoever listens or not; closing the scope ends
 * the whole group.
 */
import type * as Cause from "effect/Cause";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as FileSystem from "effect/FileSystem";
import type { PlatformError } from "effect/PlatformError";
import * as ChildProcess from "effect/process/ChildProcess";
import * as ChildProcessSpawner from "effect/process/ChildProcessSpawner";
import * as Queue from "effect/Queue";
import * as Stream from "effect/Stream";
import * as ExitGuard from "./ExitGuard.ts";
import * as ProcessGroup from "./ProcessGroup.ts";
import * as Tail from "./Tail.ts";

/** How the leader of the group ended. */
export type ProcessExit =
  | { readonly _tag: "Code"; readonly code: number }
  | { readonly _tag: "Signal"; readonly signal: string };

export interface CommandOptions {
  readonly command: string;
  readonly args: ReadonlyArray<string>;
  readonly folder: string;
  /** All variables that the command gets. */
  readonly environment: Readonly<Record<string, string>>;
  readonly log: string;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly graceMillis: number;
}

export interface CommandProcess {
  readonly pid: number;
  /** Known when the group is gone and its output is in the log. */
  readonly exit: Effect.Effect<ProcessExit>;
  /** The last lines of output. */
  readonly tail: () => string;
  /** Gives output to a listener until the end; what came before the first listener comes first, as far as it is kept. */
  readonly follow: (listener: (chunk: string) => Effect.Effect<void>) => Effect.Effect<void>;
  /** Ends the group; false if it still works. */
  readonly end: Effect.Effect<boolean>;
}

/** What is kept for the first listener, in characters. The log has everything. */
const maxPending = 65_536;

/** How long output may still come after the group is gone: a process that left the group may hold the pipe. */
const drainTime = "2 seconds";

/** Starts the command. Fails if it cannot be started. */
export const start = Effect.fnUntraced(function* (options: CommandOptions) {
  const fs = yield* FileSystem.FileSystem;
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner;
  const log = yield* fs.open(options.log, { flag: "w" });
  const handle = yield* spawner.spawn(
    ChildProcess.make(options.command, options.args, {
      cwd: options.folder,
      env: { ...options.environment },
      stdin: "ignore",
      detached: true,
      forceKillAfter: 1,
    }),
  );
  const pid = Number(handle.pid);
  ExitGuard.add(pid);
  const tail = Tail.make();
  const output = makeOutput();
  const exited = yield* Deferred.make<ProcessExit>();
  let isGone = false;
  // Once the group is gone its number may name another one.
  const end = Effect.suspend(() =>
    isGone ? Effect.succeed(true) : ProcessGroup.end(pid, options.graceMillis),
  ).pipe(
    Effect.tap((gone) =>
      Effect.sync(() => {
        isGone = gone;
        if (gone) ExitGuard.remove(pid);
      }),
    ),
    Effect.provideService(FileSystem.FileSystem, fs),
  );

  const encoder = new TextEncoder();
  const pump = yield* text(handle).pipe(
    Stream.runForEach((chunk) => {
      tail.add(chunk);
      // A full disk must not stop the command from being read and ended.
      return Effect.andThen(
        Effect.ignore(log.writeAll(encoder.encode(chunk))),
        output.offer(chunk),
      );
    }),
    Effect.ignore,
    Effect.forkScoped,
  );

  yield* Effect.forkScoped(
    Effect.gen(function* () {
      const exit = yield* exitOf(handle);
      yield* end;
      yield* Effect.timeoutOption(Fiber.join(pump), drainTime);
      yield* output.close;
      yield* Deferred.succeed(exited, exit);
    }),
  );
  // The spawner would end the group in its own way, which waits for zombies that nobody collects.
  yield* Effect.addFinalizer(() =>
    Effect.flatMap(end, (gone) => (gone ? Effect.ignore(handle.unref) : Effect.void)),
  );

  return {
    pid,
    exit: Deferred.await(exited),
    tail: tail.read,
    follow: output.follow,
    end,
  } satisfies CommandProcess;
});

type Handle = ChildProcessSpawner.ChildProcessHandle;

/** Both streams, each decoded on its own, so that no character is torn apart by the other. */
const text = (handle: Handle): Stream.Stream<string, PlatformError> =>
  Stream.merge(Stream.decodeText(handle.stdout), Stream.decodeText(handle.stderr));

const exitOf = (handle: Handle): Effect.Effect<ProcessExit> =>
  handle.exitCode.pipe(
    Effect.map((code): ProcessExit => ({ _tag: "Code", code: Number(code) })),
    Effect.catch((error) =>
      Effect.succeed<ProcessExit>({
        _tag: "Signal",
        signal: /SIG[A-Z0-9]+/.exec(`${error.message} ${String(error.cause)}`)?.[0] ?? "a signal",
      }),
    ),
  );

/** Hands chunks to listeners, waiting for slow ones; with none, keeps the last of them. */
const makeOutput = () => {
  const listeners = new Set<Queue.Queue<string, Cause.Done>>();
  let pending = "";
  let closed = false;

  const join = Effect.gen(function* () {
    const queue = yield* Queue.bounded<string, Cause.Done>(16);
    if (pending !== "") Queue.offerUnsafe(queue, pending);
    pending = "";
    if (closed) Queue.endUnsafe(queue);
    else listeners.add(queue);
    return queue;
  });
  const leave = (queue: Queue.Queue<string, Cause.Done>) =>
    Effect.suspend(() => {
      listeners.delete(queue);
      return Queue.shutdown(queue);
    });

  return {
    offer: (chunk: string) =>
      Effect.suspend(() => {
        if (listeners.size > 0) {
          return Effect.forEach([...listeners], (queue) => Queue.offer(queue, chunk), {
            discard: true,
          });
        }
        pending = (pending + chunk).slice(-maxPending);
        return Effect.void;
      }),
    close: Effect.suspend(() => {
      closed = true;
      return Effect.forEach([...listeners], (queue) => Queue.end(queue), { discard: true });
    }),
    follow: (listener: (chunk: string) => Effect.Effect<void>) =>
      Effect.acquireUseRelease(
        join,
        (queue) => Stream.runForEach(Stream.fromQueue(queue), listener),
        leave,
      ),
  };
};
