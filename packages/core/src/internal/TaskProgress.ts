import type { AgentRunEnd } from "../AgentPort.ts";
import type { Failure } from "../Failure.ts";
import type { OfKind, RunEvent } from "../RunEvent.ts";
import type { Attempt, Phase } from "../RunState.ts";
import { type Gate, gates } from "../Task.ts";

/** The events that move one task. */
export type TaskEvent = Exclude<
  Extract<RunEvent, { readonly task: string }>,
  { readonly _tag: "Warning" | `Report${string}` }
>;

/** How the launch or the agent run of an attempt is over. */
export type Ended =
  | OfKind<"AgentRunEnded">
  | OfKind<"LaunchFailed">
  | OfKind<"LaunchAbsent">
  | OfKind<"CancelConfirmed">;

/** Whether a launch may have reached an agent: what nobody can rule out counts. */
export const mayHaveReached = (ended: Ended | undefined): boolean => {
  if (ended?._tag === "LaunchFailed") return ended.reason === "Ambiguous";
  return ended?._tag !== "LaunchAbsent";
};

const launchFailureClass = {
  NotSent: "infrastructure",
  Rejected: "permanent",
  Exhausted: "infrastructure",
  Done: undefined,
  Dropped: undefined,
  Ambiguous: "infrastructure",
} as const;

/** One try at a task, read from its events: nothing is kept twice. */
export class AttemptProgress implements Attempt {
  readonly intended: OfKind<"LaunchIntended">;
  readonly previous: AttemptProgress | undefined;
  started: OfKind<"AgentRunStarted"> | undefined = undefined;
  cancel: OfKind<"CancelIntended"> | undefined = undefined;
  ended: Ended | undefined = undefined;
  landingFailed: OfKind<"LandingFailed"> | undefined = undefined;
  #isUnconfirmed = false;

  constructor(intended: OfKind<"LaunchIntended">, previous: AttemptProgress | undefined) {
    this.intended = intended;
    this.previous = previous;
  }

  get number() {
    return this.intended.attempt;
  }

  get agent() {
    return this.intended.agent;
  }

  get slot() {
    return this.intended.slot;
  }

  get startedAt() {
    return this.intended.at;
  }

  get startFrom() {
    return this.intended.startFrom;
  }

  get endedAt() {
    return this.ended?.at;
  }

  get ref() {
    return this.started?.ref;
  }

  get output() {
    const end = this.#end;
    return end === undefined || end._tag === "Waiting" ? undefined : end.output;
  }

  get summary() {
    const end = this.#end;
    return end?._tag === "Succeeded" ? end.summary : undefined;
  }

  get change() {
    const end = this.#end;
    return end?._tag === "Succeeded" ? end.change : undefined;
  }

  get failure(): Failure | undefined {
    if (this.landingFailed !== undefined) return this.landingFailed.failure;
    if (this.ended?._tag === "AgentRunEnded") {
      return this.ended.end._tag === "Failed" ? this.ended.end.failure : undefined;
    }
    if (this.ended?._tag === "LaunchFailed") {
      const failureClass = launchFailureClass[this.ended.reason];
      return failureClass && { class: failureClass, message: this.ended.message };
    }
    if (this.ended?._tag === "LaunchAbsent") {
      return { class: "infrastructure", message: this.ended.message };
    }
    return this.cancel && cancelFailure(this.cancel);
  }

  get isCharged() {
    return mayHaveReached(this.ended);
  }

  get isExhausted() {
    return this.ended?._tag === "LaunchFailed" && this.ended.reason === "Exhausted";
  }

  /** An agent run that ended by itself was not cancelled, whatever was asked of it meanwhile. */
  get cancelled() {
    return this.ended?._tag === "AgentRunEnded" ? undefined : this.cancel?.cause;
  }

  /** Its agent run is worked with again, whatever was thought of it. */
  takeUp(): void {
    this.ended = undefined;
    this.cancel = undefined;
    this.#isUnconfirmed = false;
  }

  /** The answer of a person ends the agent run that asked for it. */
  answered({ at, decision, note = "" }: OfKind<"HeldDecided">): void {
    const { attempt, task } = this.intended;
    const end = decision === "approve" ? approved(note) : rejected(note);
    this.ended = { _tag: "AgentRunEnded", at, task, attempt, end };
  }

  cancelFailed(): void {
    this.#isUnconfirmed = true;
  }

  get isUnclear() {
    if (this.#isUnconfirmed) return true;
    return this.ended?._tag === "LaunchFailed" && this.ended.reason === "Ambiguous";
  }

  get end() {
    return this.#end;
  }

  /** Whether there is a change that nobody has refused to land. */
  get isUnlanded() {
    return this.change !== undefined && this.landingFailed === undefined;
  }

  get cancelAsked() {
    return this.cancel;
  }

  get #end() {
    return this.ended?._tag === "AgentRunEnded" ? this.ended.end : undefined;
  }
}

