/** What a configuration and the flags say of the attempts and the limits of a run, for the engine. */
import { Budget } from "@orchestrator/core";
import * as Duration from "effect/Duration";
import * as Option from "effect/Option";
import type { Config } from "../config/Config.ts";

/** What the flags say, by the keys of the section `limits`. */
export interface Flags {
  readonly maxLaunches: Option.Option<number>;
  readonly maxCost: Option.Option<number>;
  /** Other keys of the section. */
  readonly limit: Readonly<Record<string, number>>;
}

/** Tasks, and the defaults of their plan, go before the parts about attempts. */
export const of = (
  { automation, limits: section, retry, timeoutSeconds }: Config,
  flags: Flags,
) => ({
  ...(timeoutSeconds === undefined ? {} : { timeout: Duration.seconds(timeoutSeconds) }),
  retry: {
    ...(retry.attempts === undefined ? {} : { attempts: retry.attempts }),
    ...(retry.delaySeconds === undefined ? {} : { delay: Duration.seconds(retry.delaySeconds) }),
    ...(automation.fixAttempts === undefined ? {} : { fixAttempts: automation.fixAttempts }),
  },
  ...limitsOption({ limits: section }, flags),
  ...patience(section),
});

/** How long a process stays that has nothing to do until launches go on. */
export const patience = ({ wait_hours: hours }: Config["limits"]) =>
  hours === undefined || hours === null ? {} : { pauseWait: Duration.hours(hours) };

/** What the flags set, if they set anything. */
export const changed = (flags: Flags): Budget.Limits | undefined => limitsOf(byFlag(flags));

const byFlag = ({ limit, maxCost, maxLaunches }: Flags): Config["limits"] => ({
  ...limit,
  ...(Option.isNone(maxLaunches) ? {} : { launches: maxLaunches.value }),
  ...(Option.isNone(maxCost) ? {} : { cost_usd: maxCost.value }),
});

/** What a run may use that begins now; flags go before the configuration. */
export const limits = (
  config: Pick<Config, "limits">,
  flags: Flags = noFlags,
): Budget.Limits | undefined => limitsOf({ ...config.limits, ...byFlag(flags) });

const limitsOption = (config: Pick<Config, "limits">, flags: Flags) => {
  const stated = limits(config, flags);
  return stated === undefined ? {} : { limits: stated };
};

/** The keys of the section `limits` that say how much, each with what it is to the engine. */
const places: Readonly<Record<string, readonly [keyof Budget.Limits, keyof Budget.Bounds]>> = {
  launches: ["run", "launches"],
  cost_usd: ["run", "costUsd"],
  tokens: ["run", "tokens"],
  hours: ["run", "hours"],
  launches_per_day: ["day", "launches"],
  cost_usd_per_day: ["day", "costUsd"],
  tokens_per_day: ["day", "tokens"],
  hours_per_day: ["day", "hours"],
  launches_per_task: ["task", "launches"],
  cost_usd_per_task: ["task", "costUsd"],
  tokens_per_task: ["task", "tokens"],
  hours_per_task: ["task", "hours"],
  cost_usd_per_launch: ["launch", "costUsd"],
  tokens_per_launch: ["launch", "tokens"],
};

/** The flags that allow twice as much of what a limit allows, which is no more than a proposal. */
export const raised = (limit: Budget.Limit | null | undefined): ReadonlyArray<string> => {
  if (limit === undefined || limit === null) return [];
  const { scope, value, what } = limit;
  const more = String(Math.max(1, Math.ceil(value * 200) / 100));
  if (scope === "run" && what === "launches") return ["--max-launches", more];
  if (scope === "run" && what === "costUsd") return ["--max-cost", more];
  const found = Object.entries(places).find(([, at]) => at[0] === scope && at[1] === what)!;
  return ["--limit", `${found[0]}=${more}`];
};

/** No flag says anything. */
export const noFlags: Flags = { maxLaunches: Option.none(), maxCost: Option.none(), limit: {} };

/** The keys that the flag `--limit` takes. */
export const keys: ReadonlyArray<string> = Object.keys(places);

/** Whether a number can be a limit: launches are counted in whole ones. */
export const isAmount = (key: string, value: number): boolean =>
  Number.isFinite(value) && value >= 0 && (!key.startsWith("launches") || Number.isInteger(value));

const limitsOf = (section: Config["limits"]): Budget.Limits | undefined => {
  let stated: Budget.Limits | undefined;
  for (const [key, [scope, what]] of Object.entries(places)) {
    const value = section[key];
    if (value !== undefined && value !== null)
      stated = Budget.merge(stated, { [scope]: { [what]: value } });
  }
  return stated;
};
