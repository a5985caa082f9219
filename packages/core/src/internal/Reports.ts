import * as Cause from "effect/Cause";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as Fiber from "effect/Fiber";
import type { RunEvent } from "../RunEvent.ts";
import { type Report, ReportError, type Reporter, type ReportRef } from "../Reporter.ts";
import { sentence } from "./attempt.ts";
import * as Effects from "./effects.ts";
import { reportKey } from "./effectKey.ts";
import type { Parts } from "./Surroundings.ts";

interface Around extends Pick<Parts, "fork" | "log"> {
  readonly reporter: Reporter["Service"];
  readonly post: (handle: () => void) => void;
}

/** A report that is being made, looked for or changed. */
interface Telling {
  fiber: Fiber.Fiber<unknown, unknown> | undefined;
}

/** What people want to hear of. */
const news: ReadonlySet<RunEvent["_tag"]> = new Set([
  "AgentRunStarted",
  "RetryScheduled",
  "LandingStarted",
  "TaskEnded",
]);

const updateSeconds = 30;

/** Reports that are made or changed at the same time. */
const mostAtOnce = 4;

/** The reports of a run's tasks: each created once, then kept up to date. */
export class Reports {
  readonly #around: Around;
  /** Tasks about which there may be something new to tell, in the order of the news. */
  readonly #open = new Set<number>();
  readonly #busy = new Map<number, Telling>();
  /** Tasks whose reports this process has given up. */
  readonly #hopeless = new Set<number>();
  /** Tasks of which is said already that they could not be reported for now. */
  readonly #overdue = new Set<number>();
  #isLast = false;
  /** When creations that were not answered were given up, in milliseconds of monotonic time. */
  readonly #lastSent = new Map<number, number>();

  constructor(around: Around) {
    this.#around = around;
  }

  /** Whether there is something to tell, or it is being told. */
  get isBusy(): boolean {
    return this.#open.size > 0 || this.#busy.size > 0;
  }

  /** Takes in what happened. */
  heard(event: RunEvent): void {
    if (news.has(event._tag) && "task" in event && event.task !== undefined) {
      this.#open.add(this.#around.log.state.table.numberOf(event.task)!);
    }
  }

  /** Looks at every task, as whoever takes a run over does. */
  hearAll(): void {
    const { state } = this.#around.log;
    for (let node = 0; node < state.size; node++) {
      if (state.report(node) !== undefined || state.at(node).outcome !== undefined) {
        this.#open.add(node);
      }
    }
  }

  /** Looks at every task that was to be reported, as whoever opens a run does that has ended. */
  hearReported(): void {
    const { state } = this.#around.log;
    for (let node = 0; node < state.size; node++) {
      if (state.report(node) !== undefined) this.#open.add(node);
    }
  }

