/**
 * A code host whose base is a list in memory, with scripted landings.
 *
 * It lands one change at a time. A change that has landed is not landed again.
 */
import type * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Semaphore from "effect/Semaphore";
import {
  type CodeHost,
  type Landed,
  LandingError,
  type LandRequest,
  supported,
} from "../CodeHost.ts";
import type { Gate, TaskId } from "../Task.ts";
import { stepAt } from "./internal/steps.ts";

/** What becomes of one request to land. Nothing stated: it lands at once. */
export interface Step {
  /** How long it takes, by the clock in use. */
  readonly after?: Duration.Input;
  /** Why it does not land. */
  readonly error?: {
    readonly reason: LandingError["reason"];
    readonly message?: string;
    readonly paths?: ReadonlyArray<string>;
    readonly obstacle?: string;
  };
  /** The gates that the change passes before `merged` (default: those of the host). */
  readonly gates?: ReadonlyArray<Gate>;
}

/** The steps of a task's requests, the last one for all that follow; or a function of the request and its number, from 1, called when its turn comes. */
export type Script =
  | Readonly<Record<TaskId, Step | ReadonlyArray<Step>>>
  | ((request: LandRequest, number: number) => Step | undefined);

/** What the host does with each change, and what it can tell. */
export interface Options {
  readonly script?: Script;
  /** The gates the host reports (default: `agent-ended` and `merged`). */
  readonly gates?: ReadonlyArray<Gate>;
}

/** A code host with what can be read off it in a test. */
export interface MemoryCodeHost {
  readonly host: CodeHost["Service"];
  /** Every request, landed or not, in the order they came. */
  readonly requests: ReadonlyArray<LandRequest>;
  /** The requests whose changes are in the base, in the order they came into it. */
  readonly landings: ReadonlyArray<LandRequest>;
}

/** Makes a code host in memory that follows a script. */
export const make = (options: Options = {}): MemoryCodeHost => {
  const gates = options.gates ?? ["agent-ended", "merged"];
  const oneAtATime = Semaphore.makeUnsafe(1);
  const requests: Array<LandRequest> = [];
  const landings: Array<LandRequest> = [];
  const numbers = new Map<TaskId, number>();
  const indexOf = ({ change }: LandRequest): number =>
    landings.findIndex(
      (landed) => landed.change.branch === change.branch && landed.change.commit === change.commit,
    );
  const take = (request: LandRequest): Landed => {
    const index = indexOf(request);
    return { commit: `base-${index === -1 ? landings.push(request) : index + 1}` };
  };
  const pass = (request: LandRequest, step: Step) =>
    Effect.forEach(
      (step.gates ?? gates).filter((gate) => gate !== "merged"),
      request.reached,
      { discard: true },
    );
  const merge = (request: LandRequest) =>
    Effect.uninterruptible(
      Effect.tap(
        Effect.sync(() => take(request)),
        () => request.reached("merged"),
      ),
    );
  const land = Effect.fnUntraced(function* (request: LandRequest, step: Step) {
    if (step.after !== undefined) yield* Effect.sleep(step.after);
    if (step.error !== undefined && indexOf(request) === -1) return yield* refusal(step.error);
    yield* pass(request, step);
    return yield* merge(request);
  });
  /** What stands on another change passes its gates, and waits for that one without keeping others waiting. */
  const support = (request: LandRequest) =>
    request.stack === undefined
      ? Effect.void
      : Effect.andThen(pass(request, {}), supported(request));
  return {
    requests,
    landings,
    host: {
      gates,
      land: (request) =>
        Effect.suspend(() => {
          const number = (numbers.get(request.task.id) ?? 0) + 1;
          numbers.set(request.task.id, number);
          requests.push(request);
          const landing = Effect.suspend(() =>
            land(request, stepOf(options.script, request, number)),
          );
          return Effect.andThen(support(request), Semaphore.withPermit(oneAtATime, landing));
        }),
    },
  };
};

const stepOf = (script: Script | undefined, request: LandRequest, number: number): Step =>
  (typeof script === "function"
    ? script(request, number)
    : stepAt(script?.[request.task.id], number)) ?? {};

const refusal = ({
  message,
  obstacle,
  paths = [],
  reason,
}: NonNullable<Step["error"]>): LandingError =>
  new LandingError({
    reason,
    message: message ?? `${reason}, as the test wants`,
    paths,
    ...(obstacle === undefined ? {} : { obstacle }),
  });