const approved = (note: string): AgentRunEnd => ({
  _tag: "Succeeded",
  output: { approved: true, note },
});

const rejected = (note: string): AgentRunEnd => ({
  _tag: "Failed",
  failure: { class: "permanent", message: note === "" ? "rejected" : `rejected: ${note}` },
  output: { approved: false, note },
});

/** A cancellation that somebody asked for is no failure. */
const cancelFailure = ({ cause, message }: OfKind<"CancelIntended">): Failure | undefined => {
  if (cause === "timeout") return { class: "timeout", message };
  return cause === "bug" ? { class: "permanent", message } : undefined;
};

/** What has happened to a task since it left `Pending`. */
export class TaskProgress {
  /** The attempts, each with the one before it: most tasks have one and need no list. */
  lastAttempt: AttemptProgress | undefined = undefined;
  readyAt: number | undefined = undefined;
  retry: OfKind<"RetryScheduled"> | undefined = undefined;
  ended: OfKind<"TaskEnded"> | undefined = undefined;
  gate: Gate | undefined = undefined;
  message: string | undefined = undefined;
  commit: string | undefined = undefined;
  /** Attempts up to this one are not counted against the task any more. */
  forgiven = 0;
  /** A person wants it run whatever became of what it depends on. */
  isAllowed = false;
  /** A person has decided about a change of it that had not landed. */
  wasAskedToLand = false;

  /** Takes an event in and answers with the phase that it leads to, if it leads to one. */
  apply(event: TaskEvent): Phase | undefined {
    switch (event._tag) {
      case "TaskReady":
        this.readyAt = event.at;
        return "Ready";
      case "LaunchIntended":
        this.lastAttempt = new AttemptProgress(event, this.lastAttempt);
        return "Launching";
      case "AgentProgress":
        this.message = event.message;
        return undefined;
      case "RetryScheduled":
        this.retry = event;
        return "BackingOff";
      case "LandingStarted":
        this.gate ??= "agent-ended";
        // What the agent last said is over.
        this.message = undefined;
        return "Landing";
      case "GateReached":
        // A landing that is tried again passes the first gates once more.
        if (gates.indexOf(event.gate) > strength(this.gate)) this.gate = event.gate;
        return undefined;
      case "LandingEnded":
        this.commit = event.commit;
        return undefined;
      case "TaskEnded":
        this.ended = event;
        return event.outcome;
      case "HeldDecided":
        return this.#decided(event);
      default:
        return applyToAttempt(this.lastAttempt!, event);
    }
  }

  /** Begins the task anew; its attempts stay for people to see. */
  reopen(): Phase {
    this.ended = undefined;
    this.gate = undefined;
    this.commit = undefined;
    this.forgiven = this.lastAttempt?.number ?? 0;
    return "Pending";
  }

  #decided(event: OfKind<"HeldDecided">): Phase {
    const { decision, ref } = event;
    this.wasAskedToLand ||= this.lastAttempt?.isUnlanded === true;
    if (decision === "relaunch" || decision === "skip") {
      this.isAllowed = decision === "relaunch";
      return this.reopen();
    }
    this.ended = undefined;
    const attempt = this.lastAttempt!;
    if (decision === "approve" || decision === "reject") {
      attempt.answered(event);
      return "Running";
    }
    if (ref === undefined && attempt.isUnlanded) return "Landing";
    attempt.takeUp();
    return ref === undefined && attempt.ref !== undefined ? "Running" : "Launching";
  }

  get attempts(): ReadonlyArray<AttemptProgress> {
    const attempts: Array<AttemptProgress> = [];
    for (let attempt = this.lastAttempt; attempt !== undefined; attempt = attempt.previous) {
      attempts.push(attempt);
    }
    return attempts.reverse();
  }
}

const applyToAttempt = (
  attempt: AttemptProgress,
  event:
    | Ended
    | OfKind<"AgentRunStarted">
    | OfKind<"CancelIntended">
    | OfKind<"CancelUnconfirmed">
    | OfKind<"LandingFailed">
    | OfKind<"LaunchDuplicated">,
): Phase | undefined => {
  switch (event._tag) {
    case "AgentRunStarted":
      attempt.started = event;
      attempt.ended = undefined;
      return "Running";
    case "LaunchFailed":
    case "LaunchAbsent":
    case "AgentRunEnded":
    case "CancelConfirmed":
      attempt.ended = event;
      return undefined;
    case "CancelIntended":
      attempt.cancel = event;
      return undefined;
    case "LandingFailed":
      attempt.landingFailed = event;
      return undefined;
    case "CancelUnconfirmed":
      attempt.cancelFailed();
      return undefined;
    case "LaunchDuplicated":
      return undefined;
  }
};

const strength = (gate: Gate | undefined): number =>
  gate === undefined ? -1 : gates.indexOf(gate);

/** A task to which nothing has happened yet. */
export const none = new TaskProgress();
