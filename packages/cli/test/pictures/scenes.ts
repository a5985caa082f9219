/** Runs as they look in the middle of their work, made up, for pictures of the live view. */
import type { RunEvent, RunState, Task } from "@orchestrator/core";
import * as LiveFrame from "../../src/live/LiveFrame.ts";
import * as LiveModel from "../../src/live/LiveModel.ts";
import * as TaskOrder from "../../src/live/TaskOrder.ts";
import * as Paint from "../../src/terminal/Paint.ts";
import type { Size } from "../support/Emulator.ts";
import * as Scene from "../support/Scene.ts";

const at = Scene.now;

const begun = (
  task: string,
  seconds: number,
  agent = "claude",
  attempt = 1,
): Array<RunEvent.RunEvent> => {
  const when = at - seconds * 1000;
  const ref = { agent, id: `${task}-${attempt}` };
  return [
    { _tag: "TaskReady", at: when, task },
    { _tag: "LaunchIntended", at: when, task, attempt, agent, slot: `${agent}-1` },
    { _tag: "AgentRunStarted", at: when, task, attempt, ref },
  ];
};

const says = (task: string, message: string): RunEvent.RunEvent => ({
  _tag: "AgentProgress",
  at,
  task,
  attempt: 1,
  message,
});

const done = (task: string, from: number, to: number, pull?: number): Array<RunEvent.RunEvent> => {
  const url = `https://github.com/acme/shop/pull/${pull}`;
  const change = { branch: `orchestrator/${task}`, pullRequests: [url] };
  const end = {
    _tag: "Succeeded" as const,
    ...(pull === undefined ? {} : { change }),
    usage: { costUsd: 0.35, inputTokens: 91_000, outputTokens: 6_200 },
  };
  const when = at - to * 1000;
  return [
    ...begun(task, from),
    { _tag: "AgentRunEnded", at: when, task, attempt: 1, end },
    { _tag: "TaskEnded", at: when, task, outcome: "Succeeded" },
  ];
};

const failing = (
  task: string,
  from: number,
  to: number,
  message: string,
): Array<RunEvent.RunEvent> => [
  ...begun(task, from, "codex"),
  {
    _tag: "AgentRunEnded",
    at: at - to * 1000,
    task,
    attempt: 1,
    end: { _tag: "Failed", failure: { class: "agent", message } },
  },
];

const failed = (
  task: string,
  from: number,
  to: number,
  message: string,
): Array<RunEvent.RunEvent> => [
  ...failing(task, from, to, message),
  {
    _tag: "TaskEnded",
    at: at - to * 1000,
    task,
    outcome: "Failed",
    reason: { _tag: "AttemptFailed", failure: { class: "agent", message } },
  },
];

const againSoon = (task: string, message: string): Array<RunEvent.RunEvent> => [
  ...failing(task, 40, 12, message),
  {
    _tag: "RetryScheduled",
    at: at - 12_000,
    task,
    attempt: 1,
    class: "agent",
    delayMillis: 30_000,
  },
];

/** Eight tasks of a shop. */
export const few = (): RunState.RunState => {
  const tasks: ReadonlyArray<Task.Task> = [
    { id: "schema", title: "Design the database schema" },
    {
      id: "design",
      title: "Draw the pages",
      prompt: "Draw the pages of the shop, and say what you decided.",
    },
    { id: "api", title: "Serve products and orders", dependsOn: ["schema"] },
    { id: "auth", title: "Sign in with a passkey", dependsOn: ["schema"] },
    { id: "search", title: "Search products 検索 🔎", dependsOn: ["api"] },
    { id: "cart", title: "Keep a cart between visits", dependsOn: ["api"], retry: { attempts: 3 } },
    { id: "checkout", title: "Pay by card", dependsOn: ["cart", "auth"] },
    { id: "pages", title: "Build the pages", dependsOn: ["design"] },
  ];
  return Scene.stateOf([
    Scene.started({ concurrency: 3 }),
    Scene.added(tasks),
    ...done("schema", 58, 41, 12),
    ...failed(
      "design",
      58,
      49,
      "The command ended with exit code 2. Its last lines: no fonts found",
    ),
    ...done("api", 41, 20, 13),
    ...begun("auth", 41),
    says("auth", "Writing the tests of the sign-in"),
    ...begun("search", 20, "codex"),
    says("search", "Reading src/products/index.ts"),
    ...againSoon("cart", "The agent stopped: the model is overloaded"),
    { ...Scene.skipped("pages", "design"), at: at - 49_000 },
  ]);
};

const areas = "cart checkout search account orders stock prices reviews emails admin".split(" ");
const works = "schema api page tests docs".split(" ");

/** Three hundred tasks: of each part of a shop its schema, then what builds on it. */
export const many = (): RunState.RunState => {
  const parts = Array.from({ length: 60 }, (_, index) => {
    const name = `${areas[index % areas.length]}-${1 + Math.floor(index / areas.length)}`;
    return works.map((work, step) => ({
      id: `${name}-${work}`,
      title: `Build the ${work} of ${name}`,
      dependsOn: step === 0 ? [] : [`${name}-${works[step - 1]}`],
    }));
  });
  const tasks = works.flatMap((_, step) => parts.map((part) => part[step]!));
  const ids = tasks.map(({ id }) => id);
  return Scene.stateOf([
    Scene.started({ concurrency: 9 }),
    Scene.added(tasks),
    ...ids.slice(0, 44).flatMap((id, index) => done(id, 59 - index, 52 - index, 100 + index)),
    ...failed(ids[44]!, 20, 11, "Tests failed: 2 of 31, the first is `adds no negative stock`"),
    ...failed(ids[45]!, 18, 3, "The agent gave up: the price list has no currency"),
    ...ids
      .slice(46, 55)
      .flatMap((id, index) => begun(id, 2 + index, index % 3 ? "claude" : "codex")),
    says(ids[47]!, "Running the tests"),
    says(ids[50]!, "Editing migrations/0042_orders.sql"),
    ...againSoon(ids[55]!, "Rate limited by the model, try again later"),
    ...ids.slice(56, 104).map((task) => ({ _tag: "TaskReady", at, task }) as const),
  ]);
};

/** A picture of a run, as a person sees it who may press keys. */
export const draw = (
  state: RunState.RunState,
  { columns, rows }: Size,
  model: LiveModel.Model = LiveModel.initial,
): ReadonlyArray<string> =>
  LiveFrame.draw({
    state,
    progress: Scene.progressOf(state),
    groups: TaskOrder.groups(state, TaskOrder.startOrder()),
    ledger: undefined,
    log: undefined,
    model,
    now: at,
    paint: Paint.ansi,
    columns,
    rows,
  }).lines;
