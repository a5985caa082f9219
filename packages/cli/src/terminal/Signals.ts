/**
 * What happens when the process is asked to end.
 *
 * The first request ends the program in order: by whoever said that it takes
 * care, or by interruption. The second exits at once, and so does the first if
 * order takes too long.
 */
import * as Context from "effect/Context";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";

/** `SIGPIPE` stands for a reader of standard output that went away. */
export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGPIPE";

/** The exit codes of a shell: 128 and the number of the signal. */
export const exitCodes: Readonly<Record<Signal, number>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGPIPE: 141,
  SIGTERM: 143,
};

export class Signals extends Context.Service<
  Signals,
  {
    /** The first request to end; waits for it. */
    readonly first: Effect.Effect<Signal>;
    /** The first request to end, if there was one. */
    readonly received: () => Signal | undefined;
    /**
     * While an effect runs, ending in order is its own matter. Somebody who does
     * not wait for that is told what `atOnce` says.
     */
    readonly handledBy: <A, E, R>(
      effect: Effect.Effect<A, E, R>,
      atOnce?: () => string | undefined,
    ) => Effect.Effect<A, E, R>;
    /** Asks to end, as the system does. */
    readonly raise: (signal: Signal) => void;
  }
>()("@orchestrator/cli/Signals") {}

/** What a request does where nobody takes care of it, and what a second one does. */
export interface Options {
  readonly interrupt: () => void;
  /** Ends the process; `said` is for people. */
  readonly exit: (code: number, said?: string) => void;
  /** Milliseconds on any clock that never goes back. */
  readonly now: () => number;
  /** Does something after so many milliseconds, unless the process has ended by then. */
  readonly later: (millis: number, act: () => void) => void;
}

/**
 * Whoever starts the command (npm, pnpm) may pass on a signal that the terminal
 * sent to both: within so many milliseconds it is the same request.
 */
const echoMillis = 200;

/** People wait no longer than 2 seconds for a process that they asked to end. */
const orderMillis = 1_900;

/** Signals that reach it only through `raise`. */
export const make = ({ interrupt, exit, later, now }: Options): Signals["Service"] => {
  const first = Deferred.makeUnsafe<Signal>();
  let received: Signal | undefined;
  let at = 0;
  const handlers = new Set<{ readonly atOnce: (() => string | undefined) | undefined }>();
  const again = (signal: Signal): void => {
    // A broken pipe is noticed at every write; it never means "at once".
    if (signal === "SIGPIPE" || now() - at < echoMillis) return;
    end(signal);
  };
  const end = (signal: Signal): void => {
    const said = [...handlers].flatMap(({ atOnce }) => atOnce?.() ?? []);
    exit(exitCodes[signal], said.length === 0 ? undefined : said.join("\n"));
  };
  const raise = (signal: Signal): void => {
    if (received !== undefined) return again(signal);
    received = signal;
    at = now();
    Deferred.doneUnsafe(first, Effect.succeed(signal));
    later(orderMillis, () => end(signal));
    if (handlers.size === 0) interrupt();
  };
  return Signals.of({
    first: Deferred.await(first),
    received: () => received,
    handledBy: (effect, atOnce) =>
      Effect.acquireUseRelease(
        Effect.sync(() => {
          const handler = { atOnce };
          handlers.add(handler);
          return handler;
        }),
        () => effect,
        (handler) => Effect.sync(() => handlers.delete(handler)),
      ),
    raise,
  });
};
