/** The port to the place where changes land: a repository with its base branch. */
import * as Context from "effect/Context";
import type * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type { Change } from "./Agent.ts";
import type { Gate, Task } from "./Task.ts";

/** A change that waits to become part of the base. */
export interface LandRequest {
  readonly run: string;
  readonly task: Task;
  readonly attempt: number;
  readonly change: Change;
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
