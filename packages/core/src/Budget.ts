/**
 * What a run may use: limits on launches, money, tokens and time, reserved before a launch.
 *
 * Pure rules over the fold of a run. A launch counts from its intent on, and no
 * more once it certainly reached nobody. What an agent run costs counts from
 * its end on; until then, and for good if it never says so, a launch is charged
 * what one is reckoned to use.
 */
import * as Schema from "effect/Schema";
import type { Agent } from "./AgentPort.ts";
import { type Charge, charge, type Estimate, estimate } from "./internal/charges.ts";
import { dayMillis, dayOf, type Spending } from "./internal/Spending.ts";
import type { Attempt, RunState } from "./RunState.ts";

const amount = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0));

/** How much of everything; what is absent is not limited. */
export const Bounds = Schema.Struct({
  launches: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  /** Money, in US dollars. */
  costUsd: Schema.optionalKey(amount),
  /** Tokens that models read and wrote, together. */
  tokens: Schema.optionalKey(amount),
  /** Wall time: of a run and a day, while somebody worked on it; of a task, of its attempts together. */
  hours: Schema.optionalKey(amount),
});
export type Bounds = typeof Bounds.Type;

/** What a run may use. */
export const Limits = Schema.Struct({
  /** The run, from its start on. */
  run: Schema.optionalKey(Bounds),
  /** All runs of the project together, in one day of UTC. */
  day: Schema.optionalKey(Bounds),
  /** Each task, since a person last decided about it. */
  task: Schema.optionalKey(Bounds),
  /** What one launch is reckoned to use; absent: the most that one of its agent has used so far. */
  launch: Schema.optionalKey(
    Schema.Struct({
      costUsd: Schema.optionalKey(amount),
      tokens: Schema.optionalKey(amount),
    }),
  ),
});
export type Limits = typeof Limits.Type;

/** One of the limits. */
export const Limit = Schema.Struct({
  scope: Schema.Literals(["run", "day", "task"]),
  what: Schema.Literals(["launches", "costUsd", "tokens", "hours"]),
  value: amount,
});
export type Limit = typeof Limit.Type;

/** Limits of which what the second states replaces what the first does. */
export const merge = (before: Limits | undefined, after: Limits): Limits => {
  const merged: { -readonly [Key in keyof Limits]: Limits[Key] } = { ...before };
  for (const scope of scopes) {
    if (after[scope] !== undefined) merged[scope] = { ...merged[scope], ...after[scope] };
  }
  return merged;
};

const scopes = ["run", "day", "task", "launch"] as const;

/** A limit that a launch would pass. */
export interface Obstacle {
  /** Absent if what is left of it is not known. */
  readonly limit: Limit | undefined;
  /** What is used up for certain. */
  readonly used: number;
  /** What is reserved beside it, by launches that have not told what they used. */
  readonly reserved: number;
  /** What the launch itself is reckoned at. */
  readonly needed: number;
  /** Whether it stays whatever becomes of the agents that work now. */
  readonly isFinal: boolean;
  readonly message: string;
}

/** What other runs of the project used in the day of UTC. */
export interface Elsewhere {
  readonly spending: ReadonlyArray<Spending>;
  /** How long they were worked on that day, in milliseconds. */
  readonly millis: number;
}

const nothing: Elsewhere = { spending: [], millis: 0 };

/** The limit of the run or of the day that the launch of a kind of agent would pass, if it would pass one. */
export const obstacle = (
  state: RunState,
  agent: string,
  now: number,
  elsewhere: Elsewhere = nothing,
): Obstacle | undefined => {
  const { limits } = state;
  if (limits?.run === undefined && limits?.day === undefined) return undefined;
  const { total } = state.spending;
  const { launch: stated } = limits;
  const needed = estimate([total, ...elsewhere.spending], agent, stated);
  const ofRun = limits.run && first("run", limits.run, usedByRun(state, now), needed);
  if (ofRun !== undefined || limits.day === undefined) return ofRun;
  return first("day", limits.day, usedInDay(state, now, elsewhere), needed);
};

/** What the run is charged so far. */
export const usedByRun = (state: RunState, now?: number): Charge =>
  charge([state.spending.total], state.limits?.launch, state.sessions.millis(-Infinity, now));

/** What all runs of the project are charged for the day of UTC that `now` is in. */
export const usedInDay = (
  state: RunState,
  now: number,
  { millis, spending }: Elsewhere = nothing,
): Charge => {
  const own = state.spending.on(dayOf(now));
  const all = own === undefined ? spending : [own, ...spending];
  const worked = state.sessions.millis(dayOf(now) * dayMillis, now);
  // A launch is reckoned at what launches took before, be it on another day.
  return charge(all, state.limits?.launch, worked + millis, [state.spending.total, ...spending]);
};

/** The limit of a task that its next launch would pass, if it would pass one. */
export const taskObstacle = (
  { limits }: RunState,
  attempts: ReadonlyArray<Attempt>,
): Obstacle | undefined => {
  if (limits?.task === undefined) return undefined;
  const { launch } = limits;
  const needed = { costUsd: launch?.costUsd ?? 0, tokens: launch?.tokens ?? 0 };
  return first("task", limits.task, usedByTask(attempts, needed), needed);
};

