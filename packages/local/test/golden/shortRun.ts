/** A run of three tasks as it may well have happened, by two processes. */
import type { RunEvent } from "@orchestrator/core";

/** Longer than any other event of the run but one, in bytes of JSON. */
export const bigOutput = 2000;

const ref = (id: string) => ({ agent: "local", id, url: `https://example.org/${id}` });
const slot = "local-1";

const first: ReadonlyArray<ReadonlyArray<RunEvent.RunEvent>> = [
  [
    {
      _tag: "RunStarted",
      at: 1000,
      run: "short run",
      plan: "plan.yaml",
      mode: "parallel",
      concurrency: 2,
      failFast: false,
      settings: {
        defaultGate: "merged",
        onDependencyFailure: "skip",
        resources: { gpu: 1 },
        timeoutSeconds: 600,
        retry: {
          attempts: 2,
          delaySeconds: 1,
          factor: 2,
          maxDelaySeconds: 60,
          jitter: false,
          infrastructureAttempts: 5,
        },
      },
      context: { plan: "plan.yaml" },
    },
    {
      _tag: "TasksAdded",
      at: 1000,
      tasks: [
        { id: "build", payload: { run: "make" }, resources: { gpu: 1 } },
        { id: "test", prompt: "Write tests", dependsOn: [{ task: "build", until: "agent-ended" }] },
        { id: "publish", dependsOn: ["test"] },
      ],
    },
    { _tag: "TaskReady", at: 1001, task: "build" },
    { _tag: "LaunchIntended", at: 1001, task: "build", attempt: 1, agent: "local", slot },
  ],
  [{ _tag: "AgentRunStarted", at: 1010, task: "build", attempt: 1, ref: ref("1") }],
  [
    {
      _tag: "AgentRunEnded",
      at: 2000,
      task: "build",
      attempt: 1,
      end: { _tag: "Succeeded", output: "o".repeat(3000), change: { branch: "build" } },
    },
    { _tag: "GateReached", at: 2000, task: "build", gate: "agent-ended" },
    { _tag: "LandingStarted", at: 2000, task: "build", attempt: 1 },
    { _tag: "TaskReady", at: 2000, task: "test" },
    { _tag: "LaunchIntended", at: 2000, task: "test", attempt: 1, agent: "local", slot },
  ],
  [{ _tag: "RunSuspended", at: 2100, message: "interrupted" }],
];

const second: ReadonlyArray<ReadonlyArray<RunEvent.RunEvent>> = [
  [
    { _tag: "RunResumed", at: 9000, concurrency: 1 },
    { _tag: "AgentRunStarted", at: 9001, task: "test", attempt: 1, ref: ref("2"), found: true },
    { _tag: "GateReached", at: 9002, task: "build", gate: "merged" },
    { _tag: "LandingEnded", at: 9002, task: "build", attempt: 1, commit: "c0ffee" },
    { _tag: "TaskEnded", at: 9002, task: "build", outcome: "Succeeded" },
  ],
  [
    {
      _tag: "AgentRunEnded",
      at: 9500,
      task: "test",
      attempt: 1,
      end: { _tag: "Failed", failure: { class: "permanent", message: "no tests here" } },
    },
    {
      _tag: "TaskEnded",
      at: 9500,
      task: "test",
      outcome: "Failed",
      reason: {
        _tag: "AttemptFailed",
        failure: { class: "permanent", message: "no tests here" },
      },
    },
    {
      _tag: "TaskEnded",
      at: 9500,
      task: "publish",
      outcome: "Skipped",
      reason: { _tag: "DependencyFailed", dependency: "test", outcome: "Failed", root: "test" },
    },
    { _tag: "RunEnded", at: 9500, outcome: "failed" },
  ],
];

/** By writer, by append. */
export const shortRun = [first, second];
