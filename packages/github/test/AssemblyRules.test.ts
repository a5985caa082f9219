import { describe, expect, it } from "@effect/vitest";
import { GraphReport, PlanProblem, Task } from "@orchestrator/core";
import * as fc from "fast-check";
import * as Assembly from "../src/Assembly.ts";
import type { GitHubPlan, PlannedIssue } from "../src/GitHubPlan.ts";
import type { IssueFacts, LinkedIssue, Lookup } from "../src/IssueFacts.ts";
import * as TaskFields from "../src/TaskFields.ts";
import { comment, issue, linked, lookups } from "./support/facts.ts";

const size = 8;
const anyNumber = fc.integer({ min: 1, max: size + 3 });
const anyRepository = fc.constantFrom("acme/shop", "acme/api", "Acme/Shop", "old/shop");

const anyLinked = fc
  .record({
    repository: anyRepository,
    number: anyNumber,
    kind: fc.constantFrom("issue" as const, "pull-request" as const),
    state: fc.constantFrom(
      "open" as const,
      "completed" as const,
      "not-planned" as const,
      "duplicate" as const,
      "merged" as const,
      "closed" as const,
    ),
  })
  .map(({ repository, number, ...told }) => linked(`${repository}#${number}`, told));

const anyLine = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        "Depends on",
        "blocked by:",
        "not blocked by",
        "After",
        "- [ ]",
        "> Requires",
      ),
      fc.constantFrom("#", "acme/api#", "ACME/shop#", "https://github.com/acme/shop/issues/"),
      fc.nat({ max: size + 3 }),
      fc.constantFrom("", " until merged", " (pr-open)"),
    )
    .map(([words, where, number, gate]) => `${words} ${where}${number}${gate}`),
  fc.constantFrom(
    "## Dependencies",
    "---",
    "until: merged",
    "dependsOn: [2, x]",
    "dependsOn: 3",
    "priority: high",
    "```",
    "<!--",
    "-->",
  ),
  fc.string({ unit: "binary" }),
);
const anyText = fc.array(anyLine, { maxLength: 5 }).map((lines) => lines.join("\n"));

const anyLinks = fc.array(anyLinked, { maxLength: 2 });

const anyApproval = fc.record({
  label: fc.constant("orchestrator:approved"),
  actor: fc.constantFrom("bob", undefined),
  at: fc.constant(0),
  mayWrite: fc.boolean(),
  isOutdated: fc.boolean(),
});

const rarely = <A>(value: A, usually: A) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(usually) },
    { weight: 1, arbitrary: fc.constant(value) },
  );

const anyIssue = (number: number): fc.Arbitrary<IssueFacts> =>
  fc
    .record({
      title: fc.string({ unit: "binary" }),
      body: anyText,
      state: fc.constantFrom(
        "open" as const,
        "open" as const,
        "open" as const,
        "completed" as const,
        "not-planned" as const,
      ),
      association: rarely("NONE", "OWNER"),
      labels: fc.array(
        fc.constantFrom(
          "orchestrator:approved",
          "depends:#2",
          "blocked-by:acme/api#3",
          "depends:x",
        ),
        { maxLength: 2 },
      ),
      milestone: fc.option(
        fc
          .constantFrom("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "soon", undefined)
          .map((dueOn) => ({ number: 1, title: "v", dueOn, isOpen: true })),
        { nil: undefined },
      ),
      comments: fc.array(
        fc
          .tuple(anyText, fc.constantFrom("OWNER", "NONE"))
          .map(([body, association]) => comment(body, { association })),
        { maxLength: 2 },
      ),
      blockedBy: anyLinks,
      subIssues: rarely<ReadonlyArray<LinkedIssue>>(
        number === 1 ? [linked("acme/shop#2")] : [],
        [],
      ),
      // GitHub keeps parents from being in a circle.
      parent: fc.option(anyLinked, { nil: undefined }).map((parent) => {
        const above = Number(parent?.id.split("#")[1]);
        return above < number || above > size ? parent : undefined;
      }),
      hidden: rarely({ blockers: 1, subIssues: 0 }, { blockers: 0, subIssues: 0 }),
      approval: fc.option(anyApproval, { nil: undefined }),
      updatedAt: fc.nat({ max: 3 }),
    })
    .map((told) => issue(number, told));

/** Issues 1, 2, … of acme/shop that refer to each other and to others in any way. */
const anyBacklog = fc
  .integer({ min: 0, max: size })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, at) => anyIssue(at + 1))));

const anyLookups = fc.array(anyLinked, { maxLength: 4 }).map((found): Map<string, Lookup> => {
  // The repository that was renamed.
  const renamed = [1, 2].map((number): [string, Lookup] => [
    `old/shop#${number}`,
    { _tag: "Found", issue: linked(`acme/shop#${number}`) },
  ]);
  return new Map([...lookups(...found), ...renamed]);
});

const anyOptions: fc.Arbitrary<Assembly.Options> = fc.record({
  dependencies: fc.record({
    text: fc.boolean(),
    comments: fc.boolean(),
    labels: fc.boolean(),
    native: fc.boolean(),
    subIssues: fc.boolean(),
    inheritFromParent: fc.boolean(),
    milestones: fc.boolean(),
  }),
  longestBody: fc.constantFrom(20, 1000),
});

