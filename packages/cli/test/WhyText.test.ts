import { Explanation, type RunEvent, Situation, type Task } from "@orchestrator/core";
import { describe, expect, it } from "@effect/vitest";
import * as Result from "effect/Result";
import * as Paint from "../src/terminal/Paint.ts";
import * as RunLook from "../src/run/RunLook.ts";
import * as WhyText from "../src/view/WhyText.ts";
import * as Width from "../src/terminal/Width.ts";
import * as WhySteps from "../src/operator/WhySteps.ts";
import * as WhySubject from "../src/operator/WhySubject.ts";
import * as Scene from "./support/Scene.ts";

const holder = { pid: 42, host: "box", since: 0 };

const told = (subject: WhySubject.Subject, id: string, columns?: number): ReadonlyArray<string> => {
  const found = Explanation.explain(subject.situation, id, WhyText.limits);
  const explanation = Result.getOrThrow(found);
  const steps = WhySteps.make({ explanation, subject, command: "orchestrator" });
  const trust = subject.trust(id) ?? null;
  const answer = { ...explanation, from: subject.place, trust, steps };
  return WhyText.lines({ answer, columns, paint: Paint.plain });
};

const run = (
  tasks: ReadonlyArray<Task.Task>,
  events: ReadonlyArray<RunEvent.RunEvent>,
  by: typeof holder | null = holder,
): WhySubject.Subject => {
  const folded = new RunLook.Folded("r1");
  const all = [Scene.started({ run: "r1", concurrency: 2 }), Scene.added(tasks), ...events];
  all.forEach((event, index) =>
    folded.apply({ run: "r1", sequence: index + 1, epoch: 1, monotonicMillis: 0, event }),
  );
  return WhySubject.ofRun(folded.look(by ?? undefined), "r1");
};

const plan = (
  tasks: ReadonlyArray<Situation.Planned>,
  settings: Partial<Situation.PlanSettings> = {},
): WhySubject.Subject => ({
  place: { kind: "plan", name: "plan.yaml", standing: null },
  situation: Situation.ofPlan(tasks, { mode: "parallel", slots: 2, ...settings }),
  trust: () => undefined,
  known: () => undefined,
  run: undefined,
  called: "plan.yaml",
  decided: new Map(),
});

const held = (task: string, question: string): RunEvent.RunEvent => ({
  _tag: "TaskEnded",
  at: Scene.now,
  task,
  outcome: "Held",
  reason: { _tag: "NeedsDecision", question },
});

const shop: ReadonlyArray<Task.Task> = [
  { id: "schema" },
  { id: "core" },
  { id: "docs" },
  { id: "api", dependsOn: [{ task: "schema", until: "merged", source: "plan.yaml:4" }, "core"] },
  { id: "ui", dependsOn: ["api"] },
  { id: "deploy", title: "Deploy the shop", dependsOn: ["ui", "docs", "core"] },
];

