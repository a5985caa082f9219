import { GitHub } from "@orchestrator/fakes";
import { assert, describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import type { Reading } from "../src/FactSource.ts";
import * as IssueSource from "../src/IssueSource.ts";
import * as Permissions from "../src/Permissions.ts";
import { factsOf, issuesOf, messagesOf, numbersOf, passing } from "./support/reading.ts";
import { type Simulation, simulated } from "./support/simulated.ts";

const shop = { owner: "acme", repository: "shop" };

/** The issues of acme/shop in a world with these. */
const source = Effect.fnUntraced(function* (
  issues: ReadonlyArray<GitHub.IssueInput>,
  options: { filter?: IssueSource.Filter; reading?: Reading } = {},
) {
  const world = { repos: [{ name: "acme/shop", milestones: ["v1", "7"], types: ["Bug"], issues }] };
  const made = yield* simulated({ world });
  const made2 = yield* made.client();
  return { ...made, issues: IssueSource.make(made2, { ...shop, ...options }) };
});

const reading = Effect.fnUntraced(function* (simulation: Simulation, read: Reading = {}) {
  const made = yield* simulated(simulation);
  const client = yield* made.client({ patienceSeconds: 36_000 });
  const issues = IssueSource.make(client, { ...shop, reading: read });
  return { ...made, client, issues };
});

describe("the filter", () => {
  const backlog: ReadonlyArray<GitHub.IssueInput> = [
    {
      labels: ["bug", "Urgent"],
      author: "ada",
      assignees: ["bob"],
      createdAt: "2025-01-01T00:00:00Z",
    },
    { labels: ["bug", "a, b"], milestone: "v1", type: "Bug", createdAt: "2025-01-02T00:00:00Z" },
    { state: "closed", labels: ["bug"], createdAt: "2025-01-03T00:00:00Z" },
    { pull: true, labels: ["bug"], createdAt: "2025-01-04T00:00:00Z" },
    { milestone: "7", createdAt: "2025-01-05T00:00:00Z" },
  ];
  const rows: ReadonlyArray<readonly [string, IssueSource.Filter, ReadonlyArray<number>]> = [
    ["open issues if nothing is said", {}, [1, 2, 5]],
    ["closed ones", { state: "closed" }, [3]],
    ["all, pull requests left out", { state: "all" }, [1, 2, 3, 5]],
    ["all of the labels, in any case", { labels: ["BUG", "urgent"] }, [1]],
    ["a label that has a comma", { labels: ["A, B"] }, [2]],
    ["none of the labels", { withoutLabels: ["URGENT", "other"] }, [2, 5]],
    ["a milestone by its title", { milestone: "V1" }, [2]],
    ["a milestone by its number", { milestone: 2 }, [5]],
    ["a title before a number", { milestone: "7" }, [5]],
    ["a number as text", { milestone: "1" }, [2]],
    ["no milestone", { milestone: "none" }, [1]],
    ["any milestone", { milestone: "*" }, [2, 5]],
    ["an assignee", { assignee: "bob" }, [1]],
    ["nobody assigned", { assignee: "none" }, [2, 5]],
    ["an author", { author: "ada" }, [1]],
    ["a type", { type: "Bug" }, [2]],
    ["what changed since", { since: "2025-01-02T00:00:00Z" }, [2, 5]],
    ["no more than the limit", { limit: 2 }, [1, 2]],
  ];
  for (const [name, filter, expected] of rows) {
    it.effect(`gives ${name}`, () =>
      Effect.gen(function* () {
        const { fake, issues } = yield* source(backlog, { filter });
        expect(yield* numbersOf(issues)).toEqual(expected);
        expect(fake.violations()).toEqual([]);
      }),
    );
  }

  it.effect("names the milestones there are for one that is not there", () =>
    Effect.gen(function* () {
      const { issues } = yield* source(backlog, { filter: { milestone: "v9" } });
      const error = yield* Effect.flip(factsOf(issues));
      assert(error._tag === "Invalid");
      expect(error.message).toBe('acme/shop has no milestone "v9": it has "v1", "7"');
    }),
  );
});

describe("an issue", () => {
  it.effect("has everything that GitHub states of it", () =>
    Effect.gen(function* () {
      const { fake, issues } = yield* reading(
        {
          world: {
            repos: [
              {
                name: "acme/shop",
                milestones: [{ title: "v1", dueOn: "2026-03-01T00:00:00Z" }],
                types: ["Bug"],
                issues: [
                  {
                    title: "Pay",
                    body: "After #2",
                    author: "ada",
                    association: "MEMBER",
                    labels: ["p1"],
                    milestone: "v1",
                    type: "Bug",
                    updatedAt: "2025-01-02T03:04:05Z",
                    blockedBy: ["#2", "acme/api#1"],
                    subIssues: ["#3", "#4"],
                    parent: "#5",
                    comments: [
                      { body: "Requires #3", by: "bob", association: "NONE" },
                      "And a word",
                    ],
                  },
                  { title: "Cart", state: "closed" },
                  { title: "Card", state: "closed", stateReason: "not_planned" },
                  { title: "Cash", state: "closed", stateReason: "duplicate" },
                  { title: "Epic" },
                ],
              },
              { name: "acme/api", issues: [{ title: "Charge" }] },
            ],
          },
        },
        { comments: true },
      );
      const [pay, ...others] = issuesOf(yield* factsOf(issues));
      expect(pay).toMatchObject({
        id: "acme/shop#1",
        repository: "acme/shop",
        number: 1,
        title: "Pay",
        body: "After #2",
        state: "open",
        author: "ada",
        association: "MEMBER",
        labels: ["p1"],
        milestone: { number: 1, title: "v1", dueOn: "2026-03-01T00:00:00Z", isOpen: true },
        type: "Bug",
        updatedAt: Date.UTC(2025, 0, 2, 3, 4, 5),
        parent: { id: "acme/shop#5", state: "open", title: "Epic" },
        hidden: { blockers: 0, subIssues: 0 },
        fields: {},
        approval: undefined,
        source: "acme/shop issues",
      });
      expect(new Map(pay?.blockedBy.map(({ id, state }) => [id, state]))).toEqual(
        new Map([
          ["acme/shop#2", "completed"],
          ["acme/api#1", "open"],
        ]),
      );
      expect(pay?.subIssues.map(({ id, state }) => [id, state])).toEqual([
        ["acme/shop#3", "not-planned"],
        ["acme/shop#4", "duplicate"],
      ]);
      expect(pay?.comments.map(({ author, body }) => [author, body])).toEqual([
        ["bob", "Requires #3"],
        ["operator", "And a word"],
      ]);
      expect(pay?.comments[0]?.association).toBe("NONE");
      expect(others.map(({ id }) => id)).toEqual(["acme/shop#5"]);
      expect(fake.violations()).toEqual([]);
    }),
  );

  it.effect("has no comments unless they are asked for", () =>
    Effect.gen(function* () {
      const { fake, issues } = yield* source([{ comments: ["After #2"] }]);
      expect(issuesOf(yield* factsOf(issues))[0]?.comments).toEqual([]);
      expect(fake.summary().requests).toEqual({ "issues.list": 1 });
    }),
  );

  it.effect("has all of its comments and sub-issues, however many pages they are", () =>
    Effect.gen(function* () {
      const comments = Array.from({ length: 250 }, (_, i) => `comment ${i}`);
      const subIssues = Array.from({ length: 100 }, (_, i) => `#${i + 3}`);
      const { fake, issues } = yield* source(
        [
          { comments, subIssues },
          { comments: comments.slice(0, 101) },
          ...subIssues.map(() => ({})),
        ],
        { reading: { comments: true } },
      );
      const [first, second] = issuesOf(yield* factsOf(issues));
      expect(first?.comments.map(({ body }) => body)).toEqual(comments);
      expect(first?.subIssues.map(({ id }) => id)).toEqual(subIssues.map((id) => `acme/shop${id}`));
      expect(second?.comments).toHaveLength(101);
      expect(fake.summary().requests["MoreComments"]).toBe(2);
      expect(fake.violations()).toEqual([]);
    }),
  );

  it.effect("counts blockers that the token may not see", () =>
    Effect.gen(function* () {
      const { issues } = yield* reading({
        world: {
          users: ["operator"],
          repos: [
            {
              name: "acme/shop",
              permissions: { operator: "write" },
              issues: [{ blockedBy: ["#2", "secret/plans#1", "secret/plans#2"] }, {}],
            },
            { name: "secret/plans", private: true, issues: [{}, { state: "closed" }] },
          ],
        },
      });
      const [first] = issuesOf(yield* factsOf(issues));
      expect(first?.blockedBy.map(({ id }) => id)).toEqual(["acme/shop#2"]);
      expect(first?.hidden).toEqual({ blockers: 1, subIssues: 0 });
    }),
  );

  it.effect("has the present name of a repository that was renamed", () =>
    Effect.gen(function* () {
      const repo = {
        name: "acme/store",
        formerly: ["acme/shop"],
        issues: [{}, { blockedBy: ["#1"] }],
      };
      const { fake, issues } = yield* reading({ world: { repos: [repo] } });
      const found = issuesOf(yield* factsOf(issues));
      expect(found.map(({ id, repository }) => [id, repository])).toEqual([
        ["acme/store#1", "acme/store"],
        ["acme/store#2", "acme/store"],
      ]);
      expect(found[1]?.blockedBy[0]?.id).toBe("acme/store#1");
      expect(fake.violations()).toEqual([]);
    }),
  );
});

describe("an approval", () => {
  const world = (issue: GitHub.IssueInput): Simulation => ({
    world: {
      users: ["operator", "stranger"],
      repos: [
        {
          name: "acme/shop",
          permissions: { operator: "admin", maria: "write", tom: "triage" },
          issues: [{ author: "stranger", association: "NONE", ...issue }],
        },
      ],
    },
  });
  const label = "orchestrator:approved";
  const at = "2025-01-02T00:00:00Z";
  const approvalOf = Effect.fnUntraced(function* (issue: GitHub.IssueInput) {
    const made = yield* simulated(world({ createdAt: "2025-01-01T00:00:00Z", ...issue }));
    const client = yield* made.client();
    const permissions = Permissions.make(client);
    const isNeeded = ({ association }: { association: string }) => association === "NONE";
    const approval = { label: label.toUpperCase(), isNeeded, permissions };
    const issues = IssueSource.make(client, { ...shop, reading: { approval } });
    const [found] = issuesOf(yield* factsOf(issues));
    expect(made.fake.violations()).toEqual([]);
    return { approval: found?.approval, requests: made.fake.summary().requests };
  });

  it.effect("is known with who gave it and whether they may", () =>
    Effect.gen(function* () {
      const by = (name: string) => ({ labels: [{ name: label, by: name, at }] });
      const { approval } = yield* approvalOf(by("maria"));
      expect(approval).toEqual({
        label: label.toUpperCase(),
        actor: "maria",
        at: Date.parse(at),
        mayWrite: true,
        isOutdated: false,
      });
      expect((yield* approvalOf(by("tom"))).approval?.mayWrite).toBe(false);
    }),
  );

  it.effect("is outdated once the title or the body was changed after it", () =>
    Effect.gen(function* () {
      const labels = [{ name: label, by: "maria", at }];
      const later = "2025-01-03T00:00:00Z";
      const before = "2025-01-01T12:00:00Z";
      const outdated = (issue: GitHub.IssueInput) =>
        Effect.map(approvalOf({ labels, ...issue }), ({ approval }) => approval?.isOutdated);
      expect(yield* outdated({ edited: { at: later } })).toBe(true);
      expect(yield* outdated({ edited: { at } })).toBe(true);
      expect(yield* outdated({ edited: { at: before } })).toBe(false);
      expect(yield* outdated({ renamed: [{ from: "Old", at: later }] })).toBe(true);
      expect(yield* outdated({ renamed: [{ from: "Old", at }] })).toBe(true);
      expect(yield* outdated({ renamed: [{ from: "Old", at: before }] })).toBe(false);
    }),
  );

  it.effect("is not asked for where the author is trusted or the label is not set", () =>
    Effect.gen(function* () {
      const labels = [{ name: label, by: "maria", at }];
      for (const issue of [{ association: "MEMBER" as const, labels }, { labels: ["other"] }]) {
        const { approval, requests } = yield* approvalOf(issue);
        expect(approval).toBeUndefined();
        expect(requests).toEqual({ "issues.list": 1 });
      }
    }),
  );
});

describe("what it costs", () => {
  it.effect(
    "reads 1,000 issues with everything in 30 requests and 60 points, and again for less",
    () =>
      Effect.gen(function* () {
        const { client, fake, issues } = yield* reading(
          { world: GitHub.many({ issues: 1000, pulls: 200 }) },
          { comments: true },
        );
        const cold = issuesOf(yield* factsOf(issues));
        expect(cold.length).toBeGreaterThan(850);
        const first = client.ledger.statement();
        expect(first.requests).toBeLessThanOrEqual(30);
        expect(first.graphql).toBeLessThanOrEqual(60);
        expect(fake.summary().points.graphql).toBe(first.graphql);
        expect(issuesOf(yield* factsOf(issues))).toEqual(cold);
        const second = client.ledger.statement();
        expect(second.rest).toBe(first.rest);
        expect(second.unchanged).toBe(first.rest);
        expect(fake.violations()).toEqual([]);
      }),
  );

  it.effect("reads no further than is wanted", () =>
    Effect.gen(function* () {
      const { client, fake } = yield* reading({ world: GitHub.many({ issues: 300 }) });
      const few = IssueSource.make(client, { ...shop, filter: { limit: 50 } });
      expect(yield* numbersOf(few)).toHaveLength(50);
      expect(fake.summary().requests["issues.list"]).toBe(1);
    }),
  );

  it.effect("fills its batches whatever nobody asked for", () =>
    Effect.gen(function* () {
      const comments = fill(30, "one");
      const issues = blockedByTheFirst(101).map((issue) => ({ ...issue, comments }));
      const { fake, issues: all } = yield* reading({
        world: { repos: [{ name: "acme/shop", issues }] },
      });
      yield* factsOf(all);
      expect(fake.summary().requests["RelationsOfIssues"]).toBe(1);
    }),
  );

  it.effect("reads 1,000 issues that all have relations and comments in 20 requests", () =>
    Effect.gen(function* () {
      const comments = ["one", "two"];
      const issues = fill(1000, {}).map((_, i) => ({
        comments,
        blockedBy: i === 0 ? [] : [`#${i}`],
      }));
      const { client, issues: all } = yield* reading(
        { world: { repos: [{ name: "acme/shop", issues }] } },
        { comments: true },
      );
      const facts = issuesOf(yield* factsOf(all));
      expect(facts.map(({ blockedBy }) => blockedBy.length)).toEqual([0, ...fill(999, 1)]);
      expect(facts.map((issue) => issue.comments.length)).toEqual(fill(1000, 2));
      expect(client.ledger.statement().requests).toBe(20);
      expect(client.ledger.statement().graphql).toBeLessThanOrEqual(40);
    }),
  );
});

describe("what goes wrong", () => {
  it.effect("finds out once what a server does not know, also with many questions at once", () =>
    Effect.gen(function* () {
      const issues = fill(450, {}).map((_, i) => ({ parent: `#${Math.floor(i / 50) + 451}` }));
      const { fake, issues: all } = yield* reading({
        server: { version: "3.17" },
        world: { repos: [{ name: "acme/shop", issues: [...issues, ...fill(9, {})] }] },
      });
      const facts = yield* factsOf(all);
      expect(issuesOf(facts).filter(({ parent }) => parent !== undefined)).toHaveLength(450);
      expect(messagesOf(facts)).toHaveLength(1);
      expect(fake.summary().requests["RelationsOfIssues"]).toBeLessThanOrEqual(4 + 5);
    }),
  );

  it.effect("leaves out dependencies on a server that has none, and says so", () =>
    Effect.gen(function* () {
      const { issues, fake } = yield* reading({
        server: { version: "3.17" },
        world: {
          repos: [{ name: "acme/shop", issues: [{ parent: "#2", blockedBy: ["#2"] }, {}] }],
        },
      });
      const facts = yield* factsOf(issues);
      expect(issuesOf(facts)[0]?.blockedBy).toEqual([]);
      expect(messagesOf(facts)).toEqual([expect.stringContaining("which issues block which")]);
      expect(fake.summary().requests["issues.list"]).toBe(1);
    }),
  );

  it.effect("names the permission that the token lacks", () =>
    Effect.gen(function* () {
      const { issues } = yield* reading({
        world: {
          users: ["operator"],
          repos: [
            { name: "acme/shop", private: true, permissions: { operator: "admin" }, issues: [{}] },
          ],
          tokens: [
            {
              token: "weak",
              kind: "fine-grained",
              user: "operator",
              permissions: { metadata: "read" },
            },
          ],
        },
      });
      const error = yield* Effect.flip(factsOf(issues));
      assert(error._tag === "Forbidden");
      expect(error.permission).toMatch(/issues/i);
    }),
  );

  it.effect("asks for less at once where a batch is too much for the server", () =>
    Effect.gen(function* () {
      const fault = { kind: "html", status: 502 } as const;
      const { fake, issues, within } = yield* reading({
        world: { repos: [{ name: "acme/shop", issues: blockedByTheFirst(60) }] },
        faults: [{ on: "RelationsOfIssues", times: 5, fault }],
      });
      const found = issuesOf(yield* within(600, factsOf(issues)));
      expect(found.map(({ blockedBy }) => blockedBy.length)).toEqual([0, ...fill(59, 1)]);
      expect(fake.summary().requests["RelationsOfIssues"]).toBe(5 + 2);
    }),
  );

  it.effect("gives the same under every passing fault", () =>
    Effect.gen(function* () {
      const world = GitHub.many({ issues: 250, pulls: 30 });
      const calm = yield* reading({ world }, { comments: true });
      const expected = issuesOf(yield* factsOf(calm.issues));
      for (const seed of [1, 2, 3]) {
        const faults = passing(0.02);
        const rough = yield* reading({ world, faults, seed }, { comments: true });
        const found = issuesOf(yield* rough.within(36_000, factsOf(rough.issues)));
        expect(found.map(withoutHost)).toEqual(expected.map(withoutHost));
        expect(rough.fake.summary().violations).toEqual([]);
      }
    }),
  );
});

const fill = <A>(length: number, value: A): Array<A> => Array.from({ length }, () => value);

const blockedByTheFirst = (count: number): ReadonlyArray<GitHub.IssueInput> =>
  fill(count, {}).map((_, i) => ({ blockedBy: i === 0 ? [] : ["#1"] }));

/** Two fakes have two ports. */
const withoutHost = (issue: unknown): unknown =>
  JSON.parse(JSON.stringify(issue).replaceAll(/127\.0\.0\.1:\d+/g, "host"));
