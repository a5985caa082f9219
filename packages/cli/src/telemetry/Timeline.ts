/**
 * How long the parts of a run took: the fold of its events into stretches of time.
 *
 * Traces, metrics and durations in logs are made of these, so they agree with each other, and they are
 * the same whether they are told while the run goes on or read from its journal.
 */
import type { Agent, Failure, RunEvent } from "@orchestrator/core";

/** A part of a run that has ended. Times are milliseconds since the epoch. */
export interface Stretch {
  readonly what: "run" | "task" | "attempt" | "landing";
  readonly startedAt: number;
  readonly endedAt: number;
  /** In lower case: `succeeded`, `failed`, `cancelled`, `held`, `skipped`, `waiting`, `unclear`. */
  readonly outcome: string;
  /** How often the run, or the task, had ended before. */
  readonly round: number;
  /** How often the run had ended before it. */
  readonly runRound: number;
  readonly task?: string;
  readonly attempt?: number;
  readonly agent?: string;
  readonly slot?: string;
  /** Where people can look at the agent run. */
  readonly url?: string | undefined;
  readonly failure?: Pick<Failure.Failure, "class" | "message"> | undefined;
  /** How long it stood in the queue before. */
  readonly waitedMillis?: number;
  readonly usage?: Agent.Usage | undefined;
}

interface OpenAttempt {
  readonly intended: RunEvent.OfKind<"LaunchIntended">;
  readonly waitedMillis: number;
  url: string | undefined;
  cancel: RunEvent.OfKind<"CancelIntended"> | undefined;
}

interface OpenTask {
  round: number;
  startedAt: number | undefined;
  /** When it came, or will come, into the queue. */
  queuedAt: number;
  attempt: OpenAttempt | undefined;
  landingAt: number | undefined;
}

/** What is the case of an event: an attempt that ends with it. */
type AttemptEvent = RunEvent.OfKind<
  "AgentRunEnded" | "CancelConfirmed" | "LaunchAbsent" | "LaunchFailed"
>;

export class Timeline {
  run = "";
  startedAt = 0;
  #round = 0;
  #hasEnded = false;
  readonly #tasks = new Map<string, OpenTask>();

  /** Takes the next event in, and answers with what ended with it. */
  apply(event: RunEvent.RunEvent): ReadonlyArray<Stretch> {
    switch (event._tag) {
      case "RunStarted":
        this.run = event.run;
        this.startedAt = event.at;
        return [];
      case "TaskReady": {
        const task = this.#open(event);
        task.startedAt ??= event.at;
        task.queuedAt = event.at;
        return [];
      }
      case "RetryScheduled":
        this.#open(event).queuedAt = event.at + event.delayMillis;
        return [];
      case "LaunchIntended":
        return this.#launch(event);
      case "AgentRunStarted": {
        const { attempt } = this.#open(event);
        if (attempt !== undefined) attempt.url = event.ref.url;
        return [];
      }
      case "CancelIntended": {
        const { attempt } = this.#open(event);
        if (attempt !== undefined) attempt.cancel = event;
        return [];
      }
      case "LaunchFailed":
        return event.reason === "Ambiguous" ? [] : this.#attempt(event);
      case "AgentRunEnded":
      case "CancelConfirmed":
      case "LaunchAbsent":
        return this.#attempt(event);
      case "LandingStarted":
        this.#open(event).landingAt = event.at;
        return [];
      case "LandingEnded":
      case "LandingFailed":
        return this.#landing(event);
      case "TaskEnded":
        return this.#task(event);
      case "HeldDecided":
        return this.#again([event.task]);
      case "TasksReopened":
        return this.#again(event.tasks);
      case "RunEnded":
        return this.#end(event);
      default:
        return [];
    }
  }

