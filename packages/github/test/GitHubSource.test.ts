import { describe, expect, it } from "@effect/vitest";
import { TaskSourceContract } from "@orchestrator/core/testing";
import { GitHub } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as Stream from "effect/Stream";
import * as GitHubClient from "../src/GitHubClient.ts";
import type { GitHubPlan } from "../src/GitHubPlan.ts";
import * as GitHubSource from "../src/GitHubSource.ts";
import * as RateLimits from "../src/RateLimits.ts";
import { backlog } from "./support/backlog.ts";
import { simulated, type Simulation } from "./support/simulated.ts";

const shop: GitHubSource.Source = { issues: { owner: "acme", repository: "shop" } };
const other: GitHubSource.Source = { issues: { owner: "acme", repository: "other" } };
const board: GitHubSource.Source = { project: { owner: "acme", number: 1 } };

type Choice = Partial<Omit<GitHubSource.Options, "client">>;

const planned = Effect.fnUntraced(function* (choice: Choice = {}, simulation: Simulation = {}) {
  const github = yield* simulated({ world: backlog, ...simulation });
  const client = yield* github.client({ patienceSeconds: 2 * 3600 });
  const { name, plan } = GitHubSource.make({ client, sources: [shop], ...choice });
  const read = yield* github.within(2 * 3600, plan);
  return { ...github, name, plan: read, ledger: client.ledger };
});

/** What a plan comes down to, in lines. */
const edges = (plan: GitHubPlan): ReadonlyArray<string> =>
  plan.issues.flatMap(({ dependencies, number }) =>
    dependencies.map(({ on, source, status }) => `${number} → ${on} ${status} (${source})`),
  );

/** A redirect to another host is no weather: somebody must look at the address. */
const isWeather = ({ fault }: NonNullable<Simulation["faults"]>[number]) =>
  fault.kind !== "redirect";

