import { assert, describe, it } from "@effect/vitest";
import type { Reporter } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as GitHubReporter from "../src/GitHubReporter.ts";
import { intended, report, started, task } from "./support/reports.ts";
import { type Simulation, simulated } from "./support/simulated.ts";

const issue = "acme/shop#1";

const worldOf = (scopes: ReadonlyArray<string>): NonNullable<Simulation["world"]> => ({
  users: ["operator"],
  orgs: [{ login: "acme", members: ["operator"] }],
  projects: [
    { owner: "acme", fields: { Status: ["Todo", "In Progress", "Done"] }, items: [issue] },
  ],
  tokens: [{ token: "t", kind: "classic", user: "operator", scopes }],
  repos: [
    {
      name: "acme/shop",
      permissions: { operator: "admin" },
      issues: [{ labels: ["bug", "status:queued"] }],
    },
  ],
});

const setUp = Effect.fnUntraced(function* (
  faults: NonNullable<Simulation["faults"]> = [],
  scopes = ["repo", "read:org", "project"],
) {
  const { client, fake, within } = yield* simulated({ world: worldOf(scopes), faults });
  const { reporter } = yield* GitHubReporter.make(yield* client(), {
    secret: Redacted.make("secret"),
    comments: false,
    labels: {},
    board: { owner: "acme", number: 1 },
  });
  const { nodeId } = fake.world.issue(issue)!;
  const told = task({ payload: { github: { repository: "acme/shop", number: 1, nodeId } } });
  const update = (of: Reporter.Report) =>
    within(60, Effect.result(reporter.update({ id: issue }, of)));
  const asked = () => fake.summary().requests;
  return {
    asked,
    fake,
    works: update(report([intended(), started()], told)),
    ends: update(
      report([intended(), started(), { _tag: "TaskEnded", outcome: "Succeeded" }], told),
    ),
  };
});

describe("label and card", () => {
  it.effect("are changed by one request", () =>
    Effect.gen(function* () {
      const { asked, ends, fake, works } = yield* setUp();
      yield* works;
      assert.deepStrictEqual(fake.judge.labelsOf(issue), ["bug", "status:in-progress"]);
      const before = asked();
      yield* ends;
      assert.deepStrictEqual(fake.judge.labelsOf(issue), ["bug", "status:completed"]);
      assert.deepStrictEqual(fake.judge.cardHistory(issue), ["In Progress", "Done"]);
      const made = { "labels.get": 2, "labels.create": 2, SetStatus: 2 };
      assert.deepStrictEqual(asked(), { ...before, ...made });
      assert.deepStrictEqual(fake.violations(), []);
    }),
  );

  it.effect("leave none of the labels that others gave meanwhile", () =>
    Effect.gen(function* () {
      const { ends, fake, works } = yield* setUp();
      yield* works;
      fake.people.label(issue, "status:failed");
      fake.people.unlabel(issue, "status:in-progress");
      yield* ends;
      assert.deepStrictEqual(fake.judge.labelsOf(issue), ["bug", "status:completed"]);
    }),
  );

  it.effect("are changed although the answer to that is lost", () =>
    Effect.gen(function* () {
      const lost = { kind: "reset", effect: "done" } as const;
      const { ends, fake, works } = yield* setUp([{ on: "SetStatus", fault: lost }]);
      for (const update of [works, ends]) assert.strictEqual((yield* update)._tag, "Success");
      assert.deepStrictEqual(fake.judge.labelsOf(issue), ["bug", "status:completed"]);
      assert.strictEqual(fake.judge.cardHistory(issue).at(-1), "Done");
    }),
  );

  it.effect("do without each other: a token that may not move cards sets labels", () =>
    Effect.gen(function* () {
      const { ends, fake, works } = yield* setUp([], ["repo", "read:org", "read:project"]);
      for (const update of [works, ends]) {
        const result = yield* update;
        assert.isTrue(
          result._tag === "Failure" && result.failure.message.startsWith("the board: "),
        );
      }
      assert.deepStrictEqual(fake.judge.labelsOf(issue), ["bug", "status:completed"]);
      assert.deepStrictEqual(fake.judge.cardHistory(issue), []);
    }),
  );
});