describe("WhyText", () => {
  it("shows three levels down to what it begins with, and what is done", () => {
    const events = [
      ...Scene.succeeded("core"),
      ...Scene.launched("schema"),
      held("docs", "Which?"),
    ];
    expect(told(run(shop, events), "deploy")).toEqual([
      "· deploy  Deploy the shop",
      "  waits for 2 of 3 dependencies: ui, docs",
      "  run r1, running",
      "",
      "Waits for",
      "· ui: waits for 1 of 1 dependency: api",
      "  · api: waits for 1 of 2 dependencies: schema",
      "    ▶ schema (until merged, plan.yaml:4): running since 2026-11-21T12:00:01Z on local-1",
      "? docs: held: Which?",
      "",
      "Done",
      "✓ core",
      "",
      "Begins with",
      "? docs, 1 task waits for it: held: Which?",
      "▶ schema, 3 tasks wait for it: running since 2026-11-21T12:00:01Z on local-1",
      "",
      "Next",
      "docs: nothing works on it: launch it:  orchestrator decide docs relaunch --run r1",
      "docs: leave it out:                    orchestrator decide docs skip --run r1",
    ]);
  });

  it("gives the commands that decide about a held task, and its question whole", () => {
    const question = `Which key?\n\u001b[2J${"It is not known. ".repeat(10)}`;
    const lines = told(run([{ id: "a" }], [held("a", question)]), "a", 40);
    expect(lines.slice(0, 2)).toEqual([
      "? a",
      `  held: Which key? ${"It is not known. ".repeat(10).trim()}`,
    ]);
    expect(lines.slice(-2)).toEqual([
      "nothing works on it: launch it:  orchestrator decide a relaunch --run r1",
      "leave it out:                    orchestrator decide a skip --run r1",
    ]);
  });

  it("says of a task at work since when, and where to read what happened", () => {
    expect(told(run(shop, Scene.launched("schema")), "schema")).toEqual([
      "▶ schema",
      "  running since 2026-11-21T12:00:01Z on local-1",
      "  run r1, running",
      "",
      "Next",
      "see what happened to it:  orchestrator log r1 --task schema",
    ]);
  });

  it("names what failed once more with how many wait for it, and how to try it again", () => {
    const events = [...Scene.failed("a", "boom\nat line 3"), Scene.skipped("b", "a")];
    const tasks = [{ id: "a" }, { id: "b", dependsOn: ["a"] }];
    expect(told(run(tasks, events), "b")).toEqual([
      "− b",
      "  skipped because a failed",
      "  run r1, running",
      "",
      "Waits for",
      "✗ a: failed: boom at line 3",
      "",
      "Begins with",
      "✗ a, 1 task waits for it: failed: boom at line 3",
      "",
      "Next",
      "try a again:  orchestrator retry a --run r1",
    ]);
  });

  it("names who has the resources, the files and the slots that a ready task needs", () => {
    const subject = plan(
      [
        { task: { id: "auth", priority: 1, claims: ["src/auth/**"] } },
        { task: { id: "train", priority: 1, resources: { gpu: 1 } } },
        { task: { id: "login", claims: ["src/auth/login.ts"], resources: { gpu: 1 } } },
      ],
      { resources: { gpu: 1 } },
    );
    expect(told(subject, "login")).toEqual([
      "○ login",
      "  ready, 3rd in the queue; needs 1 of gpu, 0 of 1 free (train)",
      "  plan plan.yaml",
      "",
      "Taken",
      "gpu, needs 1, 0 of 1 free: train",
      "the files src/auth/login.ts: auth",
      "all 2 slots: auth, train",
      "",
      "Next",
      "run the plan:  orchestrator run plan.yaml",
    ]);
  });

  it("names slots that rest, and agents that take no launches", () => {
    const at = Scene.now;
    const refused: ReadonlyArray<RunEvent.RunEvent> = [
      { _tag: "LaunchIntended", at, task: "a", attempt: 1, agent: "codegen", slot: "codegen-1" },
      { _tag: "LaunchFailed", at, task: "a", attempt: 1, reason: "Exhausted", message: "no quota" },
      held("a", "no quota"),
    ];
    const rests: RunEvent.RunEvent = {
      _tag: "SlotQuarantined",
      at,
      slot: "codegen-2",
      until: at,
      message: "",
    };
    const ready: RunEvent.RunEvent = { _tag: "TaskReady", at, task: "b" };
    const lines = told(run([{ id: "a" }, { id: "b" }], [...refused, rests, ready]), "b");
    expect(lines.slice(1)).toEqual([
      "  ready, 1st in the queue; the agent codegen takes no launches (a)",
      "  run r1, running",
      "",
      "Taken",
      "the agent codegen takes no launches, as it told a",
      "codegen-2: rests after a failure until 2026-11-21T12:01:00Z",
    ]);
  });

  it("says that nobody works on a run, and how to go on with it", () => {
    const lines = told(run(shop, Scene.launched("schema"), null), "ui");
    expect(lines.slice(0, 4)).toEqual([
      "· ui",
      "  waits for 1 of 1 dependency: api",
      "  nothing starts: the process that worked on the run is gone",
      "  run r1, interrupted",
    ]);
    expect(lines.at(-1)).toBe("go on with the run:  orchestrator resume r1");
  });

  it("shows what a task that cannot run depends on besides", () => {
    const subject = plan(
      [
        { task: { id: "a" } },
        { task: { id: "b", dependsOn: ["a"] }, blocked: "it is not trusted" },
      ],
      { halted: "the plan has 1 error" },
    );
    expect(told(subject, "b")).toEqual([
      "! b",
      "  cannot run: it is not trusted",
      "  nothing starts: the plan has 1 error",
      "  plan plan.yaml",
      "",
      "Depends on",
      "○ a: ready, 1st in the queue; the plan has 1 error",
      "",
      "Next",
      "see what is wrong with the plan:  orchestrator plan plan.yaml",
    ]);
  });

  it("shows tasks that wait for one another as the way around", () => {
    const subject = plan([
      { task: { id: "a", dependsOn: ["b"] } },
      { task: { id: "b", dependsOn: ["a"] } },
    ]);
    const lines = told(subject, "a");
    expect(lines.slice(4, 8)).toEqual([
      "Waits for",
      "· b: waits for 1 of 1 dependency: a",
      "",
      "Begins with",
    ]);
    expect(lines[8]).toBe("∞ a: waits for itself: a → b → a");
  });

  it("fits a chain of any length on one screen, cut in the middle", () => {
    const chain = Array.from({ length: 1000 }, (_, n) => ({
      task: { id: `t${n}`, dependsOn: n === 0 ? [] : [`t${n - 1}`] },
    }));
    const lines = told(plan(chain), "t999", 80);
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(lines.filter((line) => line.includes("more between"))).toEqual([
      `${"  ".repeat(4)}… 991 more between …`,
    ]);
    for (const line of lines.slice(0, -1)) expect(Width.of(line)).toBeLessThanOrEqual(80);
    expect(lines).toContain("○ t0, 999 tasks wait for it: ready, starts at once");
  });

  it("breaks what says where it begins on a narrow terminal, so that nobody misses what to do", () => {
    const blocked =
      "it is not trusted: set the label orchestrator:approved, which needs write access";
    const tasks = [{ task: { id: "a" }, blocked }, { task: { id: "b", dependsOn: ["a"] } }];
    const lines = told(plan(tasks), "b", 40);
    const from = lines.indexOf("Begins with") + 1;
    expect(lines.slice(from, lines.indexOf("", from))).toEqual([
      "! a, 1 task waits for it: cannot run: it",
      "  is not trusted: set the label",
      "  orchestrator:approved, which needs",
      "  write access",
    ]);
  });

  it("counts what does not fit of many dependencies", () => {
    const many = Array.from({ length: 100 }, (_, n) => ({ task: { id: `t${n}` } }));
    const dependsOn = many.map(({ task }) => task.id);
    const lines = told(plan([...many, { task: { id: "all", dependsOn } }]), "all");
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(lines).toContain("… 92 of 100 in all are not shown");
    expect(lines).toContain("… and 96 more");
  });

  it("lets nothing in a name or a message act on the terminal", () => {
    const evil = "\u001b]0;owned\u0007x\u202ey";
    const tasks = [
      { id: evil, title: evil, url: evil },
      { id: "b", dependsOn: [evil] },
    ];
    const text = [...told(run(tasks, [held(evil, evil)]), "b"), ...told(run(tasks, []), evil)];
    expect(text.join("")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
  });
});
