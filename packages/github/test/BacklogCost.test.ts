import { assert, describe, it } from "@effect/vitest";
import { backlogRun, type Costs } from "./support/backlogRun.ts";

const sum = (values: ReadonlyArray<number>): number => values.reduce((all, one) => all + one, 0);

/** Operations of GraphQL begin with a capital. */
const points = (costs: Costs, of: RegExp): number =>
  sum(Object.entries(costs).flatMap(([name, cost]) => (of.test(name) ? [cost] : [])));

const tasks = 60;

/** Hours of simulated time take a busy machine a while. */
const patience = 180_000;

describe("a run of a backlog", () => {
  for (const autoMerge of [true, false]) {
    const who = autoMerge ? "GitHub" : "the run";
    it(
      `keeps to what GitHub allows and costs little, where ${who} merges`,
      async () => {
        const run = await backlogRun({ issues: tasks, slots: 10, autoMerge });
        const { ledger, requests } = run;
        assert.deepInclude(run, { outcome: "succeeded", tasks, merges: tasks, refused: 0 });
        assert.deepStrictEqual([run.warnings, run.violations], [[], []]);
        assert.deepStrictEqual([run.comments, run.duplicates], [{ 1: tasks }, 0]);

        assert.strictEqual(ledger.requests, sum(Object.values(requests)));
        assert.deepInclude(ledger, run.points);

        assert.isAtMost(run.readsAtOnce, 10);
        assert.isAtLeast(run.betweenChanges, 1000);
        assert.isAtMost(run.created.minute, 80);
        assert.isAtMost(run.created.hour, 500);

        const of = (name: string) => requests[name] ?? 0;
        assert.strictEqual(of("issues.get"), tasks);
        assert.strictEqual(of("comments.create"), tasks);
        assert.isAtMost(of("comments.update"), 3 * tasks);
        assert.strictEqual(of("SetStatus"), 2 * tasks);
        assert.strictEqual(of("issues.addLabels") + of("SetBoardStatus"), 0);
        for (const costs of run.perHour) {
          assert.isBelow(points(costs, /^[a-z]/), 350);
          assert.isBelow(points(costs, /^[A-Z]/), 400);
        }
      },
      patience,
    );
  }
});
