import type { RunEvent } from "@orchestrator/core";
import { describe, expect, it } from "@effect/vitest";
import * as Paint from "../src/terminal/Paint.ts";
import * as RunLook from "../src/run/RunLook.ts";
import * as RunStatus from "../src/run/RunStatus.ts";
import * as StatusText from "../src/view/StatusText.ts";
import * as Width from "../src/terminal/Width.ts";
import { statement } from "./support/Backlogs.ts";
import * as Scene from "./support/Scene.ts";

const holder = { pid: 42, host: "box", since: 0 };
const tasks = Scene.added(["a", "b", "c", "d", "e", "f"].map((id) => ({ id })));

const held = (task: string, question: string): RunEvent.RunEvent => ({
  _tag: "TaskEnded",
  at: Scene.now,
  task,
  outcome: "Held",
  reason: { _tag: "NeedsDecision", question },
});

const told = (
  events: ReadonlyArray<RunEvent.RunEvent>,
  by: typeof holder | undefined,
  columns?: number,
): ReadonlyArray<string> => {
  const folded = new RunLook.Folded("r1");
  events.forEach((event, index) =>
    folded.apply({ run: "r1", sequence: index + 1, epoch: 1, monotonicMillis: 0, event }),
  );
  const status = RunStatus.make(folded.look(by), Scene.now);
  const view = { status, now: Scene.now, command: "orchestrator", columns, paint: Paint.plain };
  return StatusText.lines(view);
};

const busy = [
  Scene.started({ run: "r1" }),
  tasks,
  ...Scene.succeeded("a"),
  ...Scene.launched("b"),
  { _tag: "AgentProgress", at: Scene.now, task: "b", attempt: 1, message: "com\u001b[2Jpiling" },
  ...Scene.waitsToRetry("c", "not yet"),
  ...Scene.failed("d", "boom"),
  { _tag: "TaskReady", at: Scene.now, task: "e" },
  held("f", "Which key?"),
] satisfies ReadonlyArray<RunEvent.RunEvent>;

describe("StatusText", () => {
  it("says what works, waits, comes again, is held and failed", () => {
    expect(told(busy, holder)).toEqual([
      "shop  r1  parallel, 4 agents at once",
      "running in process 42 on box, started 1m ago",
      "1 of 6 tasks succeeded · 1 failed · 1 held · 1 at work · 2 waiting · 1:00 · about 1m 30s left",
      "",
      "At work, 1 of 4 agents",
      "▶ b on local-1 for 59s: compiling",
      "",
      "Wait for a slot",
      "e",
      "",
      "Again later",
      "↻ c in 20s, at 12:01:20 UTC, after attempt 1: not yet",
      "",
      "Held, somebody must decide",
      "? f: Which key?",
      "",
      "Failed last",
      "✗ d 52s ago: boom",
      "",
      "see what is asked:  orchestrator held r1",
    ]);
  });

  it("cuts lines to the terminal, but not the commands that are there to be copied", () => {
    const lines = told(busy, undefined, 30);
    const commands = lines.filter((line) => line.includes("orchestrator "));
    expect(commands).toEqual([
      "go on with it:      orchestrator resume r1",
      "see what is asked:  orchestrator held r1",
    ]);
    for (const line of lines.filter((one) => !commands.includes(one))) {
      expect(Width.of(line)).toBeLessThanOrEqual(30);
    }
  });

  it("tells a run that its process left from one whose process is gone", () => {
    const suspended = { _tag: "RunSuspended", at: Scene.now, message: "SIGINT" } as const;
    const resumed = { _tag: "RunResumed", at: Scene.now, concurrency: 4 } as const;
    expect(told([...busy, suspended], undefined)[1]).toBe(
      "suspended: nobody works on it, started 1m ago",
    );
    expect(told([...busy, suspended, resumed], undefined)[1]).toBe(
      "interrupted: its process is gone without an end, started 1m ago",
    );
  });

  it.each([
    ["approve", "approved"],
    ["reject", "rejected: too early"],
  ] as const)(
    "says of a task decided to %s that it waits for somebody to resume",
    (decision, answer) => {
      const asked = [
        Scene.started({ run: "r1" }),
        Scene.added([{ id: "a" }]),
        ...Scene.launched("a"),
      ];
      const decided = {
        _tag: "HeldDecided",
        at: Scene.now,
        task: "a",
        decision,
        note: "too early",
      } as const;
      const events = [...asked, held("a", "Publish?"), decided];
      expect(told(events, undefined).slice(2)).toEqual([
        "0 of 1 task succeeded · 1 waiting",
        "",
        "Decided, takes effect when the run is resumed",
        `○ a: ${answer}`,
        "",
        "go on with it:  orchestrator resume r1",
      ]);
      // Who works on the run goes on with it by himself.
      expect(told(events, holder)).not.toContain(`○ a: ${answer}`);
    },
  );

  it("does not say that a run failed in which tasks were only cancelled", () => {
    const cancelled = {
      _tag: "TaskEnded",
      at: Scene.now,
      task: "a",
      outcome: "Cancelled",
    } as const;
    const over = { _tag: "RunEnded", at: Scene.now, outcome: "failed" } as const;
    const events = [Scene.started({ run: "r1" }), Scene.added([{ id: "a" }]), cancelled, over];
    expect(told(events, undefined)).toEqual([
      "shop  r1  parallel, 4 agents at once",
      "ended 0s ago",
      "0 of 1 task succeeded · 1 cancelled · 1:00",
      "",
      "run the rest after all:  orchestrator retry --failed --run r1",
    ]);
  });

  it("calls a run suspended that was given work after its end, until somebody goes on with it", () => {
    const over = { _tag: "RunEnded", at: Scene.now, outcome: "failed" } as const;
    const again = { _tag: "TasksReopened", at: Scene.now, tasks: ["d"] } as const;
    expect(told([...busy, over], undefined)[1]).toBe("failed 0s ago");
    expect(told([...busy, over, again], undefined)[1]).toMatch(/^suspended: /);
  });

  it("says of a run on GitHub where it lands, who merges and what it cost", () => {
    const folded = new RunLook.Folded("r1");
    const github = {
      sources: ["acme/shop issues"],
      repositories: ["acme/shop"],
      base: "main",
      landing: "auto" as const,
      ledger: statement,
    };
    const status = RunStatus.make(folded.look(holder), Scene.now, github);
    const view = { status, now: Scene.now, command: "orchestrator", columns: undefined };
    const lines = StatusText.lines({ ...view, paint: Paint.plain });
    expect(lines.slice(3, 5)).toEqual([
      "acme/shop issues, merged by the run into main",
      "GitHub: 4 requests, 1 unchanged and free, waited 2.0s, 4998 of 5000 REST points left until 13:00 UTC",
    ]);
  });
});
