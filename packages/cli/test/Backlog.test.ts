import { describe, expect, it } from "@effect/vitest";
import * as Backlog from "../src/plan/Backlog.ts";
import { backlog, issue, on, outline } from "./support/Backlogs.ts";

const outside = {
  id: "acme/api#9",
  kind: "issue",
  state: "open",
  title: "The API",
  url: "https://github.com/acme/api/issues/9",
} as const;

/** Two that run, one behind an issue elsewhere, one of a stranger, one that is done. */
const mixed = [
  issue(1),
  issue(2, { dependencies: [on(1), on(5, { satisfied: true, status: "done" })] }),
  issue(3, {
    dependencies: [on(9, { on: "acme/api#9", status: "outside", issue: outside })],
    blocked: "waits for acme/api#9, which is open and outside the plan",
  }),
  issue(4, { isTrusted: false, trust: "its author eve is NONE", blocked: "is not trusted" }),
  issue(5, { state: "completed", blocked: "is closed as completed" }),
];

describe("a backlog", () => {
  it("is outlined with every issue, what can run in waves, and what cannot apart", () => {
    const plan = outline(mixed);
    expect(plan).toMatchObject({
      plan: "acme/shop issues",
      file: null,
      waves: [["acme/shop#1"], ["acme/shop#2"]],
      criticalPath: ["acme/shop#1", "acme/shop#2"],
      startsFirst: ["acme/shop#1"],
      untrusted: ["acme/shop#4"],
      blocked: ["acme/shop#3"],
      launches: 2,
      ledger: { requests: 4 },
      points: { run: 20, perHour: 20 },
    });
    expect(plan.tasks[1]).toEqual({
      id: "acme/shop#2",
      number: 2,
      title: "Issue 2",
      url: "https://github.com/acme/shop/issues/2",
      state: "open",
      trusted: true,
      trust: "its author ada is OWNER",
      wave: 2,
      priority: 0,
      agent: null,
      estimateSeconds: null,
      blocked: null,
      dependencies: [
        {
          on: "acme/shop#1",
          gate: "merged",
          source: "body line 1",
          satisfied: false,
          status: "task",
        },
        {
          on: "acme/shop#5",
          gate: "merged",
          source: "body line 1",
          satisfied: true,
          status: "done",
        },
      ],
    });
  });

  it("gives issues without an agent to Codegen where that is configured", () => {
    const agents = ({ tasks }: ReturnType<typeof outline>) => tasks.map(({ agent }) => agent);
    const named = issue(2, { task: { id: "acme/shop#2", agent: "local" } });
    expect(agents(outline([issue(1), named], [], true))).toEqual(["codegen", "local"]);
    expect(agents(outline([issue(1), named]))).toEqual([null, "local"]);
  });

  it("tells of an agent that does not exist, and not of issues that stand alone", () => {
    const lost = issue(2, { task: { id: "acme/shop#2", agent: "codgen" } });
    const plan = outline([lost, issue(3), issue(4, { dependencies: [on(3)] })]);
    expect(plan.startsFirst).toEqual(["acme/shop#3"]);
    expect(plan.problems).toEqual([
      expect.objectContaining({ kind: "InvalidValue", severity: "error", tasks: ["acme/shop#2"] }),
    ]);
  });

  it("calls a value that cannot be read an error only where it holds its issue up", () => {
    const unclear = "states a dependency that cannot be read";
    const issues = [issue(1), issue(2, { blocked: unclear, ownReason: unclear })];
    const of = (number: number) => ({
      kind: "InvalidValue" as const,
      tasks: [`acme/shop#${number}`],
      message: "Wrong.",
    });
    const { problems } = outline(issues, [of(1), of(2)]);
    expect(problems.map(({ severity }) => severity)).toEqual(["warning", "error"]);
  });

  it("holds nothing up for a resource whose capacity nobody states", () => {
    const needy = issue(1, { task: { id: "acme/shop#1", resources: { gpu: 2 } } });
    expect(outline([needy])).toMatchObject({ startsFirst: ["acme/shop#1"], problems: [] });
  });

  it("spreads the points of a run over the time that it takes", () => {
    const long = [1, 2, 3, 4].map((number) =>
      issue(number, { task: { id: `acme/shop#${number}`, estimateSeconds: 4 * 3600 } }),
    );
    expect(outline(long).points).toMatchObject({ run: 40, perHour: 10 });
  });

  it("is drawn with what cannot run and what lies outside, each with its state", () => {
    const { state, tasks } = Backlog.picture(backlog(mixed));
    expect(tasks.map(({ id }) => [id, state(id)])).toEqual([
      ["acme/shop#1", undefined],
      ["acme/shop#2", undefined],
      ["acme/shop#3", "blocked"],
      ["acme/shop#4", "untrusted"],
      ["acme/api#9", "outside the plan"],
    ]);
    expect(tasks[1]!.dependsOn).toEqual(["acme/shop#1"]);
  });

  it("leaves tasks for agents that there are not behind, with all that waits for them", () => {
    const named = (number: number, agent: string) => {
      const { task } = issue(number);
      return issue(number, { task: { ...task, agent } });
    };
    const chain = [3, 4].map((number) => issue(number, { dependencies: [on(number - 1)] }));
    const { plan } = backlog([issue(1), named(2, "codgen"), ...chain, named(5, "codegen")]);
    expect(plan.tasks.map(({ id }) => id)).toEqual(["acme/shop#1", "acme/shop#5"]);
    expect(plan.issues.map(({ because, blocked }) => [because, blocked])).toEqual([
      [undefined, undefined],
      [undefined, 'is for the agent "codgen", which issues cannot have'],
      ["acme/shop#2", "waits for acme/shop#2, which cannot run"],
      ["acme/shop#3", "waits for acme/shop#3, which cannot run"],
      [undefined, undefined],
    ]);
    expect(plan.problems).toEqual([
      {
        kind: "InvalidValue",
        tasks: ["acme/shop#2"],
        message:
          'acme/shop#2 is for the agent "codgen", which issues cannot have. Agents of issues are codegen, local, claude, codex, gemini, opencode. Did you mean "codegen"?',
      },
    ]);
  });

  it("leaves tasks for agents of this machine behind that cannot work on them, and says why", () => {
    const named = (number: number, agent?: string) => {
      const { task } = issue(number);
      return issue(number, { task: { ...task, ...(agent === undefined ? {} : { agent }) } });
    };
    const issues = [named(1), named(2, "codex"), named(3, "gemini"), named(4, "local")];
    const lacking = {
      codex: { clause: "there is no program codex on the PATH", advice: "Get it" },
    };
    const here = { hasCodegen: false, usual: "claude", own: { claude: {}, codex: {} }, lacking };
    const blocked = (home: string | undefined) =>
      backlog(issues, [], false, { ...here, home }).plan.issues.map((one) => one.blocked);
    expect(blocked("Acme/Shop")).toEqual([
      undefined,
      'is for the agent "codex", and there is no program codex on the PATH',
      'is for the agent "gemini", which the configuration does not give to issues',
      'is for the agent "local", which the configuration does not give to issues',
    ]);
    const elsewhere =
      'is for the agent "claude" of this machine, which works in a clone of acme/shop';
    expect(blocked("acme/api")[0]).toBe(`${elsewhere}, and this is one of acme/api`);
    expect(blocked(undefined)[0]).toBe(`${elsewhere}, and this folder is no clone of it`);
    expect(backlog(issues, [], false, { ...here, home: undefined }).isUnserved).toBe(true);
  });

  it("knows the repositories of its tasks, and keeps what agents are told beside other things", () => {
    const payload = { github: { repository: "acme/api", number: 1 }, links: ["x"] };
    const task = { id: "Acme/API#1", payload };
    expect(Backlog.repositories([task, { id: "acme/shop#2" }, task])).toEqual([
      "acme/api",
      "acme/shop",
    ]);
    const told = Backlog.withPayload(task, { repo_id: 7, branch: undefined });
    expect(told.payload).toEqual({ ...payload, repo_id: 7 });
  });
});