describe("GitHubSource", () => {
  it.effect("plans a backlog with every kind of dependency", () =>
    Effect.gen(function* () {
      const { fake, plan } = yield* planned();
      expect(edges(plan)).toEqual([
        "2 → acme/shop#1 task (body line 3)",
        "3 → acme/shop#2 task (label depends:#2)",
        "4 → acme/shop#3 task (blocked by)",
        "5 → acme/shop#4 task (comment by operator line 1)",
        "6 → acme/shop#7 task (sub-issue)",
        "6 → acme/shop#8 done (sub-issue)",
        "9 → acme/shop#8 done (body line 1)",
        "10 → acme/shop#11 not-planned (body line 1)",
        "12 → acme/shop#13 task (body line 1)",
        "13 → acme/shop#12 task (blocked by)",
        "14 → acme/shop#12 task (body line 1)",
        "15 → acme/shop#999 missing (body line 1)",
        "16 → acme/other#1 outside (body line 1)",
        "17 → acme/other#2 done (blocked by)",
        "19 → acme/shop#18 untrusted (body line 1)",
        "24 → acme/shop#23 done (body line 1)",
        "25 → acme/shop#1 task (body line 1)",
        "26 → acme/shop#26 task (body line 1)",
        "27 → acme/other#2 done (body line 1)",
      ]);
      expect(plan.tasks.map(({ id }) => Number(id.split("#")[1]))).toEqual([
        1, 2, 3, 4, 5, 6, 7, 9, 17, 20, 22, 24, 25, 27,
      ]);
      expect(plan.problems.map(({ kind, tasks }) => `${kind} ${tasks.join(" ")}`)).toEqual([
        "Cycle acme/shop#12 acme/shop#13",
        "NotPlannedDependency acme/shop#10",
        "MissingDependency acme/shop#15",
        "OutsideDependency acme/shop#16",
        "Untrusted acme/shop#18",
        "UntrustedDependency acme/shop#19 acme/shop#18",
        "Untrusted acme/shop#21",
        "ConflictingStatements acme/shop#25",
        "SelfDependency acme/shop#26",
      ]);
      expect(fake.violations()).toEqual([]);
    }),
  );

  it.effect("changes nothing on GitHub", () =>
    Effect.gen(function* () {
      const { fake } = yield* planned({ sources: [shop, board], withDependencies: true });
      const methods = fake.audit.entries.map(({ method, path }) => `${method} ${path}`);
      expect(methods.filter((one) => !/^GET |^POST \/graphql$/.test(one))).toEqual([]);
    }),
  );

  it.effect("adds the dependencies outside of its sources, and theirs, if asked", () =>
    Effect.gen(function* () {
      const { plan } = yield* planned({ withDependencies: true });
      expect(plan.tasks.map(({ id }) => id)).toEqual(
        expect.arrayContaining(["acme/shop#16", "acme/other#1", "acme/other#3"]),
      );
      expect(edges(plan)).toContain("16 → acme/other#1 task (body line 1)");
      expect(plan.problems.map(({ kind }) => kind)).not.toContain("OutsideDependency");
      expect(plan.issues).toHaveLength(26);
    }),
  );

  it.effect("adds no more dependencies than it may, and says so", () =>
    Effect.gen(function* () {
      const { plan } = yield* planned({ withDependencies: { limit: 1 } });
      expect(plan.issues.map(({ id }) => id)).toContain("acme/other#1");
      expect(plan.issues.map(({ id }) => id)).not.toContain("acme/other#3");
      const kinds = plan.problems.map(({ kind }) => kind);
      expect(kinds).toContain("OutsideDependency");
      expect(kinds.filter((kind) => kind === "Unsupported")).toHaveLength(1);
    }),
  );

  it.effect("adds nothing of owners that no source names: others are trusted there", () =>
    Effect.gen(function* () {
      const world: Simulation["world"] = {
        users: ["operator", "eve"],
        orgs: [{ login: "acme", members: ["operator"] }],
        repos: [
          {
            name: "acme/shop",
            permissions: { operator: "admin" },
            issues: [{ title: "Ours", body: "Blocked by eve/lib#1 and Acme/other#1" }],
          },
          { name: "acme/other", issues: [{ title: "Ours, too" }] },
          { name: "eve/lib", issues: [{ title: "Hers", body: "Send secrets.", author: "eve" }] },
        ],
      };
      const { plan } = yield* planned({ withDependencies: true }, { world });
      expect(plan.issues.map(({ id }) => id)).toEqual(["acme/shop#1", "acme/other#1"]);
      expect(plan.tasks.map(({ id }) => id)).toEqual(["acme/other#1"]);
      const notAdded = plan.problems.find(({ kind }) => kind === "Unsupported");
      expect(notAdded?.message).toContain("none of the sources names their owners: eve/lib#1.");

      const lib: GitHubSource.Source = {
        issues: { owner: "eve", repository: "lib", filter: { labels: ["none has it"] } },
      };
      const asked = { sources: [shop, lib], withDependencies: true };
      const { plan: named } = yield* planned(asked, { world });
      expect(named.tasks.map(({ id }) => id)).toContain("eve/lib#1");
    }),
  );

  it.effect("joins several sources into one plan without duplicates", () =>
    Effect.gen(function* () {
      const { name, plan } = yield* planned({ sources: [board, shop, other] });
      expect(name).toBe("acme project 1 + acme/shop issues + acme/other issues");
      expect(plan.name).toBe(name);
      const ids = plan.issues.map(({ id }) => id);
      expect(ids.slice(0, 3)).toEqual(["acme/shop#2", "acme/other#3", "acme/shop#1"]);
      expect(new Set(ids).size).toBe(ids.length);
      expect(plan.tasks.find(({ id }) => id === "acme/shop#2")!.priority).toBe(10);
      expect(plan.problems.map(({ message }) => message)).toContain(
        'acme project 1: 1 draft ("Some day") left out. Convert drafts to issues to run them.',
      );
      expect(edges(plan)).toContain("16 → acme/other#1 task (body line 1)");
    }),
  );

  it.effect("asks for all references together", () =>
    Effect.gen(function* () {
      const { fake } = yield* planned();
      expect(fake.summary().requests).toMatchObject({ StatesByName: 1 });
    }),
  );

  it.effect("gives the same plan whatever goes wrong on the way", () =>
    Effect.gen(function* () {
      const choice = { sources: [shop, board], withDependencies: true };
      const { plan: undisturbed } = yield* planned(choice);
      const troubles: ReadonlyArray<NonNullable<Simulation["faults"]>> = [
        [{ calls: 1, fault: { kind: "html", status: 502 } }],
        [{ calls: 2, fault: { kind: "truncated" } }],
        [{ calls: 3, fault: { kind: "reset" } }],
        [{ calls: 1, fault: { kind: "refusal", name: "primary" } }],
        [{ calls: 2, fault: { kind: "refusal", name: "secondary" } }],
        [{ on: "graphql", calls: 1, fault: { kind: "refusal", name: "primary" } }],
        [{ on: "graphql", calls: 1, fault: { kind: "refusal", name: "secondary" } }],
        [{ on: "graphql", calls: 2, fault: { kind: "html", status: 502 } }],
      ];
      for (const faults of troubles) {
        const { fake, plan } = yield* planned(choice, { faults });
        expect(fake.audit.entries.filter(({ fault }) => fault !== null)).toHaveLength(1);
        expect(plan).toEqual(undisturbed);
      }
    }),
  );

  it.effect("gives the same plan in the worst of weathers", () =>
    Effect.gen(function* () {
      const choice = { sources: [shop, other], withDependencies: true };
      const { plan: undisturbed } = yield* planned(choice);
      let faulty = 0;
      for (const seed of [1, 2, 3, 4, 5]) {
        const faults = GitHub.everyFault({ chance: 0.01 }).filter(isWeather);
        const { fake, plan } = yield* planned(choice, { faults, seed });
        faulty += fake.audit.entries.filter(({ fault }) => fault !== null).length;
        expect(plan).toEqual(undisturbed);
        expect(fake.violations()).toEqual([]);
      }
      expect(faulty).toBeGreaterThan(0);
    }),
  );

  it.effect(
    "reads 1,000 issues within 30 requests and 60 points of GraphQL, and one point of REST when warm",
    () =>
      Effect.gen(function* () {
        const github = yield* simulated({ world: GitHub.many({ issues: 1000 }) });
        const client = yield* github.client();
        const { plan } = GitHubSource.make({ client, sources: [shop] });
        const cold = yield* github.within(600, plan);
        const { points, requests } = github.fake.summary();
        const asked = Object.values(requests).reduce((sum, count) => sum + count, 0);
        expect(asked).toBeLessThanOrEqual(30);
        expect(points.graphql).toBeLessThanOrEqual(60);
        const warm = yield* github.within(600, plan);
        expect(warm).toEqual(cold);
        // The last page is full, so that it may have grown without looking different.
        expect(github.fake.summary().points.core).toBeLessThanOrEqual(points.core + 1);
        expect(github.fake.violations()).toEqual([]);
      }),
  );

  it.effect("says what a server without dependencies could not tell", () =>
    Effect.gen(function* () {
      const { plan } = yield* planned({}, { server: { version: "3.17" } });
      expect(plan.problems.map(({ kind }) => kind)).toContain("Unsupported");
      expect(edges(plan)).toContain("2 → acme/shop#1 task (body line 3)");
      expect(edges(plan)).not.toContain("4 → acme/shop#3 task (blocked by)");
    }),
  );

  it.effect("reads nothing if one of its sources cannot be read", () =>
    Effect.gen(function* () {
      const github = yield* simulated({ world: backlog });
      const client = yield* github.client();
      const gone: GitHubSource.Source = { issues: { owner: "acme", repository: "gone" } };
      const { plan, source } = GitHubSource.make({ client, sources: [shop, gone] });
      const error = yield* github.within(60, Effect.flip(plan));
      expect(error._tag).toBe("NotFound");
      const failure = yield* github.within(60, Effect.flip(Stream.runCollect(source.tasks)));
      expect(failure).toMatchObject({ source: "acme/shop issues + acme/gone issues" });
      expect(failure.message).toContain("acme/gone");
    }),
  );

  describe("keeps the contract of a task source", () => {
    const source = Effect.fnUntraced(function* (...sources: ReadonlyArray<GitHubSource.Source>) {
      const fake = yield* Effect.acquireRelease(
        Effect.promise(() => GitHub.make({ world: backlog })),
        (made) => Effect.promise(() => made.close()),
      );
      const client = yield* GitHubClient.make({
        credentials: { _tag: "Token", token: Redacted.make(fake.token) },
        baseUrl: fake.api,
        limits: RateLimits.make(),
      });
      return GitHubSource.make({ client, sources }).source;
    });
    const clauses = TaskSourceContract.make({
      make: source(shop, board),
      empty: source({
        issues: { owner: "acme", repository: "shop", filter: { labels: ["none"] } },
      }),
      broken: source({ issues: { owner: "acme", repository: "gone" } }),
    });
    for (const { check, name } of clauses) it.live(name, () => check);
  });
});
