/** What a run may use, what it has used and why it pauses, for people. */
import { Budget, type RunEvent, type RunState } from "@orchestrator/core";
import type { Need } from "../plan/PlanForecast.ts";
import type { PlanOutline } from "../plan/PlanOutline.ts";
import * as Text from "../terminal/Text.ts";
import { limits as widths } from "./Words.ts";

export const { dollars, tokens } = Budget;

const measures = ["launches", "costUsd", "tokens", "hours"] as const;

/** Limits, as `40 launches and $10.00 a run, 3 launches a task`. */
export const limits = ({ day, launch, run, task }: Budget.Limits): string => {
  const said = [
    bounds(run, "a run"),
    bounds(day, "a day"),
    bounds(task, "a task"),
    bounds(launch, "reckoned for a launch"),
  ].filter((text) => text !== "");
  return said.length === 0 ? "none" : said.join(", ");
};

const bounds = (stated: Budget.Bounds | undefined, what: string): string => {
  const said = measures.flatMap((measure) => {
    const value = stated?.[measure];
    return value === undefined ? [] : [Budget.amountText(measure, value)];
  });
  return said.length === 0 ? "" : `${said.join(" and ")} ${what}`;
};

/** What a run used of what it may, as `12 of 40 launches · $3.20 of $10.00`; empty if there is nothing to say. */
export const used = (usage: RunState.Used, stated?: Budget.Limits): string => {
  const { costUsd, inputTokens, launches, outputTokens } = usage;
  const all = inputTokens + outputTokens;
  const { run } = stated ?? {};
  return [
    run?.launches === undefined
      ? ""
      : `${launches} of ${Budget.amountText("launches", run.launches)}`,
    of(costUsd, run?.costUsd, dollars),
    of(all, run?.tokens, tokens, " tokens"),
  ]
    .filter((text) => text !== "")
    .join(" · ");
};

const of = (
  value: number,
  limit: number | undefined,
  text: (value: number) => string,
  unit = "",
): string => {
  if (limit !== undefined) return `${text(value)} of ${text(limit)}${unit}`;
  return value > 0 ? text(value) + unit : "";
};

type Paused = Pick<RunEvent.OfKind<"LaunchesPaused">, "cause" | "message" | "until" | "agent">;

/** Why nothing is launched, and until when. */
export const pause = ({ agent, message, until }: Paused): string => {
  const where = agent === undefined ? "" : ` on ${Text.line(agent)}`;
  const end = until === undefined ? "" : ` until ${moment(until)}`;
  return `launches${where} pause${end}: ${Text.line(message, widths.line)}`;
};

/** What makes launches go on. */
export const goOn = ({ cause }: Pick<Paused, "cause">): string =>
  ({
    operator: "let launches go on",
    budget: "allow more",
    quota: "launch without waiting",
  })[cause];

/** A moment of UTC, as `2026-01-31 00:00 UTC`. */
export const moment = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** What a plan will use against what it may, as far as that can be reckoned; nothing without limits. */
export const forecast = ({
  limits: stated,
  needs,
}: Pick<PlanOutline, "limits" | "needs">): ReadonlyArray<string> =>
  stated === null
    ? []
    : [`Limits         ${limits(stated)}`, ...needs.map((one) => `               ${need(one)}`)];

const need = ({ expected, isEnough, limit, what }: Need): string => {
  const much = `${what === "launches" ? "at least" : "about"} ${Budget.amountText(what, expected)}`;
  const end = isEnough ? "" : ": it will pause before its end";
  return `the plan takes ${much} of ${Budget.amountText(what, limit)}${end}`;
};
