/** What a source makes of answers that are rare or wrong, each given by a stub. */
import { assert, describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import * as IssueSource from "../src/IssueSource.ts";
import * as ProjectSource from "../src/ProjectSource.ts";
import * as Permissions from "../src/Permissions.ts";
import { issuesOf, messagesOf } from "./support/reading.ts";
import { blocked, restIssue } from "./support/rest.ts";
import { type Asked, client, json } from "./support/stub.ts";

const rate = {
  rateLimit: { cost: 1, limit: 5000, remaining: 4999, resetAt: "2026-11-21T20:00:00Z" },
};
const queryOf = ({ body }: Asked): string => (body as { query?: string } | undefined)?.query ?? "";
const nameOf = (asked: Asked): string => /query (\w+)/.exec(queryOf(asked))?.[1] ?? "";

interface Given {
  readonly issues: ReadonlyArray<unknown>;
  /** Answers a query by its name, the how-many-th of that name. */
  readonly answer?: (asked: Asked, count: number) => unknown;
  readonly reading?: IssueSource.Options["reading"];
}

/** Reads acme/shop, of which the answers are given. */
const read = Effect.fnUntraced(function* ({ answer, issues, reading }: Given) {
  const counts = new Map<string, number>();
  const made = yield* client((asked) => {
    if (asked.method === "GET") return json(issues);
    const count = (counts.get(nameOf(asked)) ?? 0) + 1;
    counts.set(nameOf(asked), count);
    return json(answer?.(asked, count) ?? { data: rate });
  });
  const source = IssueSource.make(made.client, { owner: "acme", repository: "shop", reading });
  return { ...made, facts: Stream.runCollect(source.facts) };
});

describe("reading issues", () => {
  it.effect("asks nothing more about issues whose summaries say that there is nothing", () =>
    Effect.gen(function* () {
      const { asked, facts } = yield* read({ issues: [restIssue(1), restIssue(2)] });
      expect(issuesOf(yield* facts).map(({ id }) => id)).toEqual(["acme/shop#1", "acme/shop#2"]);
      expect(asked).toHaveLength(1);
    }),
  );

  it.effect("reads no comments of an issue that nobody approved", () =>
    Effect.gen(function* () {
      const permissions = Permissions.make((yield* client(() => json({}))).client);
      const isNeeded = ({ author }: { author: string | undefined }) => author === "eve";
      const approval = { label: "OK", isNeeded, permissions };
      const by = (login: string, labels: ReadonlyArray<string>) => ({
        user: { login },
        labels,
        comments: 5_000,
      });
      const { asked, facts } = yield* read({
        issues: [
          restIssue(1, by("eve", [])),
          restIssue(2, by("eve", ["ok"])),
          restIssue(3, by("ada", [])),
        ],
        reading: { comments: true, approval },
        answer: () => ({ data: { ...rate, nodes: [null, null] } }),
      });
      yield* facts;
      const relations = asked.find((one) => nameOf(one) === "RelationsOfIssues");
      expect(relations?.body).toMatchObject({ variables: { ids: ["I_2", "I_3"] } });
    }),
  );

  it.effect("takes labels as texts and objects, and what is null for nothing", () =>
    Effect.gen(function* () {
      const labels = ["bug", { name: "urgent" }, { name: null }];
      const loose = restIssue(1, { labels, user: null, author_association: null, type: null });
      const [found] = issuesOf(yield* (yield* read({ issues: [loose] })).facts);
      expect(found).toMatchObject({
        labels: ["bug", "urgent"],
        author: undefined,
        association: "NONE",
        type: undefined,
        body: "",
      });
    }),
  );

  it.effect("refuses an issue without a state or with a number that is none", () =>
    Effect.gen(function* () {
      for (const wrong of [{ state: "limbo" }, { number: "7" }, { node_id: "" }]) {
        const { facts } = yield* read({ issues: [restIssue(1, wrong)] });
        expect((yield* Effect.flip(facts))._tag).toBe("Malformed");
      }
    }),
  );

  it.effect("keeps what may not be seen as hidden, and says so", () =>
    Effect.gen(function* () {
      const message = "Resource not accessible by personal access token";
      const { facts } = yield* read({
        issues: [restIssue(1, blocked(2))],
        answer: () => ({
          data: { ...rate, nodes: [null] },
          errors: [{ type: "FORBIDDEN", path: ["nodes", 0, "blockedBy"], message }],
        }),
      });
      const told = yield* facts;
      expect(issuesOf(told)[0]?.hidden).toEqual({ blockers: 2, subIssues: 0 });
      expect(messagesOf(told)).toEqual([
        `acme/shop issues: GitHub did not tell blockedBy of acme/shop#1: ${message}`,
      ]);
    }),
  );

  it.effect("leaves out what a server does not know, asks it once, and says what is unread", () =>
    Effect.gen(function* () {
      const unknown = (field: string) => ({
        message: `Field '${field}' doesn't exist on type 'Issue'`,
        path: ["query", field],
        extensions: { code: "undefinedField", typeName: "Issue", fieldName: field },
      });
      const old = { issue_dependencies_summary: undefined };
      const {
        asked,
        client: github,
        facts,
      } = yield* read({
        issues: [restIssue(1, { ...old, parent_issue_url: "https://x" })],
        answer: (query) =>
          queryOf(query).includes("blockedBy")
            ? { errors: [unknown("blockedBy"), unknown("issueDependenciesSummary")] }
            : { data: { ...rate, nodes: [{ __typename: "Issue", id: "I_1", parent: null }] } },
      });
      const told = yield* facts;
      expect(issuesOf(told)).toHaveLength(1);
      expect(messagesOf(told)).toEqual([expect.stringContaining("which issues block which")]);
      expect(asked.map(nameOf)).toEqual(["", "RelationsOfIssues", "RelationsOfIssues"]);
      const again = IssueSource.make(github, { owner: "acme", repository: "shop" });
      yield* Stream.runDrain(again.facts);
      expect(asked.map(nameOf).slice(3)).toEqual(["", "RelationsOfIssues"]);
    }),
  );

  it.effect("passes on a refusal that names nothing of ours", () =>
    Effect.gen(function* () {
      const { facts } = yield* read({
        issues: [restIssue(1, blocked(1))],
        answer: () => ({
          errors: [
            { message: "Field 'zip' doesn't exist", extensions: { code: "undefinedField" } },
          ],
        }),
      });
      expect((yield* Effect.flip(facts))._tag).toBe("Invalid");
    }),
  );

  it.effect("reads issue by issue where the comments of two together are too much", () =>
    Effect.gen(function* () {
      const node = (endCursor: string | null) => ({
        __typename: "Issue",
        comments: {
          pageInfo: { hasNextPage: endCursor !== null, endCursor },
          nodes: [{ url: "https://c/1", body: "long", author: null }],
        },
      });
      const idsIn = ({ body }: Asked) =>
        Object.keys((body as { variables: object }).variables).filter((key) => /^id\d/.test(key));
      const { facts } = yield* read({
        issues: [1, 2, 3].map((number) => restIssue(number, { comments: 200 })),
        reading: { comments: true },
        answer: (asked) => {
          const { ids = idsIn(asked) } = (asked.body as { variables: { ids?: unknown[] } })
            .variables;
          if (ids.length > 1) return "too much";
          const more = nameOf(asked) === "MoreComments";
          return { data: { ...rate, ...(more ? { i0: node(null) } : { nodes: [node("next")] }) } };
        },
      });
      expect(issuesOf(yield* facts).map(({ comments }) => comments.length)).toEqual([2, 2, 2]);
    }),
  );

  it.effect("stops at pages of comments that go in circles", () =>
    Effect.gen(function* () {
      let pages = 0;
      const node = () => {
        const pageInfo = { hasNextPage: true, endCursor: `cursor ${pages++ % 3}` };
        return { __typename: "Issue", comments: { pageInfo, nodes: [] } };
      };
      const { facts } = yield* read({
        issues: [restIssue(1, { comments: 200 })],
        reading: { comments: true },
        answer: (asked) =>
          nameOf(asked) === "MoreComments"
            ? { data: { ...rate, i0: node() } }
            : { data: { ...rate, nodes: [node()] } },
      });
      const error = yield* Effect.flip(facts);
      assert(error._tag === "Malformed");
      expect(error.message).toContain("leads back to itself");
    }),
  );

  it.effect("stops at pages of a board that go in circles", () =>
    Effect.gen(function* () {
      const { client: github } = yield* client((asked, count) => {
        const items = {
          pageInfo: { hasNextPage: true, endCursor: `cursor ${count % 2}` },
          nodes: [],
        };
        const board = nameOf(asked) === "BoardItems" ? { items } : { fields: { nodes: [] } };
        return json({ data: { ...rate, owner: { projectV2: board } } });
      });
      const { facts } = ProjectSource.make(github, { owner: "acme", number: 1 });
      const error = yield* Effect.flip(Stream.runDrain(facts));
      assert(error._tag === "Malformed");
      expect(error.message).toContain("leads back to itself");
    }),
  );

  it.effect("does not take an approval for one when GitHub does not tell who labelled", () =>
    Effect.gen(function* () {
      const permissions = yield* Effect.map(
        client(() => json({ permission: "admin" })),
        (made) => Permissions.make(made.client),
      );
      const { facts } = yield* read({
        issues: [restIssue(1, { labels: ["ok"] })],
        reading: { approval: { label: "OK", isNeeded: () => true, permissions } },
        answer: () => ({
          data: { ...rate, nodes: [null] },
          errors: [{ type: "FORBIDDEN", path: ["nodes", 0, "timelineItems"], message: "no" }],
        }),
      });
      const told = yield* facts;
      expect(issuesOf(told)[0]?.approval).toBeUndefined();
      expect(messagesOf(told)).toEqual([expect.stringContaining("timelineItems of acme/shop#1")]);
    }),
  );
});
