/**
 * The runs that this server works on: in its process, beside the conversation.
 *
 * Whoever starts one hears its id and goes on. When the server ends, each is left in order: agents of
 * this machine go on by themselves, and the run can be resumed.
 */
import type { Orchestrator } from "@orchestrator/core";
import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Foreground from "../run/Foreground.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Signals from "../terminal/Signals.ts";
import * as Text from "../terminal/Text.ts";

/** Hears of a run that goes on. */
export type Started = (handle: Orchestrator.RunHandle) => Effect.Effect<void>;

export class McpRuns extends Context.Service<
  McpRuns,
  {
    /**
     * Works on a run until it ends. Answers as soon as the run goes on, with its id; with undefined if
     * the work was over without one.
     */
    readonly begin: <E, R>(
      work: (started: Started) => Effect.Effect<void, E, R>,
    ) => Effect.Effect<string | undefined, E, R>;
    /**
     * Waits until runs that have ended are let go of, which takes a moment: until then nobody takes
     * them over, and nobody answers for them.
     */
    readonly settled: Effect.Effect<void>;
    /** Leaves all runs, and waits until they are left. */
    readonly leave: (signal: Signals.Signal) => Effect.Effect<void>;
  }
>()("@orchestrator/cli/McpRuns") {
  static readonly layer: Layer.Layer<McpRuns> = Layer.sync(McpRuns, () => make());
}

/** Without a handle it is still being prepared. */
interface Work {
  handle: Orchestrator.RunHandle | undefined;
}

const make = (): McpRuns["Service"] => {
  const working = new Map<Fiber.Fiber<unknown, unknown>, Work>();
  // The signals of the process end the server; it then tells its runs.
  const signals = Signals.make({
    interrupt: () => undefined,
    exit: () => undefined,
    now: () => performance.now(),
    later: () => undefined,
  });
  const begin = Effect.fnUntraced(function* <E, R>(
    work: (started: Started) => Effect.Effect<void, E, R>,
  ) {
    const screen = yield* Screen;
    const begun = yield* Deferred.make<string>();
    const own: Work = { handle: undefined };
    const started: Started = (handle) =>
      Effect.suspend(() => {
        own.handle = handle;
        return Deferred.succeed(begun, handle.id);
      });
    const fiber = yield* work(started).pipe(
      // Before that, whoever asked hears of it.
      Effect.onExit((exit) => (Deferred.isDoneUnsafe(begun) ? tell(screen, exit) : Effect.void)),
      Effect.provideService(Signals.Signals, signals),
      Effect.forkDetach,
    );
    working.set(fiber, own);
    fiber.addObserver(() => working.delete(fiber));
    const ended = Effect.as(Fiber.join(fiber), undefined);
    return yield* Effect.raceFirst(Deferred.await(begun), ended);
  });
  return {
    begin: begin as McpRuns["Service"]["begin"],
    settled: Effect.suspend(() =>
      Effect.forEach(
        [...working].filter(([, { handle }]) => handle?.state.outcome !== undefined),
        ([fiber]) => Fiber.await(fiber),
        { discard: true },
      ),
    ),
    leave: (signal) =>
      Effect.suspend(() => {
        signals.raise(signal);
        return Effect.forEach(
          [...working],
          ([fiber, { handle }]) =>
            // What has not begun never does.
            handle === undefined ? Fiber.interrupt(fiber) : Fiber.await(fiber),
          { discard: true },
        );
      }),
  };
};

/** Nobody waits for it any more who could be told otherwise. */
const tell = ({ error }: Screen["Service"], exit: Exit.Exit<unknown, unknown>) => {
  if (Exit.isSuccess(exit)) return Effect.void;
  const reason = Cause.squash(exit.cause);
  // How a run ended was printed, and is in its journal.
  if (reason instanceof Foreground.RunNotSucceeded) return Effect.void;
  const message = reason instanceof Error ? reason.message : String(reason);
  return error.print(`error: ${Text.block(message)}`);
};
