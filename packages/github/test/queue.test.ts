import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as GitHubReporter from "../src/GitHubReporter.ts";
import { intended, report, started, task } from "./support/reports.ts";
import { simulated } from "./support/simulated.ts";

const many = 60;
const options = { secret: Redacted.make("secret"), comments: false, labels: {} };
const issue = (number: number) => `acme/shop#${number}`;

const setUp = Effect.fnUntraced(function* (faults: Parameters<typeof simulated>[0] = {}) {
  const { client, fake, within } = yield* simulated({
    world: {
      users: ["operator"],
      repos: [
        {
          name: "acme/shop",
          permissions: { operator: "admin" },
          issues: Array.from({ length: many }, (_, i) => ({
            labels: i === 0 ? ["bug", "status:failed"] : ["bug"],
          })),
        },
      ],
    },
    ...faults,
  });
  const reporter = Effect.flatMap(client(), (github) => GitHubReporter.make(github, options));
  const made = yield* reporter;
  const tasks = Array.from({ length: many }, (_, i) => {
    const { nodeId } = fake.world.issue(issue(i + 1))!;
    const github = { repository: "acme/shop", number: i + 1, nodeId };
    return task({ id: issue(i + 1), payload: { github } });
  });
  return { fake, made, reporter, tasks, within };
});

describe("what waits", () => {
  it.effect("is labelled as queued, many issues with one request, and with nothing else", () =>
    Effect.gen(function* () {
      const { fake, made, tasks, within } = yield* setUp();
      yield* within(
        60,
        made.queued(tasks, (id) => id !== issue(2)),
      );
      const labels = (number: number) => fake.judge.labelsOf(issue(number));
      assert.deepStrictEqual(labels(1), ["bug", "status:queued"]);
      assert.deepStrictEqual(labels(2), ["bug"]);
      assert.deepStrictEqual(labels(many), ["bug", "status:queued"]);
      // Three batches, and once what an earlier run left is taken away.
      assert.strictEqual(fake.summary().requests["SetLabels"], 4);
      assert.strictEqual(fake.summary().costs["SetLabels"], 4);
      assert.deepStrictEqual(fake.violations(), []);
    }),
  );

  it.effect("loses that label by the one request that says it is worked on", () =>
    Effect.gen(function* () {
      const { fake, made, tasks, within } = yield* setUp();
      yield* within(
        60,
        made.queued(tasks, () => true),
      );
      const works = report([intended(), started()], tasks[4]);
      yield* within(60, made.reporter.update({ id: issue(5) }, works));
      assert.deepStrictEqual(fake.judge.labelsOf(issue(5)), ["bug", "status:in-progress"]);
      const { requests } = fake.summary();
      assert.strictEqual(requests["SetStatus"], 1);
      assert.isUndefined(requests["issues.removeLabel"]);
      // What was told of is left to its reports.
      yield* within(
        60,
        made.queued(tasks, () => true),
      );
      assert.deepStrictEqual(fake.judge.labelsOf(issue(5)), ["bug", "status:in-progress"]);
    }),
  );

  it.effect("keeps the label of its work if it begins while the request is on its way", () =>
    Effect.gen(function* () {
      const { fake, made, reporter, tasks, within } = yield* setUp();
      const works = report([intended(), started()], tasks[4]);
      yield* within(60, made.reporter.update({ id: issue(5) }, works));
      // Another reporter has told of it: this one knows only what it is told.
      const other = yield* reporter;
      let asked = 0;
      const isWaiting = (id: string) => id !== issue(5) || ++asked < 3;
      yield* within(60, other.queued(tasks, isWaiting));
      assert.strictEqual(asked, 3);
      assert.deepStrictEqual(fake.judge.labelsOf(issue(5)), ["bug", "status:in-progress"]);
    }),
  );

  it.effect("is labelled although one of the issues is gone", () =>
    Effect.gen(function* () {
      const { fake, made, tasks, within } = yield* setUp();
      const gone = task({
        id: issue(999),
        payload: { github: { repository: "acme/shop", number: 999, nodeId: "I_gone" } },
      });
      yield* within(
        120,
        made.queued([gone, ...tasks], () => true),
      );
      const labelled = tasks.filter(({ id }) => fake.judge.labelsOf(id).includes("status:queued"));
      assert.strictEqual(labelled.length, many);
    }),
  );
});