  /** Begins what is to be told, as far as there is room. */
  tell(): void {
    for (const node of this.#open) {
      if (this.#busy.size >= mostAtOnce) return;
      if (this.#busy.has(node)) continue;
      this.#open.delete(node);
      this.#advance(node);
    }
  }

  /** Tries once more what could not be told before the run ends; whether there is something. */
  tellOverdue(): boolean {
    if (this.#isLast) return false;
    this.#isLast = true;
    for (const node of this.#overdue) this.#open.add(node);
    this.tell();
    return this.isBusy;
  }

  /** Touches nothing outside any more. */
  abandon(): void {
    const tellings = [...this.#busy.values()];
    // First forgotten: what an interrupted one ends with is no news.
    this.#busy.clear();
    this.#open.clear();
    for (const { fiber } of tellings) fiber?.interruptUnsafe();
  }

  #advance(node: number): void {
    const { log } = this.#around;
    const known = log.state.report(node);
    if (this.#hopeless.has(node)) return;
    if (known?.ref !== undefined) {
      if (known.told !== log.state.phase(node)) this.#update(node, known.ref);
    } else if (known === undefined || known.failed === "NotSent") {
      if (this.#isCovered(node)) this.#create(node);
    } else if (known.failed !== "Rejected") {
      // What another process sent may have been sent until now.
      this.#search(node, this.#lastSent.get(node) ?? log.monotonicMillis());
    }
  }

  /** A reporter is somebody else's code: one that breaks ends no run. */
  #isCovered(node: number): boolean {
    const { log, reporter } = this.#around;
    try {
      return reporter.covers(log.state.at(node));
    } catch (error) {
      this.#giveUp(node, `could not be reported: ${String(error)}`);
      return false;
    }
  }

  #create(node: number): void {
    const { log, reporter } = this.#around;
    log.record({ _tag: "ReportIntended", at: log.now(), task: this.#task(node) });
    const { deadlineSeconds = Effects.usualDeadlineSeconds, patienceSeconds = 0 } = reporter;
    const deadline = Duration.seconds(deadlineSeconds + patienceSeconds);
    const created = Effect.suspend(() => reporter.create(this.#report(node))).pipe(
      Effect.timeoutOrElse({
        duration: deadline,
        orElse: () => Effect.fail(unanswered(deadline)),
      }),
    );
    this.#run(node, created, (exit) => {
      if (Exit.isSuccess(exit)) this.#created(node, exit.value);
      else this.#failed(node, exit.cause);
    });
  }

  /** What goes with a report is set by bringing it up to date, so that it is made up for if that fails. */
  #created(node: number, ref: ReportRef): void {
    const { log } = this.#around;
    log.record({ _tag: "ReportCreated", at: log.now(), task: this.#task(node), ref });
    this.#open.add(node);
  }

  #failed(node: number, cause: Cause.Cause<ReportError>): void {
    const { log } = this.#around;
    const error = Cause.findErrorOption(cause);
    const reason = error._tag === "Some" ? error.value.reason : "Ambiguous";
    const message = sentence(cause);
    log.record({ _tag: "ReportFailed", at: log.now(), task: this.#task(node), reason, message });
    if (reason === "Ambiguous") return this.#search(node, log.monotonicMillis());
    if (reason === "NotSent")
      return this.#putOff(node, `could not be reported for now: ${message}`);
    this.#giveUp(node, `could not be reported: ${message}`);
  }

  #search(node: number, lastSent: number): void {
    const { log, reporter } = this.#around;
    this.#lastSent.set(node, lastSent);
    const deadline = reporter.deadlineSeconds ?? Effects.usualDeadlineSeconds;
    const settle = reporter.settleSeconds ?? Effects.usualSettleSeconds;
    const settledAt = lastSent + (deadline + settle) * 1000;
    const search = Effects.reconcile({
      find: Effect.suspend(() => reporter.find(this.#report(node))),
      control: () => this.#control(node),
      settledAt,
      until: Math.max(settledAt, log.monotonicMillis()) + 60_000,
      now: () => log.monotonicMillis(),
    });
    this.#run(node, search, (exit) => {
      if (Exit.isFailure(exit)) return this.#giveUp(node, sentence(exit.cause));
      this.#found(node, exit.value);
    });
  }

  /** Another report of the run that certainly exists. */
  #control(node: number): Effect.Effect<true | undefined, ReportError> | undefined {
    const { log, reporter } = this.#around;
    const other = log.state.reportedOtherThan(node);
    if (other === undefined) return undefined;
    return Effect.map(
      Effect.suspend(() => reporter.find(this.#report(other))),
      // It may be too new to be listed: then the search goes on, as long as it has time.
      (refs) => (refs.length > 0 ? true : undefined),
    );
  }

  #found(node: number, result: Effects.Reconciled<ReportRef>): void {
    const { log } = this.#around;
    const task = this.#task(node);
    if (result._tag === "Unproven") {
      // By the task's next news something else may be there that proves it.
      return this.#putOff(node, `may or may not have been reported: ${result.why}`);
    }
    if (result._tag === "Absent") {
      const message = "the report certainly does not exist";
      log.record({ _tag: "ReportFailed", at: log.now(), task, reason: "NotSent", message });
    } else {
      const [ref, ...others] = result.refs;
      log.record({ _tag: "ReportCreated", at: log.now(), task, ref, found: true });
      if (others.length > 0) this.#warn(node, `is reported ${others.length + 1} times`);
    }
    this.#open.add(node);
  }

  #update(node: number, ref: ReportRef): void {
    const { log, reporter } = this.#around;
    const phase = log.state.phase(node);
    const deadline = Duration.seconds(updateSeconds + (reporter.patienceSeconds ?? 0));
    const updated = Effects.setState(
      Effect.suspend(() => reporter.update(ref, this.#report(node))),
      {
        deadline,
        late: () => unanswered(deadline),
        isRefused: ({ reason }) => reason === "Rejected",
      },
    );
    this.#run(node, updated, (exit) => {
      if (Exit.isFailure(exit)) {
        return this.#putOff(node, `could not be reported for now: ${sentence(exit.cause)}`);
      }
      this.#overdue.delete(node);
      log.record({ _tag: "ReportUpdated", at: log.now(), task: this.#task(node), phase });
    });
  }

  /** Whatever an effect ends with is handled in a turn of the run, after its intent is durable. */
  #run<A, E>(node: number, effect: Effect.Effect<A, E>, ended: (exit: Exit.Exit<A, E>) => void) {
    const { fork, log, post } = this.#around;
    const telling: Telling = { fiber: undefined };
    this.#busy.set(node, telling);
    log.afterwards(() => {
      if (this.#busy.get(node) !== telling) return;
      const fiber = fork(effect);
      telling.fiber = fiber;
      fiber.addObserver((exit) =>
        post(() => {
          if (this.#busy.get(node) !== telling) return;
          this.#busy.delete(node);
          ended(exit);
        }),
      );
    });
  }

  /** It is tried again when there is news of the task, or by whoever resumes the run. */
  #putOff(node: number, why: string): void {
    if (this.#overdue.has(node)) return;
    this.#overdue.add(node);
    this.#warn(node, why);
  }

  #giveUp(node: number, why: string): void {
    this.#hopeless.add(node);
    this.#warn(node, why);
  }

  #warn(node: number, why: string): void {
    const { log } = this.#around;
    const task = this.#task(node);
    log.record({ _tag: "Warning", at: log.now(), task, message: `${task} ${why}` });
  }

  #task(node: number): string {
    return this.#around.log.state.table.task(node).id;
  }

  #report(node: number): Report {
    const { state } = this.#around.log;
    return {
      run: state.run!,
      key: reportKey(state.run!, this.#task(node)),
      state: state.at(node),
    };
  }
}

const unanswered = (deadline: Duration.Duration): ReportError =>
  new ReportError({
    reason: "Ambiguous",
    message: `no answer within ${Duration.format(deadline)}`,
  });
