import type { RunEvent, RunState } from "@orchestrator/core";
import { describe, expect, it } from "@effect/vitest";
import * as Prometheus from "../src/telemetry/Prometheus.ts";
import { RunMetrics } from "../src/telemetry/RunMetrics.ts";
import * as Backlogs from "./support/Backlogs.ts";
import * as Scene from "./support/Scene.ts";

const textOf = (events: ReadonlyArray<RunEvent.RunEvent>): string => {
  const metrics = new RunMetrics();
  for (const event of events) metrics.apply(event);
  const state: RunState.RunState = Scene.stateOf(events);
  const requests = [{ host: "api.github.com", method: "GET", status: "200", count: 7 }];
  const beside = { now: Scene.now, github: Backlogs.statement, requests };
  return Prometheus.text(metrics.families(state, beside));
};

const at = (seconds: number) => Scene.now - 60_000 + seconds * 1000;

const ids = ["good", "bad", "late", "after"];

const events: ReadonlyArray<RunEvent.RunEvent> = [
  Scene.started({ plan: 'a "plan"\\\nof two lines' }),
  Scene.added(ids.map((id) => ({ id }))),
  { _tag: "TaskReady", at: at(1), task: "good" },
  {
    _tag: "LaunchIntended",
    at: at(4),
    task: "good",
    attempt: 1,
    agent: "claude",
    slot: "claude-1",
  },
  {
    _tag: "AgentRunEnded",
    at: at(24),
    task: "good",
    attempt: 1,
    end: { _tag: "Succeeded", usage: { costUsd: 0.25, inputTokens: 900, outputTokens: 100 } },
  },
  { _tag: "LandingStarted", at: at(24), task: "good", attempt: 1 },
  { _tag: "LandingEnded", at: at(26), task: "good", attempt: 1 },
  { _tag: "TaskEnded", at: at(26), task: "good", outcome: "Succeeded" },
  ...Scene.failed("bad", "no", at(8)),
  Scene.skipped("after", "bad"),
  ...Scene.launched("late", 1, at(30)),
];

/** A line of the format: https://prometheus.io/docs/instrumenting/exposition_formats/ */
const label = String.raw`[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*"`;
const line = new RegExp(
  String.raw`^(?:# HELP [a-z_]+ .+|# TYPE [a-z_]+ (?:counter|gauge|histogram)|[a-z_]+\{${label}(?:,${label})*\} (?:\d+(?:\.\d+)?(?:e-?\d+)?|\+Inf))$`,
);

const valueOf = (text: string, sample: string): number | undefined => {
  const found = text.split("\n").find((one) => one.startsWith(`${sample} `));
  return found === undefined ? undefined : Number(found.slice(sample.length + 1));
};

const run = 'run="20261121-120000-abcd"';

describe("RunMetrics", () => {
  it("counts tasks, attempts, failures, waits, cost and tokens of the events of a run", () => {
    const text = textOf(events);
    const expected: Readonly<Record<string, number>> = {
      [`orchestrator_tasks_ended_total{${run},outcome="succeeded"}`]: 1,
      [`orchestrator_tasks_ended_total{${run},outcome="failed"}`]: 1,
      [`orchestrator_tasks_ended_total{${run},outcome="skipped"}`]: 1,
      [`orchestrator_task_duration_seconds_sum{${run},outcome="succeeded"}`]: 25,
      [`orchestrator_queue_wait_seconds_sum{${run},agent="claude"}`]: 3,
      [`orchestrator_attempt_duration_seconds_bucket{${run},agent="claude",outcome="succeeded",le="15"}`]: 0,
      [`orchestrator_attempt_duration_seconds_bucket{${run},agent="claude",outcome="succeeded",le="30"}`]: 1,
      [`orchestrator_landing_duration_seconds_sum{${run},outcome="succeeded"}`]: 2,
      [`orchestrator_launches_total{${run},agent="local"}`]: 2,
      [`orchestrator_failures_total{${run},class="agent",during="attempt"}`]: 1,
      [`orchestrator_cost_usd_total{${run},agent="claude"}`]: 0.25,
      [`orchestrator_tokens_total{${run},agent="claude",type="output"}`]: 100,
      [`orchestrator_slots_busy{${run}}`]: 1,
      [`orchestrator_tasks_open{${run},phase="running"}`]: 1,
      [`orchestrator_github_points_total{${run},resource="rest"}`]: 2,
      [`orchestrator_github_requests_total{${run},operation="issues.list"}`]: 3,
      [`orchestrator_http_requests_total{${run},host="api.github.com",method="GET",status="200"}`]: 7,
    };
    for (const [sample, value] of Object.entries(expected)) {
      expect([sample, valueOf(text, sample)]).toEqual([sample, value]);
    }
    // 20 s, 7 s and 30 s of agents, of a minute with four.
    expect(valueOf(text, `orchestrator_slots_utilization_ratio{${run}}`)).toBeCloseTo(57 / 240);
  });

  it("writes what Prometheus reads: names once, labels escaped, buckets up to the count", () => {
    const text = textOf(events);
    const lines = text.trimEnd().split("\n");
    expect(lines.filter((one) => !line.test(one))).toEqual([]);
    const heads = lines.filter((one) => one.startsWith("# TYPE"));
    expect(new Set(heads).size).toBe(heads.length);
    expect(text).toContain(String.raw`plan="a \"plan\"\\\nof two lines"`);
    for (const one of lines.filter((sample) => sample.includes('le="+Inf"'))) {
      const total = one.replace("_bucket{", "_count{").replace(',le="+Inf"', "");
      expect(lines).toContain(total);
    }
  });

  it("counts a task again that a person has run again", () => {
    const again: ReadonlyArray<RunEvent.RunEvent> = [
      ...events,
      { _tag: "TasksReopened", at: at(40), tasks: ["bad"] },
      { _tag: "TaskReady", at: at(41), task: "bad" },
      {
        _tag: "LaunchIntended",
        at: at(41),
        task: "bad",
        attempt: 2,
        agent: "local",
        slot: "local-1",
      },
      { _tag: "AgentRunEnded", at: at(43), task: "bad", attempt: 2, end: { _tag: "Succeeded" } },
      { _tag: "TaskEnded", at: at(43), task: "bad", outcome: "Succeeded" },
    ];
    const text = textOf(again);
    expect(valueOf(text, `orchestrator_tasks_ended_total{${run},outcome="succeeded"}`)).toBe(2);
    expect(
      valueOf(text, `orchestrator_task_duration_seconds_sum{${run},outcome="succeeded"}`),
    ).toBe(27);
  });
});
