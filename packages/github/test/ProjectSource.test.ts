import { assert, describe, expect, it } from "@effect/vitest";
import { GitHub } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import type { Reading } from "../src/FactSource.ts";
import * as Permissions from "../src/Permissions.ts";
import * as ProjectSource from "../src/ProjectSource.ts";
import { factsOf, issuesOf, messagesOf, passing, unusablesOf } from "./support/reading.ts";
import { type Simulation, simulated } from "./support/simulated.ts";

interface Asked extends Omit<ProjectSource.Options, "owner" | "number"> {
  readonly owner?: string;
  readonly number?: number;
}

const board = Effect.fnUntraced(function* (simulation: Simulation, asked: Asked = {}) {
  const made = yield* simulated(simulation);
  const client = yield* made.client({ patienceSeconds: 36_000 });
  const items = ProjectSource.make(client, { owner: "acme", number: 1, ...asked });
  return { ...made, client, items };
});

const fields = {
  Status: ["Todo", "Ready", "Done"],
  Priority: "TEXT",
  Points: "NUMBER",
  Due: "DATE",
  Sprint: { iterations: [{ title: "Sprint 1", startDate: "2025-01-01" }] },
} as const;

/** A board with issues of two repositories and everything else that a board may hold. */
const world: GitHub.WorldInput = {
  users: ["operator", "stranger"],
  orgs: [{ login: "acme", members: ["operator"] }],
  repos: [
    {
      name: "acme/shop",
      permissions: { operator: "admin" },
      milestones: ["v1"],
      issues: [
        { title: "Pay", labels: ["bug"], milestone: "v1", blockedBy: ["#2", "acme/api#1"] },
        { title: "Cart", state: "closed", comments: ["After #1"] },
        { title: "Fix it", pull: true },
        { title: "Old" },
      ],
    },
    { name: "acme/api", issues: [{ title: "Charge" }] },
    { name: "secret/plans", private: true, issues: [{ title: "Secret" }] },
  ],
  projects: [
    {
      owner: "acme",
      fields,
      items: [
        {
          issue: "acme/shop#1",
          values: {
            Status: "Ready",
            Priority: "high",
            Points: 3,
            Due: "2026-03-01",
            Sprint: "Sprint 1",
          },
        },
        { issue: "acme/api#1", values: { Status: "Ready" } },
        { issue: "acme/shop#2", values: { Status: "Done" } },
        { draft: "An idea", values: { Status: "Ready" } },
        { issue: "acme/shop#3", values: { Status: "Ready" } },
        { issue: "acme/shop#4", archived: true, values: { Status: "Ready" } },
        { issue: "secret/plans#1", redacted: true },
      ],
    },
  ],
};

const titles = (facts: Parameters<typeof issuesOf>[0]) => issuesOf(facts).map(({ title }) => title);
const found = Effect.fnUntraced(function* (filter: ProjectSource.Filter) {
  const { fake, items } = yield* board({ world }, { filter });
  const facts = yield* factsOf(items);
  expect(fake.violations()).toEqual([]);
  return titles(facts);
});

