import { describe, expect, it } from "@effect/vitest";
import type { GraphLinked, GraphRelations } from "../src/internal/graphIssue.ts";
import { related } from "../src/internal/related.ts";
import { issue } from "./support/facts.ts";

const node = (number: number, state: "OPEN" | "CLOSED", stateReason?: string): GraphLinked => ({
  __typename: "Issue",
  number,
  title: `Issue ${number}`,
  url: `https://github.com/acme/shop/issues/${number}`,
  state,
  stateReason: stateReason ?? null,
  repository: { nameWithOwner: "acme/shop" },
});
const page = <A>(nodes: ReadonlyArray<A | null>) => ({ pageInfo: { hasNextPage: false }, nodes });
const of = (relations: GraphRelations) => related(issue(1), relations);

describe("related", () => {
  it("gives each relation in the words of the facts", () => {
    const facts = of({
      blockedBy: page([node(2, "OPEN"), node(3, "CLOSED", "DUPLICATE")]),
      parent: node(9, "CLOSED", "NOT_PLANNED"),
      comments: page([
        { url: "https://c/1", author: { __typename: "Bot", login: "robot" }, body: "After #2" },
        { url: "https://c/2", author: null, body: null, authorAssociation: "OWNER" },
      ]),
    });
    expect(facts.blockedBy.map(({ id, state }) => [id, state])).toEqual([
      ["acme/shop#2", "open"],
      ["acme/shop#3", "duplicate"],
    ]);
    expect(facts.parent?.state).toBe("not-planned");
    expect(facts.comments).toEqual([
      { url: "https://c/1", author: "robot[bot]", association: "NONE", body: "After #2" },
      { url: "https://c/2", author: undefined, association: "OWNER", body: "" },
    ]);
  });

  it("does not take an unknown reason of closing for completion", () => {
    const facts = of({ blockedBy: page([node(2, "CLOSED", "OUTDATED"), node(3, "CLOSED")]) });
    expect(facts.blockedBy.map(({ state }) => state)).toEqual(["not-planned", "completed"]);
  });

  it("counts the open blockers that exist and cannot be seen", () => {
    const blockedBy = page([node(2, "OPEN"), null, node(3, "CLOSED")]);
    expect(of({ blockedBy, issueDependenciesSummary: { blockedBy: 3 } }).hidden.blockers).toBe(2);
    expect(of({ blockedBy, issueDependenciesSummary: { blockedBy: 1 } }).hidden.blockers).toBe(0);
    expect(of({ blockedBy }).hidden.blockers).toBe(1);
  });

  it("counts a hidden sub-issue, and none for a visible one that is not planned", () => {
    const subIssues = page([node(2, "OPEN"), node(3, "CLOSED", "NOT_PLANNED")]);
    const hidden = (total: number, completed: number) =>
      of({ subIssues, subIssuesSummary: { total, completed } }).hidden.subIssues;
    expect(hidden(3, 1)).toBe(1);
    expect(hidden(2, 0)).toBe(0);
    expect(hidden(3, 2)).toBe(0);
  });

  it("counts what GitHub counts and does not list", () => {
    const { hidden } = of({
      blockedBy: null,
      issueDependenciesSummary: { blockedBy: 2 },
      subIssues: null,
      subIssuesSummary: { total: 3, completed: 2 },
    });
    expect(hidden).toEqual({ blockers: 2, subIssues: 1 });
  });

  it("leaves what was not asked for as it was", () => {
    const before = issue(1, { hidden: { blockers: 2, subIssues: 1 } });
    expect(related(before, {}).hidden).toEqual({ blockers: 2, subIssues: 1 });
  });
});