/** Nothing runs for a task whose next launch is looked at: what did not say what it used is charged as reckoned. */
const usedByTask = (attempts: ReadonlyArray<Attempt>, needed: Estimate): Charge => {
  const used = { launches: 0, costUsd: 0, tokens: 0, hours: 0 };
  for (const { end, endedAt, isCharged, startedAt } of attempts) {
    if (!isCharged) continue;
    const { costUsd, inputTokens, outputTokens } = end?.usage ?? {};
    used.launches++;
    used.costUsd += costUsd ?? needed.costUsd;
    const isTold = inputTokens !== undefined || outputTokens !== undefined;
    used.tokens += isTold ? (inputTokens ?? 0) + (outputTokens ?? 0) : needed.tokens;
    used.hours += ((endedAt ?? startedAt) - startedAt) / 3_600_000;
  }
  return { used, reserved: { costUsd: 0, tokens: 0 } };
};

const first = (
  scope: Limit["scope"],
  bounds: Bounds,
  { reserved, used }: Charge,
  needed: Estimate,
): Obstacle | undefined => {
  for (const what of measures) {
    const value = bounds[what];
    if (value === undefined) continue;
    const [kept, next] =
      what === "costUsd" || what === "tokens" ? [reserved[what], needed[what]] : [0, 0];
    const own = what === "launches" ? 1 : next;
    if (isWithin(used[what], kept, own, value)) continue;
    const isFinal = !isWithin(used[what], 0, own, value);
    const found = { used: used[what], reserved: kept, needed: own, isFinal };
    const limit: Limit = { scope, what, value };
    return { ...found, limit, message: describe(limit, found) };
  }
  return undefined;
};

/** Sums of cents are not exact. */
const slack = 1e-9;

const isWithin = (used: number, reserved: number, needed: number, limit: number): boolean =>
  used < limit && used + reserved + needed <= limit + slack;

const measures = ["launches", "costUsd", "tokens", "hours"] as const;

const describe = (
  { scope, value, what }: Limit,
  { needed, reserved, used }: Pick<Obstacle, "needed" | "reserved" | "used">,
): string => {
  const whose = { run: "the run", day: "the day (UTC)", task: "the task" }[scope];
  const said = `${bare(what, used)} of the ${amountText(what, value)} of ${whose} ${what === "launches" && value === 1 ? "is" : "are"} used`;
  if (what === "launches" || what === "hours") return said;
  const kept = reserved > 0 ? `, ${amountText(what, reserved)} more are reserved` : "";
  const next = needed > 0 ? `, and a launch is reckoned at ${amountText(what, needed)}` : "";
  return said + kept + next;
};

/** An amount before another that has the unit. */
const bare = (what: keyof Bounds, value: number): string => {
  if (what === "launches") return String(value);
  return what === "tokens" ? tokens(value) : amountText(what, value);
};

/** An amount with its unit, as `40 launches`, `$3.20`, `12000 tokens`, `1.5 h`. */
export const amountText = (what: keyof Bounds, value: number): string => {
  switch (what) {
    case "launches":
      return `${value} ${value === 1 ? "launch" : "launches"}`;
    case "costUsd":
      return dollars(value);
    case "tokens":
      return `${tokens(value)} tokens`;
    case "hours":
      return value < 1 ? `${tenths(value * 60)} min` : `${tenths(value)} h`;
  }
};

const tenths = (value: number): number => Math.floor(value * 10 + slack) / 10;

/** US dollars, as `$3.20`; below a cent, with the digit that matters. */
export const dollars = (value: number): string =>
  value > 0 && value < 0.01 ? `$${value.toPrecision(1)}` : `$${value.toFixed(2)}`;

/** Tokens, as `950`, `12k`, `3.4M`. */
export const tokens = (value: number): string => {
  if (value < 10_000) return String(Math.round(value));
  if (value < 999_500) return `${Math.round(value / 1000)}k`;
  return `${(value / 1_000_000).toFixed(1)}M`;
};

/** When the day of UTC ends, in milliseconds since the epoch: limits of the day are fresh then. */
export const endOfDay = (now: number): number => (dayOf(now) + 1) * dayMillis;

/** What other runs of the day used cannot be read, and so neither how much is left. */
export const unknown = (why: string): Obstacle => ({
  limit: undefined,
  used: 0,
  reserved: 0,
  needed: 1,
  isFinal: true,
  message: `what the other runs of the day (UTC) used cannot be read: ${why}`,
});

/** What the limits need that an agent never tells. */
export const unmeasured = (
  limits: Limits | undefined,
  { capabilities }: Agent,
): ReadonlyArray<"cost" | "tokens"> => {
  const stated = [limits?.run, limits?.day, limits?.task];
  return (["cost", "tokens"] as const).filter((what) => {
    const isLimited = stated.some((bounds) => bounds?.[limitOf[what]] !== undefined);
    return isLimited && capabilities.measures?.includes(what) !== true;
  });
};

const limitOf = { cost: "costUsd", tokens: "tokens" } as const;