describe("a board", () => {
  it.effect("gives its issues in its order, with their own repositories and fields", () =>
    Effect.gen(function* () {
      const fieldNames = ["priority", "Points", "Due", "Sprint", "Nothing"];
      const { fake, items } = yield* board({ world }, { fieldNames });
      const issues = issuesOf(yield* factsOf(items));
      expect(issues.map(({ id, state }) => [id, state])).toEqual([
        ["acme/shop#1", "open"],
        ["acme/api#1", "open"],
        ["acme/shop#2", "completed"],
      ]);
      const [pay] = issues;
      expect(pay?.fields).toEqual({
        Status: "Ready",
        Priority: "high",
        Points: 3,
        Due: "2026-03-01",
        Sprint: "Sprint 1",
      });
      expect(pay).toMatchObject({
        labels: ["bug"],
        milestone: { title: "v1" },
        comments: [],
        hidden: { blockers: 0, subIssues: 0 },
        source: "acme project 1",
      });
      expect(pay?.blockedBy.map(({ id }) => id).toSorted()).toEqual(["acme/api#1", "acme/shop#2"]);
      expect(fake.violations()).toEqual([]);
    }),
  );

  it.effect("tells what is no issue", () =>
    Effect.gen(function* () {
      const { items } = yield* board({ world });
      const told = unusablesOf(yield* factsOf(items)).map(({ kind, title }) => [kind, title]);
      expect(told).toEqual([
        ["draft", "An idea"],
        ["pull-request", "Fix it"],
        ["archived", "Old"],
        ["redacted", undefined],
      ]);
    }),
  );

  it.effect("gives comments if they are asked for", () =>
    Effect.gen(function* () {
      const { items } = yield* board({ world }, { reading: { comments: true } });
      const cart = issuesOf(yield* factsOf(items)).find(({ title }) => title === "Cart");
      expect(cart?.comments.map(({ body }) => body)).toEqual(["After #1"]);
    }),
  );

  it.effect("gives approvals if they are asked for", () =>
    Effect.gen(function* () {
      const at = "2025-01-02T00:00:00Z";
      const issue = { author: "stranger", labels: [{ name: "ok", by: "operator", at }] };
      const made = yield* simulated({
        world: {
          ...world,
          repos: [{ name: "acme/shop", permissions: { operator: "admin" }, issues: [issue] }],
          projects: [{ owner: "acme", items: ["acme/shop#1"] }],
        },
      });
      const client = yield* made.client();
      const permissions = Permissions.make(client);
      const reading: Reading = { approval: { label: "ok", isNeeded: () => true, permissions } };
      const items = ProjectSource.make(client, { owner: "acme", number: 1, reading });
      const [first] = issuesOf(yield* factsOf(items));
      expect(first?.approval).toMatchObject({ actor: "operator", mayWrite: true });
    }),
  );

  it.effect("is found with a user and with a repository too", () =>
    Effect.gen(function* () {
      const own = { ...world, projects: [{ owner: "operator", items: ["acme/shop#1"] }] };
      const { items } = yield* board({ world: own }, { owner: "operator" });
      expect(titles(yield* factsOf(items))).toEqual(["Pay"]);
      const linked = yield* board({ world }, { owner: "acme/shop" });
      expect(titles(yield* factsOf(linked.items))).toEqual(["Pay", "Charge", "Cart"]);
    }),
  );
});

describe("the filter of a board", () => {
  it.effect("compares the status in any case", () =>
    Effect.gen(function* () {
      expect(yield* found({ status: ["READY"] })).toEqual(["Pay", "Charge"]);
      expect(yield* found({ status: ["done", "Ready"] })).toEqual(["Pay", "Charge", "Cart"]);
      expect(yield* found({ status: ["Todo"] })).toEqual([]);
    }),
  );

  it.effect("takes the status from another field if told so", () =>
    Effect.gen(function* () {
      const { items } = yield* board(
        { world },
        { statusField: "Sprint", filter: { status: ["sprint 1"] } },
      );
      expect(titles(yield* factsOf(items))).toEqual(["Pay"]);
    }),
  );

  it.effect("wants one value of every field that is named", () =>
    Effect.gen(function* () {
      expect(yield* found({ fields: { points: ["3", "5"] } })).toEqual(["Pay"]);
      expect(yield* found({ fields: { Labels: ["BUG"] } })).toEqual(["Pay"]);
      expect(yield* found({ fields: { Milestone: ["v1"] } })).toEqual(["Pay"]);
      expect(yield* found({ fields: { Repository: ["acme/API"] } })).toEqual(["Charge"]);
      expect(yield* found({ status: ["Ready"], fields: { Sprint: ["Sprint 2"] } })).toEqual([]);
    }),
  );

  it.effect("is left to the board itself where it is a line of the board's own", () =>
    Effect.gen(function* () {
      expect(yield* found({ query: "status:Done" })).toEqual(["Cart"]);
    }),
  );

  it.effect("gives no more than the limit", () =>
    Effect.gen(function* () {
      expect(yield* found({ limit: 2 })).toEqual(["Pay", "Charge"]);
      const large = { world: GitHub.many({ issues: 250, board: true }) };
      const { fake, items } = yield* board(large, { filter: { limit: 50 } });
      expect(titles(yield* factsOf(items))).toHaveLength(50);
      expect(fake.summary().requests).toEqual({ BoardFields: 1, BoardItems: 1 });
    }),
  );

  it.effect("keeps quiet of what is no issue and does not pass, except what may not be seen", () =>
    Effect.gen(function* () {
      const { items } = yield* board({ world }, { filter: { status: ["Done"] } });
      expect(unusablesOf(yield* factsOf(items)).map(({ kind }) => kind)).toEqual(["redacted"]);
    }),
  );

  it.effect("names the choices and the fields there are for those that are not there", () =>
    Effect.gen(function* () {
      const refusal = Effect.fnUntraced(function* (filter: ProjectSource.Filter) {
        const { fake, items } = yield* board({ world }, { filter });
        const error = yield* Effect.flip(factsOf(items));
        assert(error._tag === "Invalid");
        expect(fake.summary().requests).toEqual({ BoardFields: 1 });
        return error.message;
      });
      expect(yield* refusal({ status: ["Redy"] })).toBe(
        'Status "Redy" is not on acme project 1: it has "Todo", "Ready", "Done"',
      );
      expect(yield* refusal({ fields: { Size: ["S"] } })).toMatch(
        /^acme project 1 has no field "Size": filter by one of "Title", .*"Status", .*"Sprint"/,
      );
    }),
  );
});

