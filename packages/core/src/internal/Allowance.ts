import type * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Budget from "../Budget.ts";
import type { Journal, JournalError } from "../Journal.ts";
import { sentence } from "./attempt.ts";
import { OtherRuns } from "./OtherRuns.ts";
import type { RunLog } from "./RunLog.ts";

interface Surroundings {
  readonly log: RunLog;
  readonly journal: Journal["Service"];
  readonly fork: (effect: Effect.Effect<Budget.Elsewhere, JournalError>) => {
    readonly addObserver: (
      observer: (exit: Exit.Exit<Budget.Elsewhere, JournalError>) => void,
    ) => unknown;
  };
  readonly post: (handle: () => void) => void;
}

/** How long what other runs used is taken for known while this one launches nothing, in milliseconds. */
const freshMillis = 10_000;

/** What a run may still launch: its limits against what it and, in a day, the other runs of the project used. */
export class Allowance {
  readonly #around: Surroundings;
  #others: OtherRuns | undefined = undefined;
  #elsewhere: Budget.Elsewhere | undefined = undefined;
  /** Why what other runs used is not known. */
  #unreadable: string | undefined = undefined;
  #readAt = -Infinity;
  #readMillis = 0;
  /** What this run had launched when it was read. */
  #launches = 0;
  #day = 0;
  #isReading = false;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Whether it is known how much other runs used; if not, that is being found out. */
  isKnown(): boolean {
    if (this.#limits?.day === undefined) return true;
    if (this.#isReading) return false;
    const { log } = this.#around;
    const hasLaunched = log.state.usage.launches !== this.#launches;
    // While it launches, others do too: it reads again at once, but not more than half of the time.
    const longest = hasLaunched ? this.#readMillis : freshMillis;
    const isFresh = log.monotonicMillis() - this.#readAt < longest;
    if (isFresh && this.#day === Budget.endOfDay(log.now())) return true;
    this.#read();
    return false;
  }

  /** The limit that the launch of a kind of agent would pass. */
  obstacle(agent: string): Budget.Obstacle | undefined {
    const { state } = this.#around.log;
    if (state.limits === undefined) return undefined;
    const found = Budget.obstacle(state, agent, this.#around.log.now(), this.#elsewhere);
    if (found !== undefined || this.#unreadable === undefined || this.#limits?.day === undefined) {
      return found;
    }
    return Budget.unknown(this.#unreadable);
  }

  /** The limit that the next launch for a task would pass. */
  taskObstacle(node: number): Budget.Obstacle | undefined {
    const { state } = this.#around.log;
    if (state.limits?.task === undefined) return undefined;
    return Budget.taskObstacle(state, state.attempts(node).slice(state.forgiven(node)));
  }

  get #limits(): Budget.Limits | undefined {
    return this.#around.log.state.limits;
  }

  #read(): void {
    const { fork, journal, log, post } = this.#around;
    this.#isReading = true;
    this.#others ??= new OtherRuns(journal, log.run);
    this.#launches = log.state.usage.launches;
    const begin = log.monotonicMillis();
    const reading = this.#others.usedInDay(log.now());
    log.afterwards(() => {
      fork(reading).addObserver((exit) => post(() => this.#known(exit, begin)));
    });
  }

  #known(exit: Exit.Exit<Budget.Elsewhere, JournalError>, begin: number): void {
    const { log } = this.#around;
    this.#isReading = false;
    this.#readAt = log.monotonicMillis();
    this.#readMillis = this.#readAt - begin;
    this.#day = Budget.endOfDay(log.now());
    this.#unreadable = Exit.isFailure(exit) ? sentence(exit.cause) : undefined;
    if (Exit.isSuccess(exit)) this.#elsewhere = exit.value;
  }
}
