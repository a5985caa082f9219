import { Explanation, GraphReport } from "@orchestrator/core";
import type { PlannedDependency, PlannedIssue } from "@orchestrator/github/GitHubPlan";
import type { LinkedIssue } from "@orchestrator/github/IssueFacts";
import { describe, expect, it } from "@effect/vitest";
import * as Result from "effect/Result";
import * as Config from "../src/config/Config.ts";
import * as WhySubject from "../src/operator/WhySubject.ts";

const linked = (number: number, state: LinkedIssue["state"]): LinkedIssue => ({
  id: `acme/shop#${number}`,
  kind: "issue",
  state,
  title: `Issue ${number}`,
  url: `https://github.com/acme/shop/issues/${number}`,
});

const dependency = (
  number: number,
  status: PlannedDependency["status"],
  state?: LinkedIssue["state"],
): PlannedDependency => ({
  on: `acme/shop#${number}`,
  until: undefined,
  source: "body line 3",
  satisfied: status === "done",
  status,
  issue: state === undefined ? undefined : linked(number, state),
});

const issue = (number: number, overrides: Partial<PlannedIssue> = {}): PlannedIssue => {
  const { id, title, url } = linked(number, "open");
  return {
    id,
    repository: "acme/shop",
    number,
    title,
    url,
    state: "open",
    isTrusted: true,
    trust: "its author ada is OWNER",
    dependencies: [],
    blocked: undefined,
    ownReason: undefined,
    because: undefined,
    task: { id },
    ...overrides,
  };
};

const subject = (...issues: ReadonlyArray<PlannedIssue>) => {
  const tasks = issues.filter(({ blocked }) => blocked === undefined).map(({ task }) => task);
  const plan = { name: "acme/shop issues", issues, tasks, problems: [] };
  const report = GraphReport.make(tasks);
  const ledger = () => {
    throw new Error("nobody asks for it");
  };
  return WhySubject.ofBacklog(
    { plan, isUnserved: false, report, sources: [], host: "api.github.com", resources: {}, ledger },
    Config.none,
  );
};

const why = (of: WhySubject.Subject, number: number) =>
  Result.getOrThrow(Explanation.explain(of.situation, `acme/shop#${number}`));

describe("a backlog", () => {
  it("has the open, the missing and the unplanned outside of it as what an issue comes down to", () => {
    const blocked = "waits for acme/shop#9, which is not in the plan";
    const of = subject(
      issue(1, {
        blocked,
        dependencies: [
          dependency(9, "outside", "open"),
          dependency(8, "missing"),
          dependency(7, "not-planned", "not-planned"),
          dependency(6, "done", "completed"),
        ],
      }),
      issue(2, {
        blocked: "waits for acme/shop#1, which cannot run",
        because: "acme/shop#1",
        dependencies: [dependency(1, "task")],
      }),
    );
    const { dependencies } = why(of, 1);
    expect(
      dependencies.map(({ satisfied, source, state, summary }) => [
        state,
        satisfied,
        source,
        summary,
      ]),
    ).toEqual([
      ["Outside", false, "body line 3", "open, not in the plan"],
      ["Missing", false, "body line 3", "does not exist"],
      ["Outside", false, "body line 3", "closed as not planned, not in the plan"],
      ["Outside", true, "body line 3", "closed as completed, not in the plan"],
    ]);
    expect(why(of, 2)).toMatchObject({
      state: "Pending",
      title: "Issue 2",
      causes: [{ id: "acme/shop#1", gate: "merged" }, { depth: 2 }, { depth: 2 }, { depth: 2 }],
      roots: [{ id: "acme/shop#9" }, { id: "acme/shop#8" }, { id: "acme/shop#7" }],
    });
  });

  it("does not follow an issue that is not trusted, and says why it is not", () => {
    const trust = "its author eve is NONE";
    const of = subject(
      issue(1, {
        isTrusted: false,
        trust,
        ownReason: `is not trusted: ${trust}`,
        dependencies: [dependency(9, "outside", "open")],
      }),
      issue(2, {
        because: "acme/shop#1",
        blocked: "waits",
        dependencies: [dependency(1, "untrusted")],
      }),
    );
    expect(why(of, 2).roots).toMatchObject([
      { id: "acme/shop#1", state: "Blocked", summary: `cannot run: it is not trusted: ${trust}` },
    ]);
    expect(of.trust("acme/shop#1")).toBe(`not trusted: ${trust}`);
    expect(of.trust("acme/shop#2")).toBe("trusted: its author ada is OWNER");
  });

  it("shows a way around as one, and what no dependency tells as a reason of its own", () => {
    const ownReason = "has a body of 2 MB";
    const of = subject(
      issue(1, { blocked: "waits for acme/shop#2, …", dependencies: [dependency(2, "task")] }),
      issue(2, { blocked: "waits for acme/shop#1, …", dependencies: [dependency(1, "task")] }),
      issue(3, {
        blocked: `${ownReason}, and waits for acme/shop#9, …`,
        ownReason,
        dependencies: [dependency(4, "task"), dependency(9, "outside", "open")],
      }),
      issue(4),
    );
    expect(why(of, 1).roots).toMatchObject([
      { state: "Cycle", cycle: ["acme/shop#1", "acme/shop#2", "acme/shop#1"] },
    ]);
    expect(why(of, 3)).toMatchObject({ summary: "cannot run: it has a body of 2 MB", causes: [] });
  });

  it("tells a closed issue that somebody waited for as what it is", () => {
    const of = subject(
      issue(1, { state: "completed", ownReason: "is closed as completed" }),
      issue(2, { dependencies: [dependency(1, "done", "completed")] }),
    );
    expect(why(of, 1)).toMatchObject({
      state: "Blocked",
      summary: "cannot run: it is closed as completed",
    });
    expect(why(of, 2)).toMatchObject({
      state: "Ready",
      summary: "ready, starts at once",
      dependencies: [{ state: "Outside", satisfied: true }],
    });
  });
});