describe("reading a board", () => {
  it.effect("reads 300 items with everything in 4 requests", () =>
    Effect.gen(function* () {
      const { client, fake, items } = yield* board(
        { world: GitHub.many({ issues: 300, board: true }) },
        { reading: { comments: true }, fieldNames: ["Priority", "Estimate"] },
      );
      const issues = issuesOf(yield* factsOf(items));
      expect(issues.map(({ number }) => number)).toEqual(issues.map((_, i) => i + 1));
      expect(issues).toHaveLength(300);
      expect(issues.every((issue) => typeof issue.fields["Estimate"] === "number")).toBe(true);
      expect(client.ledger.statement().requests).toBe(4);
      expect(client.ledger.statement().graphql).toBeLessThanOrEqual(20);
      expect(fake.summary().points.graphql).toBe(client.ledger.statement().graphql);
      expect(fake.violations()).toEqual([]);
    }),
  );

  it.effect("gives the same under every passing fault", () =>
    Effect.gen(function* () {
      const large = { world: GitHub.many({ issues: 250, board: true }) };
      const calm = yield* board(large);
      const expected = withoutHost(issuesOf(yield* factsOf(calm.items)));
      for (const seed of [1, 2, 3]) {
        const rough = yield* board({ ...large, faults: passing(0.03), seed });
        const facts = yield* rough.within(36_000, factsOf(rough.items));
        expect(withoutHost(issuesOf(facts))).toEqual(expected);
        expect(rough.fake.violations()).toEqual([]);
      }
    }),
  );

  it.effect("asks for less at once where a page is too much for the server", () =>
    Effect.gen(function* () {
      const large = { world: GitHub.many({ issues: 120, board: true }) };
      const fault = { on: "BoardItems", times: 5, fault: { kind: "html", status: 502 } } as const;
      const { fake, items, within } = yield* board({ ...large, faults: [fault] });
      const issues = issuesOf(yield* within(600, factsOf(items)));
      expect(issues.map(({ number }) => number)).toEqual(issues.map((_, i) => i + 1));
      expect(issues).toHaveLength(120);
      expect(fake.summary().requests["BoardItems"]).toBe(5 + 3);
    }),
  );

  it.effect("says what a token needs that may not see the board", () =>
    Effect.gen(function* () {
      const weak = (token: GitHub.TokenInput) => board({ world: { ...world, tokens: [token] } });
      const tokens: ReadonlyArray<GitHub.TokenInput> = [
        { token: "a", kind: "actions", repo: "acme/shop" },
        { token: "b", kind: "classic", user: "operator", scopes: ["repo"] },
        { token: "c", kind: "fine-grained", user: "operator", permissions: { issues: "read" } },
      ];
      for (const token of tokens) {
        const { items } = yield* weak(token);
        const error = yield* Effect.flip(factsOf(items));
        expect(["Forbidden", "NotFound"]).toContain(error._tag);
        expect(error.message).toMatch(/project/i);
      }
      const gone = yield* board({ world }, { number: 9 });
      const error = yield* Effect.flip(factsOf(gone.items));
      expect(error._tag).toBe("NotFound");
      expect(error.message).toContain("acme project 9 is not there");
    }),
  );

  it.effect("leaves out dependencies on a server that has none, and says so", () =>
    Effect.gen(function* () {
      const { items } = yield* board({ world, server: { version: "3.17" } });
      const facts = yield* factsOf(items);
      expect(issuesOf(facts)[0]?.blockedBy).toEqual([]);
      expect(messagesOf(facts)).toEqual([expect.stringContaining("which issues block which")]);
    }),
  );
});

/** Two fakes have two ports. */
const withoutHost = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll(/127\.0\.0\.1:\d+/g, "host"));
