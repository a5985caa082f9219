import type { RunEvent, Task } from "@orchestrator/core";
import * as fc from "fast-check";

type Event = RunEvent.RunEvent;

/** Where a task of a drawn history is: finer than its phase. */
export type Place =
  | "Pending"
  | "Ready"
  | "Launching"
  | "Running"
  | "Cancelling"
  | "Failing"
  | "BackingOff"
  | "Delivered"
  | "Landing"
  | "Landed"
  | "Stopped"
  | "Unclear"
  | "Ended";

interface Life {
  readonly id: string;
  place: Place;
  attempt: number;
}

type Move = readonly [to: Place, event: (life: Life, at: number) => Event];

const ofTask = (life: Life, at: number) => ({ at, task: life.id });
const ofAttempt = (life: Life, at: number) => ({ ...ofTask(life, at), attempt: life.attempt });

const ended =
  (outcome: Task.Outcome, reason?: RunEvent.EndReason): Move[1] =>
  (life, at) => ({ _tag: "TaskEnded", ...ofTask(life, at), outcome, ...(reason && { reason }) });

const failure = { class: "agent", message: "it failed" } as const;
const failed: Move = ["Ended", ended("Failed", { _tag: "AttemptFailed", failure })];
const cancelled: Move = ["Ended", ended("Cancelled", { _tag: "Stopped", message: "stop" })];
const held: Move = ["Ended", ended("Held", { _tag: "NeedsDecision", question: "?" })];
const ready: Move = ["Ready", (life, at) => ({ _tag: "TaskReady", ...ofTask(life, at) })];

const succeeds: Move[1] = (life, at) => ({
  _tag: "AgentRunEnded",
  ...ofAttempt(life, at),
  end: { _tag: "Succeeded", output: { attempt: life.attempt }, summary: "done" },
});

const gateReached = (gate: Task.Gate): Move => [
  "Landing",
  (life, at) => ({ _tag: "GateReached", ...ofTask(life, at), gate }),
];

const moves: { readonly [From in Place]: ReadonlyArray<Move> } = {
  Pending: [ready, ready, ready, cancelled],
  Ready: [
    [
      "Launching",
      (life, at) => {
        life.attempt++;
        return { _tag: "LaunchIntended", ...ofAttempt(life, at), agent: "a", slot: "a-1" };
      },
    ],
  ],
  Launching: [
    [
      "Running",
      (life, at) => ({
        _tag: "AgentRunStarted",
        ...ofAttempt(life, at),
        ref: { agent: "a", id: `${life.id}-${life.attempt}` },
      }),
    ],
    [
      "Failing",
      (life, at) => ({
        _tag: "LaunchFailed",
        ...ofAttempt(life, at),
        reason: "NotSent",
        message: "refused",
      }),
    ],
  ],
  Running: [
    ["Delivered", succeeds],
    [
      "Failing",
      (life, at) => ({
        _tag: "AgentRunEnded",
        ...ofAttempt(life, at),
        end: { _tag: "Failed", failure },
      }),
    ],
    [
      "Unclear",
      (life, at) => ({
        _tag: "AgentRunEnded",
        ...ofAttempt(life, at),
        end: { _tag: "Waiting", question: "?" },
      }),
    ],
    [
      "Running",
      (life, at) => ({ _tag: "AgentProgress", ...ofAttempt(life, at), message: `at ${at}` }),
    ],
    [
      "Cancelling",
      (life, at) => ({
        _tag: "CancelIntended",
        ...ofAttempt(life, at),
        cause: "timeout",
        message: "too slow",
      }),
    ],
  ],
  Cancelling: [
    ["Delivered", succeeds],
    ["Stopped", (life, at) => ({ _tag: "CancelConfirmed", ...ofAttempt(life, at) })],
    [
      "Unclear",
      (life, at) => ({ _tag: "CancelUnconfirmed", ...ofAttempt(life, at), message: "no answer" }),
    ],
  ],
  Failing: [
    failed,
    [
      "BackingOff",
      (life, at) => ({
        _tag: "RetryScheduled",
        ...ofAttempt(life, at),
        class: "agent",
        delayMillis: 500,
      }),
    ],
  ],
  BackingOff: [ready, ready, failed],
  Delivered: [
    ["Ended", ended("Succeeded")],
    ["Landing", (life, at) => ({ _tag: "LandingStarted", ...ofAttempt(life, at) })],
  ],
  Landing: [
    gateReached("pr-open"),
    gateReached("checks-green"),
    gateReached("merged"),
    [
      "Landed",
      (life, at) => ({ _tag: "LandingEnded", ...ofAttempt(life, at), commit: `c-${life.id}` }),
    ],
    ["Failing", (life, at) => ({ _tag: "LandingFailed", ...ofAttempt(life, at), failure })],
  ],
  Landed: [["Ended", ended("Succeeded")]],
  Stopped: [cancelled, failed],
  Unclear: [held],
  Ended: [],
};

const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ join: fc.nat(3), wait: fc.nat(1000) }) },
  {
    weight: 30,
    arbitrary: fc.record({ task: fc.nat(1000), move: fc.nat(1000), wait: fc.nat(1000) }),
  },
);

/** Events as a run could have written them, and where each task is at the end of them. */
export interface History {
  readonly events: ReadonlyArray<Event>;
  readonly places: ReadonlyMap<string, Place>;
}

export const startedAt = 1_700_000_000_000;

/** Legal histories of runs that have not ended. */
export const history: fc.Arbitrary<History> = fc
  .array(step, { maxLength: 120, size: "max" })
  .map((steps) => {
    let at = startedAt;
    const lives: Array<Life> = [];
    const events: Array<Event> = [
      {
        _tag: "RunStarted",
        at,
        run: "r",
        plan: "p",
        mode: "parallel",
        concurrency: 3,
        failFast: false,
      },
    ];
    for (const drawn of steps) {
      at += drawn.wait;
      if ("join" in drawn) {
        const tasks = Array.from({ length: drawn.join }, (_, index) => ({
          id: `t${lives.length + index}`,
        }));
        const by = lives[0]?.id;
        events.push({ _tag: "TasksAdded", at, tasks, ...(by !== undefined && { by }) });
        for (const { id } of tasks) lives.push({ id, place: "Pending", attempt: 0 });
        continue;
      }
      const open = lives.filter(({ place }) => place !== "Ended");
      const life = open[drawn.task % Math.max(1, open.length)];
      if (life === undefined) continue;
      const able = moves[life.place];
      const [to, event] = able[drawn.move % able.length]!;
      events.push(event(life, at));
      life.place = to;
    }
    return { events, places: new Map(lives.map(({ id, place }) => [id, place])) };
  });
