/** Flags that limit what a run may use, for every command that works on one. */
import { Suggest } from "@orchestrator/core";
import * as Flag from "effect/cli/Flag";
import * as RunLimits from "../run/RunLimits.ts";

const isLimit = ([key, value]: readonly [string, number]): boolean =>
  RunLimits.keys.includes(key) && RunLimits.isAmount(key, value);

const wantedLimit = (pairs: Readonly<Record<string, number>>): string => {
  const [key = ""] = Object.entries(pairs).find((pair) => !isLimit(pair)) ?? [];
  if (RunLimits.keys.includes(key)) return `${key}=NUMBER with a number of 0 or more`;
  const near = Suggest.closest(key, RunLimits.keys);
  const meant = near === undefined ? "" : `; did you mean ${near}?`;
  return `KEY=NUMBER with one of the keys ${RunLimits.keys.join(", ")}${meant}`;
};

/** What the run may use beside what its configuration says. */
export const all = {
  maxLaunches: Flag.Int("max-launches").pipe(
    Flag.filter(
      (value) => value >= 0,
      () => "a whole number of 0 or more",
    ),
    Flag.withDescription("Launches that the run may make, over all its processes"),
    Flag.withMetavar("N"),
    Flag.optional,
  ),
  maxCost: Flag.Finite("max-cost").pipe(
    Flag.filter(
      (value) => value >= 0,
      () => "US dollars of 0 or more",
    ),
    Flag.withDescription(
      "US dollars that the run may cost, as far as its agents say what they cost",
    ),
    Flag.withMetavar("USD"),
    Flag.optional,
  ),
  limit: Flag.KeyValuePair("limit").pipe(
    Flag.map((pairs) =>
      Object.fromEntries(
        Object.entries(pairs).map(([key, value]) => [key, Number(value.trim() || NaN)]),
      ),
    ),
    Flag.filter((pairs) => Object.entries(pairs).every(isLimit), wantedLimit),
    Flag.withDescription(
      "Another limit, as the section limits of the configuration names it: tokens=500000",
    ),
    Flag.withMetavar("KEY=NUMBER"),
    Flag.withDefault({}),
  ),
};
