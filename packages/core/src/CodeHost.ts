/** The port to the place where changes land: a repository with its base branch. */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type { Change, StartFrom } from "./Agent.ts";
import type { Gate, Outcome, Task } from "./Task.ts";

/**
 * What has become of a change on which another one stands:
 *
 * - `Open`: its task goes on.
 * - `Landed`: it has landed.
 * - `Replaced`: its task succeeded with another change, so that this one never lands.
 * - `Ended`: its task ended otherwise, or is held.
 */
export type Standing =
  | { readonly _tag: "Open" | "Landed" | "Replaced" }
  | { readonly _tag: "Ended"; readonly outcome: Exclude<Outcome, "Succeeded"> };

/** The change on which another one stands, because the agent of that one began there. */
export interface Stacked extends StartFrom {
  /** What has become of it by now. */
  readonly standing: () => Standing;
  /** Waits until that is no longer `Open`. */
  readonly settled: Effect.Effect<void>;
}

/** A change that waits to become part of the base. */
export interface LandRequest {
  readonly run: string;
  readonly task: Task;
  readonly attempt: number;
  readonly change: Change;
  /**
   * When the first attempt at the task began, in milliseconds since the epoch: what was finished
   * before is not its work. Absent where nobody counts.
   */
  readonly since?: number;
  /** Whether a person was asked about the landing of this task before, also by another process, and has decided. */
  readonly wasAsked?: boolean;
  /** What the change stands on; it must not land before that. Absent: on the base. */
  readonly stack?: Stacked;
  /**
   * Called as the change passes gates on its way; dependents that wait for one
   * start at once, those that wait for `merged` when the landing has succeeded.
   */
  readonly reached: (gate: Gate) => Effect.Effect<void>;
  /** Says in one sentence what the landing does or waits for; absent where nobody listens. */
  readonly progress?: (message: string) => Effect.Effect<void>;
}

/** Where a change ended up. */
export interface Landed {
  /** The commit of the base that contains the change. */
  readonly commit: string | undefined;
}

/** A change that did not land. */
export class LandingError extends Schema.TaggedError<LandingError>()("LandingError", {
  /**
   * - `Conflict`: it does not fit the base; a new attempt from the new base may.
   * - `Refused`: it is not taken as it is, because checks failed or reviewers ask for changes;
   *   a new attempt that knows `message` may put it right.
   * - `Rejected`: somebody or some rule refused it for good; trying again cannot help.
   * - `Undecided`: a person must say how it goes on; `message` is what is asked.
   * - `Unavailable`: the host did not do its part; landing again may work.
   */
  reason: Schema.Literals(["Conflict", "Refused", "Rejected", "Undecided", "Unavailable"]),
  message: Schema.String,
  /** The paths in conflict. */
  paths: Schema.Array(Schema.String),
  /**
   * What stands in the way, as the head and the failed checks: an attempt that ends before the
   * same again is followed by no other.
   */
  obstacle: Schema.optionalKey(Schema.String),
}) {}

/** Takes changes into the base, in an order of its own, one after another. */
export class CodeHost extends Context.Service<
  CodeHost,
  {
    /** The gates that this host can report; `merged` always. */
    readonly gates: ReadonlyArray<Gate>;
    /** Lands one change. Interrupting it leaves the base as it was or with the whole change. */
    readonly land: (request: LandRequest) => Effect.Effect<Landed, LandingError>;
  }
>()("@orchestrator/core/CodeHost") {}

/** Why a change cannot land, as things stand with what it stands on; undefined if it may, or has to wait. */
export const unsupported = ({ attempt, standing, task }: Stacked): LandingError | undefined => {
  const found = standing();
  if (found._tag === "Replaced") {
    const message = `It stands on attempt ${attempt} at ${task}, and ${task} landed with another change: begin again at the base, which contains that.`;
    const obstacle = `attempt ${attempt} at ${task} never lands`;
    return new LandingError({ reason: "Refused", message, paths: [], obstacle });
  }
  if (found._tag !== "Ended") return undefined;
  const how = found.outcome === "Held" ? "is held" : `ended as ${found.outcome}`;
  const message = `It stands on the change of ${task}, which ${how} and has not landed. Once ${task} has landed, decide wait; or decide relaunch, which begins at the base, or skip.`;
  return new LandingError({ reason: "Undecided", message, paths: [] });
};

/** Waits until a change may land: until what it stands on has landed, or certainly will not, which fails. */
export const supported = ({ progress, stack }: LandRequest): Effect.Effect<void, LandingError> => {
  if (stack === undefined) return Effect.void;
  const waiting = progress?.(`it waits until ${stack.task} has landed, on which it stands`);
  return Effect.gen(function* () {
    if (stack.standing()._tag === "Open") yield* waiting ?? Effect.void;
    yield* stack.settled;
    const error = unsupported(stack);
    if (error !== undefined) return yield* error;
  });
};
