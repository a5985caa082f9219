import { describe, expect, it } from "@effect/vitest";
import * as Backlog from "../src/Backlog.ts";
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
      points: { run: 2, perHour: 2 },
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
      expect.objectContaining({ kind: "UnknownAgent", severity: "error", tasks: ["acme/shop#2"] }),
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
    expect(outline(long).points).toMatchObject({ run: 4, perHour: 1 });
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
});