  #open({ at, task }: { readonly at: number; readonly task: string }): OpenTask {
    const known = this.#tasks.get(task);
    if (known !== undefined) return known;
    const made: OpenTask = {
      round: 0,
      startedAt: undefined,
      queuedAt: at,
      attempt: undefined,
      landingAt: undefined,
    };
    this.#tasks.set(task, made);
    return made;
  }

  #launch(event: RunEvent.OfKind<"LaunchIntended">): ReadonlyArray<Stretch> {
    const task = this.#open(event);
    task.startedAt ??= event.at;
    const waitedMillis = Math.max(0, event.at - task.queuedAt);
    task.attempt = { intended: event, waitedMillis, url: undefined, cancel: undefined };
    return [];
  }

  #attempt(event: AttemptEvent): ReadonlyArray<Stretch> {
    const { attempt, round } = this.#open(event);
    // What a person took up again may end a second time.
    if (attempt === undefined || attempt.intended.attempt !== event.attempt) return [];
    this.#open(event).attempt = undefined;
    const { intended, url, waitedMillis } = attempt;
    return [
      {
        what: "attempt",
        task: event.task,
        attempt: event.attempt,
        agent: intended.agent,
        slot: intended.slot,
        startedAt: intended.at,
        endedAt: event.at,
        round,
        runRound: this.#round,
        url,
        waitedMillis,
        ...endOf(event, attempt.cancel),
      },
    ];
  }

  #landing(event: RunEvent.OfKind<"LandingEnded" | "LandingFailed">): ReadonlyArray<Stretch> {
    const task = this.#open(event);
    const startedAt = task.landingAt;
    task.landingAt = undefined;
    if (startedAt === undefined) return [];
    const failure = event._tag === "LandingFailed" ? event.failure : undefined;
    return [
      {
        what: "landing",
        task: event.task,
        attempt: event.attempt,
        startedAt,
        endedAt: event.at,
        outcome: failure === undefined ? "succeeded" : "failed",
        failure,
        round: task.round,
        runRound: this.#round,
      },
    ];
  }

  #task(event: RunEvent.OfKind<"TaskEnded">): ReadonlyArray<Stretch> {
    const task = this.#open(event);
    const { reason } = event;
    const ended: Stretch = {
      what: "task",
      task: event.task,
      startedAt: task.startedAt ?? event.at,
      endedAt: event.at,
      outcome: event.outcome.toLowerCase(),
      failure: reason?._tag === "AttemptFailed" ? reason.failure : undefined,
      round: task.round,
      runRound: this.#round,
    };
    task.landingAt = undefined;
    // Nobody knows yet what becomes of the attempt of a held task.
    if (event.outcome !== "Held") task.attempt = undefined;
    return [ended];
  }

  #again(tasks: ReadonlyArray<string>): ReadonlyArray<Stretch> {
    for (const id of tasks) {
      const task = this.#tasks.get(id);
      if (task === undefined) continue;
      task.round++;
      task.startedAt = undefined;
    }
    if (this.#hasEnded) this.#round++;
    this.#hasEnded = false;
    return [];
  }

  #end({ at, outcome }: RunEvent.OfKind<"RunEnded">): ReadonlyArray<Stretch> {
    this.#hasEnded = true;
    const { startedAt } = this;
    const round = this.#round;
    return [{ what: "run", startedAt, endedAt: at, outcome, round, runRound: round }];
  }
}

const endOf = (
  event: AttemptEvent,
  cancel: RunEvent.OfKind<"CancelIntended"> | undefined,
): Pick<Stretch, "failure" | "outcome" | "usage"> => {
  switch (event._tag) {
    case "AgentRunEnded": {
      const { end } = event;
      const failure = end._tag === "Failed" ? end.failure : undefined;
      return { outcome: end._tag.toLowerCase(), failure, usage: end.usage };
    }
    case "CancelConfirmed": {
      const failed = cancel?.cause === "timeout" || cancel?.cause === "bug";
      const failureClass = cancel?.cause === "bug" ? "permanent" : "timeout";
      if (!failed) return { outcome: "cancelled" };
      return { outcome: "failed", failure: { class: failureClass, message: cancel.message } };
    }
    case "LaunchAbsent":
      return {
        outcome: "failed",
        failure: { class: "infrastructure", message: event.message },
      };
    case "LaunchFailed": {
      if (event.reason === "Done") return { outcome: "succeeded" };
      if (event.reason === "Dropped") return { outcome: "skipped" };
      const failureClass = event.reason === "Rejected" ? "permanent" : "infrastructure";
      return { outcome: "failed", failure: { class: failureClass, message: event.message } };
    }
  }
};
