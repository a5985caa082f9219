/**
 * The port to people: where a run tells what becomes of its tasks.
 *
 * A task has one report per run, created once and then kept up to date. What
 * it says and looks like is the adapter's. Reports are best effort: one that
 * cannot be made is recorded and fails no task.
 */
import * as Context from "effect/Context";
import type * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type { EffectKey } from "./Agent.ts";
import type { TaskState } from "./RunState.ts";

/** What was created for people to read, as a comment. */
export const ReportRef = Schema.Struct({
  id: Schema.String,
  /** Where people can look at it. */
  url: Schema.optionalKey(Schema.String),
});
export type ReportRef = typeof ReportRef.Type;

/** What there is to tell. */
export interface Report {
  readonly run: string;
  /** What the report can be found by. */
  readonly key: EffectKey;
  /** The task as it is now. */
  readonly state: TaskState;
}

/** A report that could not be made, looked for or changed. */
export class ReportError extends Schema.TaggedError<ReportError>()("ReportError", {
  /**
   * - `NotSent`: provably never reached the other side; safe to try again.
   * - `Rejected`: the other side refused it; there is none.
   * - `Ambiguous`: nobody knows whether it exists.
   */
  reason: Schema.Literals(["NotSent", "Rejected", "Ambiguous"]),
  message: Schema.String,
}) {}

/** Tells people. */
export class Reporter extends Context.Service<
  Reporter,
  {
    /** How long a creation may stay unanswered, once sent, before its outcome counts as unknown (default 60). */
    readonly deadlineSeconds?: number;
    /** How long a creation or an update may wait inside of the reporter for its turn before it is sent (default 0). */
    readonly patienceSeconds?: number;
    /** How long after that a report may take to appear in what `find` answers (default 120). */
    readonly settleSeconds?: number;
    /** Whether a task has a place where it is told about, as an issue. */
    readonly covers: (state: TaskState) => boolean;
    /** Creates the report of a task. Never retries by itself. */
    readonly create: (report: Report) => Effect.Effect<ReportRef, ReportError>;
    /** The reports with this key. Empty means that all there are were looked through. */
    readonly find: (report: Report) => Effect.Effect<ReadonlyArray<ReportRef>, ReportError>;
    /**
     * Brings a report up to date, and what goes with it, as a label. Follows every creation, and
     * may be repeated: at once, unless it was `Rejected`, and whenever there is news of the task.
     */
    readonly update: (ref: ReportRef, report: Report) => Effect.Effect<void, ReportError>;
  }
>()("@orchestrator/core/Reporter") {}
