import { ResultManager, type RunEvent } from "@orchestrator/core";
import { describe, expect, it } from "@effect/vitest";
import * as Paint from "../src/terminal/Paint.ts";
import type * as RunPlaces from "../src/run/RunPlaces.ts";
import * as RunSummary from "../src/view/RunSummary.ts";
import * as Scene from "./support/Scene.ts";

const places: RunPlaces.RunPlaces = {
  results: ".orchestrator/runs/r/results.json",
  logs: ".orchestrator/runs/r/logs",
  exported: undefined,
  branch: undefined,
  takeOver: undefined,
  worktrees: undefined,
  command: "orchestrator",
  anew: ["run", "plan.yaml"],
  name: "20261121-120000-abcd",
  resume: "orchestrator resume 20261121-120000-abcd",
  logOf: ({ task }) => `logs/${task.id}.log`,
};

const told = (
  events: ReadonlyArray<RunEvent.RunEvent>,
  overrides: Partial<RunPlaces.RunPlaces> = {},
): ReadonlyArray<string> =>
  RunSummary.lines(
    {
      result: ResultManager.make(Scene.stateOf([Scene.started(), ...events]), 4),
      places: { ...places, ...overrides },
    },
    Paint.plain,
  );

const ended = (outcome: RunEvent.RunOutcome): RunEvent.RunEvent => ({
  _tag: "RunEnded",
  at: Scene.now,
  outcome,
});

