import { describe, expect, it } from "@effect/vitest";
import * as Option from "effect/Option";
import * as PlanForecast from "../src/plan/PlanForecast.ts";
import * as RunLimits from "../src/run/RunLimits.ts";
import * as BudgetText from "../src/view/BudgetText.ts";

describe("what a run uses", () => {
  it("is told against its limits, and without limits only as far as agents say it", () => {
    const usage = { launches: 12, costUsd: 3.2, inputTokens: 40_000, outputTokens: 2000 };
    expect(BudgetText.used(usage, { run: { launches: 40, costUsd: 10 } })).toBe(
      "12 of 40 launches · $3.20 of $10.00 · 42k tokens",
    );
    const free = { launches: 1, costUsd: 0, inputTokens: 0, outputTokens: 0 };
    expect(BudgetText.used(free)).toBe("");
  });

  it("pauses with its agent, its end and its reason", () => {
    const until = Date.UTC(2026, 0, 31);
    const pause = { cause: "quota", message: "usage\nlimit", until, agent: "claude" } as const;
    expect(BudgetText.pause(pause)).toBe(
      "launches on claude pause until 2026-01-31 00:00 UTC: usage limit",
    );
  });
});

describe("what a plan takes of its limits", () => {
  const limits = { run: { launches: 2, costUsd: 10 }, launch: { costUsd: 2 } };

  it("is reckoned from its tasks, and told with what will be missing", () => {
    const needs = PlanForecast.needs(4, null, limits);
    expect(needs).toEqual([
      { what: "launches", expected: 4, limit: 2, isEnough: false },
      { what: "costUsd", expected: 8, limit: 10, isEnough: true },
    ]);
    expect(BudgetText.forecast({ limits, needs })).toEqual([
      "Limits         2 launches and $10.00 a run, $2.00 reckoned for a launch",
      "               the plan takes at least 4 launches of 2 launches: it will pause before its end",
      "               the plan takes about $8.00 of $10.00",
    ]);
    expect(BudgetText.forecast({ limits: null, needs: [] })).toEqual([]);
  });
});

describe("limits of flags and configuration", () => {
  const flags = { ...RunLimits.noFlags, maxCost: Option.some(2), limit: { hours_per_day: 8 } };

  it("are one, the flags first", () => {
    const limits = { cost_usd: 1, launches_per_task: 3, tokens: null, wait_hours: 1 };
    expect(RunLimits.limits({ limits }, flags)).toEqual({
      run: { costUsd: 2 },
      day: { hours: 8 },
      task: { launches: 3 },
    });
    expect(RunLimits.changed(RunLimits.noFlags)).toBeUndefined();
  });

  it("are doubled by the flags that are proposed", () => {
    const raised = (limit: Parameters<typeof RunLimits.raised>[0]) => RunLimits.raised(limit);
    expect(raised({ scope: "run", what: "costUsd", value: 1.25 })).toEqual(["--max-cost", "2.5"]);
    expect(raised({ scope: "day", what: "tokens", value: 0 })).toEqual([
      "--limit",
      "tokens_per_day=1",
    ]);
  });
});