/** Something to assemble. */
const anyMaterial = fc.tuple(anyBacklog, anyLookups, anyOptions);
type Material = typeof anyMaterial extends fc.Arbitrary<infer A> ? A : never;

const assemble = ([facts, found, options]: Material): GitHubPlan =>
  Assembly.assemble(facts, found, [], options);

const holds = (rule: (material: Material) => void) =>
  fc.assert(fc.property(anyMaterial, rule), { numRuns: 300 });

/** What can run, found by adding what waits for nothing but what was added, again and again. */
const running = (
  issues: ReadonlyArray<PlannedIssue>,
  cannot: (one: PlannedIssue) => boolean,
): ReadonlySet<string> => {
  const ids = new Set<string>();
  for (let round = 0; round < issues.length; round++) {
    for (const one of issues) {
      const isFree = one.dependencies.every(({ on, satisfied }) => satisfied || ids.has(on));
      if (isFree && !cannot(one)) ids.add(one.id);
    }
  }
  return ids;
};

describe("A plan from GitHub, whatever the backlog holds", () => {
  it("has tasks that form a graph of their own", () => {
    holds((material) => {
      const { tasks } = assemble(material);
      const { problems } = GraphReport.make(tasks);
      expect(problems.filter((one) => PlanProblem.severity(one) === "error")).toEqual([]);
    });
  });

  it("runs exactly what is open, trusted and waits for nothing that does not run", () => {
    holds((material) => {
      const [facts, , { longestBody, dependencies }] = material;
      const plan = assemble(material);
      const cannot = ({ isTrusted, number, state }: PlannedIssue) => {
        const one = facts.find((known) => known.number === number)!;
        const { body, hidden, labels } = one;
        const isHidden = dependencies?.native === true && hidden.blockers > 0;
        const isMislabelled = dependencies?.labels === true && labels.includes("depends:x");
        const isUnclear = isMislabelled || TaskFields.read(one).lost.length > 0;
        return (
          state !== "open" || !isTrusted || body.length > longestBody! || isHidden || isUnclear
        );
      };
      const ids = running(plan.issues, cannot);
      expect(new Set(plan.tasks.map(({ id }) => id))).toEqual(ids);
      for (const { blocked, id } of plan.issues) expect(blocked === undefined).toBe(ids.has(id));
    });
  });

  it("lets tasks wait for everything that is not satisfied, each once", () => {
    holds((material) => {
      const plan = assemble(material);
      const planned = new Map(plan.issues.map((one) => [one.id, one]));
      for (const task of plan.tasks) {
        const waits = planned.get(task.id)!.dependencies.filter(({ satisfied }) => !satisfied);
        expect(Task.dependencies(task).map((one) => one.task)).toEqual(waits.map(({ on }) => on));
        expect(new Set(waits.map(({ on }) => on.toLowerCase())).size).toBe(waits.length);
      }
    });
  });

  it("gives each issue that cannot run a way to a reason of its own", () => {
    holds((material) => {
      const plan = assemble(material);
      const planned = new Map(plan.issues.map((one) => [one.id, one]));
      for (const one of plan.issues) {
        if (one.because === undefined) continue;
        const holder = planned.get(one.because);
        expect(one.dependencies.map(({ on }) => on)).toContain(one.because);
        expect(holder?.blocked).toBeDefined();
        expect(one.blocked).toContain(`waits for ${one.because}, which `);
      }
    });
  });

  it("tells of every open issue that is not run, or that it waits for one", () => {
    holds((material) => {
      const plan = assemble(material);
      const told = new Set(plan.problems.flatMap(({ tasks }) => tasks));
      for (const { because, blocked, id, state } of plan.issues) {
        if (blocked === undefined || state !== "open" || because !== undefined) continue;
        expect(told).toContain(id);
      }
    });
  });

  it("does not depend on the order in which issues were read", () => {
    const anyOrder = anyMaterial.chain(([facts, found, options]) =>
      fc.tuple(
        fc.constant<Material>([facts, found, options]),
        fc
          .shuffledSubarray([...facts], { minLength: facts.length })
          .map((shuffled): Material => [shuffled, found, options] as unknown as Material),
      ),
    );
    const essence = (plan: GitHubPlan) => ({
      issues: plan.issues
        .map(({ blocked, dependencies, id, isTrusted }) => ({
          id,
          isTrusted,
          isBlocked: blocked !== undefined,
          dependencies: dependencies
            .map(({ on, status, until }) => `${on.toLowerCase()} ${status} ${until}`)
            .sort(),
        }))
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
      tasks: plan.tasks.map(({ id }) => id).sort(),
    });
    fc.assert(
      fc.property(anyOrder, ([one, other]) => {
        expect(essence(assemble(other))).toEqual(essence(assemble(one)));
      }),
      { numRuns: 300 },
    );
  });

  it("is the same when a source gives an issue twice", () => {
    holds(([facts, found, options]) => {
      const twice = Assembly.assemble([...facts, ...facts], found, [], options);
      expect(twice).toEqual(Assembly.assemble(facts, found, [], options));
    });
  });
});