describe("RunSummary", () => {
  it("says what succeeded and how to take the work over", () => {
    const events = [
      Scene.added([{ id: "a" }, { id: "b", dependsOn: ["a"] }]),
      ...Scene.succeeded("a"),
      ...Scene.succeeded("b"),
      ended("succeeded"),
    ];
    const takeOver = "git -C '/my  shop' merge orchestrator/r/@merged";
    const over = { branch: "orchestrator/r/@merged", takeOver };
    expect(told(events, { ...over, exported: "out.csv" })).toEqual([
      "",
      "✓ 2 tasks succeeded in 1m 00s",
      "  2 succeeded, 2 attempts",
      "  parallel efficiency 3% with 4 agents",
      "  critical path 8.0s: a → b",
      "",
      "TASK  OUTCOME      TRIES  TIME  AGENT  RESULT",
      "a     ✓ succeeded      1  4.0s  local",
      "b     ✓ succeeded      1  4.0s  local",
      "",
      "Results  out.csv (and .orchestrator/runs/r/results.json)",
      "Logs     .orchestrator/runs/r/logs",
      "Branch   orchestrator/r/@merged",
      "Next     take the work over:    git -C '/my  shop' merge orchestrator/r/@merged",
      "         print a row per task:  orchestrator export 20261121-120000-abcd --format csv",
    ]);
  });

  it("says what was used of what might be", () => {
    const limits = { run: { launches: 10 } };
    const limited = { _tag: "LimitsChanged", at: Scene.now, limits } as const;
    const lines = told([limited, Scene.added([{ id: "a" }]), ...Scene.succeeded("a")]);
    expect(lines).toContain("  used 1 of 10 launches");
  });

  it("gives the reason and the log of each failure, and what it kept from running", () => {
    const events = [
      Scene.added([{ id: "a" }, { id: "b", dependsOn: ["a"] }]),
      ...Scene.failed("a", "The command ended with exit code 3. Its last lines:\none\ntwo"),
      Scene.skipped("b", "a"),
      ended("failed"),
    ];
    expect(told(events)).toEqual([
      "",
      "✗ failed: 0 of 2 tasks succeeded in 1m 00s",
      "  1 failed, 1 skipped, 1 attempt",
      "  parallel efficiency 3% with 4 agents",
      "  critical path 7.0s: a → b",
      "",
      "TASK  OUTCOME    TRIES  TIME  AGENT  RESULT",
      "a     ✗ failed       1  7.0s  local  The command ended with exit code 3. Its last lines: one two",
      "b     − skipped                      depends on a (failed): The command ended with exit code 3. Its last lines: one two",
      "",
      "✗ a failed: The command ended with exit code 3. Its last lines:",
      "    one",
      "    two",
      "  log: logs/a.log",
      "",
      "− skipped because of a: b",
      "",
      "Results  .orchestrator/runs/r/results.json",
      "Logs     .orchestrator/runs/r/logs",
      "Next     read the logs, then try again what failed:  orchestrator retry --failed --run 20261121-120000-abcd",
      "         or correct the plan and run it anew:        orchestrator run plan.yaml",
      "         print a row per task:                       orchestrator export 20261121-120000-abcd --format csv",
    ]);
  });

  it("shows at most 20 failures and the last lines of a long reason", () => {
    const ids = Array.from({ length: 30 }, (_, index) => `t${index}`);
    const reason = ["It failed.", ...Array.from({ length: 40 }, (_, index) => `line ${index}`)];
    const events = [
      Scene.added(ids.map((id) => ({ id }))),
      ...ids.flatMap((id) => Scene.failed(id, reason.join("\n"))),
      ended("failed"),
    ];
    const lines = told(events);
    expect(lines.filter((line) => line.startsWith("✗ t"))).toHaveLength(20);
    expect(lines).toContain("… and 10 more; all are in the results");
    expect(lines.filter((line) => line === "    line 28")).toHaveLength(20);
    expect(lines).not.toContain("    line 27");
  });

  it("says how to run the rest of a run that was cancelled", () => {
    const lines = told([Scene.added([{ id: "a" }]), ended("cancelled")]);
    expect(lines[1]).toBe("■ cancelled: 0 of 1 task succeeded in 1m 00s");
    expect(lines).toContain(
      "Next     run the rest after all:  orchestrator retry --failed --run 20261121-120000-abcd",
    );
  });

  it("does not call a run failed, and sends nobody to logs, if tasks were only cancelled", () => {
    const cancelled = {
      _tag: "TaskEnded",
      at: Scene.now,
      task: "b",
      outcome: "Cancelled",
    } as const;
    const tasks = Scene.added([{ id: "a" }, { id: "b" }]);
    const lines = told([tasks, ...Scene.succeeded("a"), cancelled, ended("failed")]);
    expect(lines[1]).toBe("■ ended: 1 of 2 tasks succeeded in 1m 00s");
    expect(lines.slice(-2)).toEqual([
      "Next     run the rest after all:  orchestrator retry --failed --run 20261121-120000-abcd",
      "         print a row per task:    orchestrator export 20261121-120000-abcd --format csv",
    ]);
  });

  it("names every agent run of a launch that has several", () => {
    const refs = [
      { agent: "codegen", id: "1", url: "https://example.org/1" },
      { agent: "codegen", id: "2\u001b[2J" },
    ];
    const lines = told([
      Scene.added([{ id: "a" }]),
      ...Scene.launched("a"),
      { _tag: "LaunchDuplicated", at: Scene.now, task: "a", attempt: 1, refs },
      ended("held"),
    ]);
    expect(lines).toContain("! attempt 1 of a has 2 agent runs: https://example.org/1, 2");
  });

  it("says what to do about held tasks", () => {
    const held: RunEvent.RunEvent = {
      _tag: "TaskEnded",
      at: Scene.now,
      task: "a",
      outcome: "Held",
      reason: { _tag: "NeedsDecision", question: "Is it still at work?" },
    };
    const lines = told([Scene.added([{ id: "a" }]), ...Scene.launched("a"), held, ended("held")]);
    expect(lines).toContain("? a held: Is it still at work?");
    expect(lines).toContain(
      "Next     see what held tasks ask:  orchestrator held 20261121-120000-abcd",
    );
  });

  it("gives commands that a shell takes, whatever files are called", () => {
    const events = [Scene.added([{ id: "a" }]), ...Scene.failed("a", "boom"), ended("failed")];
    const lines = told(events, {
      command: "npx -y pnpm@12.21.0 exec orchestrator",
      anew: ["run", "it's  a plan.yaml"],
      name: "/tmp/a b/r",
    });
    expect(lines.slice(-2)).toEqual([
      "         or correct the plan and run it anew:        npx -y pnpm@12.21.0 exec orchestrator run 'it'\\''s  a plan.yaml'",
      "         print a row per task:                       npx -y pnpm@12.21.0 exec orchestrator export '/tmp/a b/r' --format csv",
    ]);
  });

  it("shows at most 600 characters of a reason, its begin and its end", () => {
    const reason = ["first ".repeat(100), ...Array.from({ length: 12 }, () => "x".repeat(200))];
    const events = [
      Scene.added([{ id: "a" }]),
      ...Scene.failed("a", [...reason, "the end"].join("\n")),
      ended("failed"),
    ];
    const lines = told(events);
    const first = lines.findIndex((line) => line.startsWith("✗ a failed: "));
    const last = lines.indexOf("  log: logs/a.log");
    const shown = lines.slice(first, last).map((line) => line.replace("✗ a failed: ", "").trim());
    expect(shown.join("").length).toBeLessThanOrEqual(601);
    expect(shown[0]).toMatch(/^first .*…$/);
    expect(shown.slice(1)).toEqual(["…", `${"x".repeat(92)}…`, "x".repeat(200), "the end"]);
  });

  it("neutralises what agents printed", () => {
    const events = [
      Scene.added([{ id: "a" }]),
      ...Scene.failed("a", "bad\n\u001b[2J\u001b]0;owned\u0007wiped\u202e\r\u001b[1A"),
      ended("failed"),
    ];
    expect(told(events).join("")).not.toMatch(/\p{Cc}|\u202e/u);
  });
});
