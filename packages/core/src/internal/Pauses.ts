import * as Duration from "effect/Duration";
import type * as Effect from "effect/Effect";
import type * as Fiber from "effect/Fiber";
import * as Budget from "../Budget.ts";
import type { OfKind } from "../RunEvent.ts";
import type { Scheduler } from "../Scheduler.ts";
import type { Allowance } from "./Allowance.ts";
import { later } from "./attempt.ts";
import type { RunLog } from "./RunLog.ts";

type Paused = OfKind<"LaunchesPaused">;

interface Surroundings {
  readonly log: RunLog;
  readonly allowance: Allowance;
  readonly scheduler: Scheduler;
  /** The kinds of agents there are. */
  readonly agents: () => Iterable<string>;
  readonly fork: (effect: Effect.Effect<void>) => Fiber.Fiber<unknown, unknown>;
  readonly post: (handle: () => void) => void;
  /** How long the process stays with nothing to do until launches go on by themselves, in milliseconds. */
  readonly patienceMillis: number;
}

/** Timers cannot be longer than some weeks, and clocks are set. */
const longestTimer = 3_600_000;

/** An agent that names a time that is over is not asked again at once. */
const shortestPause = 60_000;

/** When launches pause and go on again: for a person, for the limits of the run, and until a quota is fresh. */
export class Pauses {
  readonly #around: Surroundings;
  #timer: { readonly at: number; readonly fiber: Fiber.Fiber<unknown, unknown> } | undefined;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Takes back pauses that have no reason any more, and answers whether anything may be launched. */
  review(): boolean {
    const { log } = this.#around;
    const { paused, pausedAgents } = log.state;
    for (const [agent, { until }] of pausedAgents) {
      if (until !== undefined && until <= log.now()) this.#unpause({ agent });
    }
    if (paused !== undefined && this.#isOver(paused)) this.#unpause({});
    if (log.state.paused === undefined) return true;
    this.#setTimer();
    return false;
  }

  /** Whether a kind of agent may be launched once more. */
  allows(agent: string): boolean {
    const { allowance, log } = this.#around;
    return !log.state.pausedAgents.has(agent) && allowance.obstacle(agent) === undefined;
  }

  /** Pauses launches if limits hold up everything that could start, and no agent at work can change that. */
  conclude(): void {
    this.#setTimer();
    const { log } = this.#around;
    if (log.state.limits === undefined) return;
    const obstacles = this.#obstacles();
    if (obstacles.length === 0) return;
    const isAtWork = log.state.count("Launching") + log.state.count("Running") > 0;
    if (obstacles.some((found) => found === undefined || (isAtWork && !found.isFinal))) return;
    const [found] = obstacles;
    const isOfDay = obstacles.every((one) => one!.limit?.scope === "day");
    const until = isOfDay ? { until: Budget.endOfDay(log.now()) } : {};
    log.record({
      _tag: "LaunchesPaused",
      at: log.now(),
      cause: "budget",
      message: found!.message,
      ...until,
      ...(found!.limit === undefined ? {} : { limit: found!.limit }),
    });
    this.#setTimer();
  }

  /** An agent takes nothing until its quota is fresh; others go on. */
  exhausted(agent: string, message: string, until: number): void {
    const { log } = this.#around;
    const at = log.now();
    const before = log.state.pausedAgents.get(agent)?.until ?? 0;
    const end = Math.max(until, at + shortestPause);
    if (end <= before) return;
    log.record({ _tag: "LaunchesPaused", at, cause: "quota", message, until: end, agent });
  }

  /** What is done about the pauses that alone hold up some kinds of agents, if any do. */
  standing(agents: Iterable<string>): "wait" | { readonly leave: string } | undefined {
    const { log, patienceMillis } = this.#around;
    const { paused, pausedAgents } = log.state;
    const holding =
      paused === undefined
        ? Array.from(agents, (agent) => pausedAgents.get(agent) ?? []).flat()
        : [paused];
    if (holding.length === 0) return undefined;
    const latest = log.present() + patienceMillis;
    const isShort = ({ cause, until }: Paused) =>
      cause === "operator" || (until !== undefined && until <= latest);
    return holding.some(isShort) ? "wait" : { leave: `launches pause: ${holding[0]!.message}` };
  }

  /** The run is over. */
  close(): void {
    this.#timer?.fiber.interruptUnsafe();
  }

  #isOver({ cause, until }: Paused): boolean {
    if (cause === "operator") return false;
    if (until !== undefined && until <= this.#around.log.now()) return true;
    if (cause === "quota") return false;
    const obstacles = this.#obstacles();
    return obstacles.includes(undefined);
  }

  /** For each kind of agent that tasks queue for, the limit in its way. */
  #obstacles(): ReadonlyArray<Budget.Obstacle | undefined> {
    const { agents, allowance, scheduler } = this.#around;
    const waiting = Array.from(agents()).filter((agent) => scheduler.isAwaited(agent));
    return waiting.map((agent) => allowance.obstacle(agent));
  }

  #unpause(of: { readonly agent?: string }): void {
    const { log } = this.#around;
    log.record({ _tag: "LaunchesUnpaused", at: log.now(), ...of });
  }

  /** Wakes the run when the first pause ends by itself. */
  #setTimer(): void {
    const { fork, log, post } = this.#around;
    const { paused, pausedAgents } = log.state;
    if (paused === undefined && pausedAgents.size === 0) return;
    const ends = [paused, ...pausedAgents.values()].flatMap((one) => one?.until ?? []);
    const at = Math.min(...ends);
    if (ends.length === 0 || (this.#timer !== undefined && this.#timer.at <= at)) return;
    this.#timer?.fiber.interruptUnsafe();
    const wait = Math.min(Math.max(at - log.present(), 1), longestTimer);
    const wake = () => post(() => (this.#timer = undefined));
    this.#timer = { at, fiber: fork(later(Duration.millis(wait), wake)) };
  }
}
