import type { RunEvent } from "@orchestrator/core";
import { describe, expect, it } from "@effect/vitest";
import * as HeldTasks from "../src/operator/HeldTasks.ts";
import * as Paint from "../src/terminal/Paint.ts";
import * as HeldText from "../src/view/HeldText.ts";
import * as Scene from "./support/Scene.ts";

const at = Scene.now;
const name = "20261121-120000-abcd";

const heldWith = (question: string): RunEvent.RunEvent => ({
  _tag: "TaskEnded",
  at,
  task: "a",
  outcome: "Held",
  reason: { _tag: "NeedsDecision", question },
});

const list = (events: ReadonlyArray<RunEvent.RunEvent>) =>
  HeldTasks.list(
    Scene.stateOf([
      Scene.started(),
      Scene.added([
        { id: "a", title: "Write the API" },
        { id: "b", dependsOn: ["a"] },
      ]),
      ...events,
    ]),
    name,
    "orchestrator",
  );

const intended: RunEvent.RunEvent = {
  _tag: "LaunchIntended",
  at,
  task: "a",
  attempt: 1,
  agent: "codegen",
  slot: "codegen-1",
};

describe("held tasks", () => {
  it("of a launch that nobody knows about are adopted by naming the agent run, looked for, launched or left out", () => {
    const [held] = list([
      intended,
      {
        _tag: "LaunchFailed",
        at,
        task: "a",
        attempt: 1,
        reason: "Ambiguous",
        message: "connection reset",
      },
      heldWith("Was it launched?"),
      {
        _tag: "TaskEnded",
        at,
        task: "b",
        outcome: "Held",
        reason: { _tag: "DependencyFailed", dependency: "a", outcome: "Held", root: "a" },
      },
    ]);
    expect(held).toMatchObject({
      task: "a",
      question: "Was it launched?",
      attempt: 1,
      agent: "codegen",
      agent_run: null,
      waiting: 1,
    });
    expect(held?.decisions.map(({ command }) => command)).toEqual([
      `orchestrator decide a adopt --run ${name} --agent-run ID`,
      `orchestrator decide a wait --run ${name}`,
      `orchestrator decide a relaunch --run ${name}`,
      `orchestrator decide a skip --run ${name}`,
    ]);
  });

  it("of an agent that may still work name its agent run and where to look at it", () => {
    const ref = { agent: "codegen", id: "4711", url: "https://example.org/runs/4711" };
    const held = list([
      intended,
      { _tag: "AgentRunStarted", at, task: "a", attempt: 1, ref },
      {
        _tag: "CancelIntended",
        at,
        task: "a",
        attempt: 1,
        cause: "timeout",
        message: "took too long",
      },
      { _tag: "CancelUnconfirmed", at, task: "a", attempt: 1, message: "no answer" },
      heldWith("Does it still work?\nLook at \u001b]0;owned\u0007it."),
    ]);
    expect(HeldText.lines(name, held, Paint.plain)).toEqual([
      `1 task of the run ${name} waits for a decision`,
      "",
      "? a: Does it still work?",
      "    Look at it.",
      "    Write the API",
      "    held since 2026-11-21T12:01:00.000Z",
      "    attempt 1 by codegen",
      "    agent run 4711",
      "    https://example.org/runs/4711",
      `  its agent run works on it, or did: go on with that:  orchestrator decide a adopt --run ${name}`,
      `  look again:                                          orchestrator decide a wait --run ${name}`,
      `  nothing works on it: launch it:                      orchestrator decide a relaunch --run ${name}`,
      `  leave it out:                                        orchestrator decide a skip --run ${name}`,
    ]);
  });

  it("of an approval are approved, rejected, asked again or left out", () => {
    const end = { _tag: "Waiting", question: "Ship it?", approval: true } as const;
    const [held] = list([
      { ...intended, agent: "action" },
      { _tag: "AgentRunEnded", at, task: "a", attempt: 1, end },
      heldWith("Ship it?"),
    ]);
    expect(held?.decisions.map(({ decision }) => decision)).toEqual([
      "approve",
      "reject",
      "relaunch",
      "skip",
    ]);
  });

  it("are none where nothing waits", () => {
    expect(HeldText.lines(name, list([]), Paint.plain)).toEqual([
      `Nothing waits for a decision in the run ${name}.`,
    ]);
  });
});
