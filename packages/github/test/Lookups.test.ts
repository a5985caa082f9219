import { describe, expect, it } from "@effect/vitest";
import type { GitHub } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as Lookups from "../src/Lookups.ts";
import { issuesOf } from "./support/reading.ts";
import { simulated } from "./support/simulated.ts";

const world: GitHub.WorldInput = {
  users: ["operator"],
  repos: [
    {
      name: "acme/shop",
      formerly: ["acme/store"],
      permissions: { operator: "admin" },
      issues: [
        { title: "Open", comments: ["Hi"], blockedBy: ["#2"], parent: "#3" },
        { state: "closed" },
        { state: "closed", stateReason: "not_planned" },
        { state: "closed", stateReason: "duplicate" },
        { pull: true },
        { pull: { merged: true }, state: "closed" },
        { pull: true, state: "closed" },
      ],
    },
    { name: "acme/api", issues: [{}] },
    { name: "secret/plans", private: true, issues: [{}] },
  ],
};

const made = Effect.fnUntraced(function* (given: GitHub.WorldInput = world) {
  const simulation = yield* simulated({ world: given });
  return { ...simulation, client: yield* simulation.client() };
});

describe("look", () => {
  it.effect("tells what each id stands for and where it is in its life", () =>
    Effect.gen(function* () {
      const { client, fake } = yield* made();
      const ids = [1, 2, 3, 4, 5, 6, 7].map((number) => `acme/shop#${number}`);
      const found = yield* Lookups.look(client, ids);
      const states = ids.map((id) => {
        const lookup = found.get(id);
        return lookup?._tag === "Found" ? [lookup.issue.kind, lookup.issue.state] : lookup;
      });
      expect(states).toEqual([
        ["issue", "open"],
        ["issue", "completed"],
        ["issue", "not-planned"],
        ["issue", "duplicate"],
        ["pull-request", "open"],
        ["pull-request", "merged"],
        ["pull-request", "closed"],
      ]);
      expect(fake.violations()).toEqual([]);
    }),
  );

  it.effect("takes what is not there, not to be seen or no id for missing", () =>
    Effect.gen(function* () {
      const { client, fake } = yield* made();
      const ids = ["acme/shop#99", "acme/none#1", "secret/plans#1", "nonsense", "a/b#99999999999"];
      const found = yield* Lookups.look(client, [...ids, "acme/api#1"]);
      expect(ids.map((id) => found.get(id))).toEqual(ids.map(() => ({ _tag: "Missing" })));
      expect(found.get("acme/api#1")?._tag).toBe("Found");
      expect(fake.violations()).toEqual([]);
    }),
  );

  it.effect("asks for each once, in any spelling, and answers in GitHub's", () =>
    Effect.gen(function* () {
      const { client } = yield* made();
      const found = yield* Lookups.look(client, ["ACME/Shop#1", "acme/shop#1", "acme/store#2"]);
      expect([...found.keys()]).toEqual(["acme/shop#1", "acme/store#2"]);
      expect(found.get("acme/store#2")).toMatchObject({ issue: { id: "acme/shop#2" } });
    }),
  );

  it.effect("asks for nothing if there is nothing to look up", () =>
    Effect.gen(function* () {
      const { client, fake } = yield* made();
      expect(yield* Lookups.look(client, ["nonsense"])).toEqual(
        new Map([["nonsense", { _tag: "Missing" }]]),
      );
      expect(fake.summary().requests).toEqual({});
    }),
  );

  it.effect("asks for a hundred in one request of one point", () =>
    Effect.gen(function* () {
      const repos = Array.from({ length: 5 }, (_, r) => ({
        name: `acme/r${r}`,
        issues: Array.from({ length: 50 }, () => ({})),
      }));
      const { client, fake } = yield* made({ repos });
      const ids = repos.flatMap(({ name }) =>
        Array.from({ length: 50 }, (_, i) => `${name}#${i + 1}`),
      );
      const found = yield* Lookups.look(client, ids);
      expect([...found.values()].every(({ _tag }) => _tag === "Found")).toBe(true);
      expect(fake.summary().requests).toEqual({ StatesByName: 3 });
      expect(client.ledger.statement().graphql).toBe(3);
    }),
  );
});

describe("facts", () => {
  it.effect("gives issues whole, and leaves out what is none or not there", () =>
    Effect.gen(function* () {
      const { client, fake } = yield* made();
      const ids = ["acme/shop#1", "acme/shop#5", "acme/shop#99", "acme/api#1"];
      const options = { source: "dependencies", reading: { comments: true } };
      const facts = yield* Lookups.facts(client, ids, options);
      const issues = new Map(issuesOf(facts).map((issue) => [issue.id, issue]));
      expect([...issues.keys()].toSorted()).toEqual(["acme/api#1", "acme/shop#1"]);
      expect(facts).toHaveLength(2);
      expect(issues.get("acme/shop#1")).toMatchObject({
        title: "Open",
        source: "dependencies",
        blockedBy: [{ id: "acme/shop#2" }],
        parent: { id: "acme/shop#3" },
        comments: [{ body: "Hi" }],
      });
      expect(fake.summary().requests).toEqual({ IssuesByName: 1 });
      expect(fake.violations()).toEqual([]);
    }),
  );
});
