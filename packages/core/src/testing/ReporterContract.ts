/**
 * What the engine relies on in every reporter.
 *
 * ```ts
 * const clauses = ReporterContract.make({ make: Effect.succeed({ reporter, tasks, written }) });
 * for (const { name, check } of clauses) it.live(name, () => check);
 * ```
 */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { reportKey } from "../internal/effectKey.ts";
import type { Report, Reporter } from "../Reporter.ts";
import { RunState } from "../RunState.ts";
import type { Task } from "../Task.ts";
import * as Contract from "./Contract.ts";

/** A reporter without reports, and the ways to feed and to read it. */
export interface Setup {
  readonly reporter: Reporter["Service"];
  /** Two tasks that have a place to be told about. */
  readonly tasks: readonly [Task, Task];
  /** How many reports people see. */
  readonly written: Effect.Effect<number, unknown, Scope.Scope>;
}

export interface Options extends Contract.Limits {
  /** A new reporter for each clause. */
  readonly make: Effect.Effect<Setup, unknown, Scope.Scope>;
}

/** The clauses that every reporter keeps, for a test runner to run. */
export const make = (options: Options): ReadonlyArray<Contract.Clause> => {
  const define = Contract.clauses(options);
  return rules.map(([name, rule]) => define(name, Effect.flatMap(options.make, rule)));
};

type Rule = (setup: Setup) => Effect.Effect<unknown, unknown, Scope.Scope>;

const ended = { _tag: "TaskEnded", at: 1, outcome: "Succeeded" } as const;

/** What there is to tell of a task that joined a run, or that succeeded. */
const reportOf = (task: Task, run: string, isOver = false): Report => {
  const state = RunState.fold([
    { _tag: "TasksAdded", at: 0, tasks: [task] },
    ...(isOver ? [{ ...ended, task: task.id }] : []),
  ]);
  return { run, key: reportKey(run, task.id), state: state.at(0) };
};

/** Fails unless exactly these reports are found. */
const expectFound = (reporter: Setup["reporter"], report: Report, ids: ReadonlyArray<string>) =>
  Effect.flatMap(reporter.find(report), (found) =>
    Contract.expectEqual(
      "what was found",
      found.map(({ id }) => id),
      ids,
    ),
  );

const expectWritten = ({ written }: Setup, many: number) =>
  Effect.flatMap(written, (found) => Contract.expectEqual("reports", found, many));

const rules: ReadonlyArray<readonly [name: string, rule: Rule]> = [
  [
    "covers the tasks that have a place",
    ({ reporter, tasks }) =>
      Effect.forEach(tasks, (task) =>
        Contract.expect(reporter.covers(reportOf(task, "run").state), `${task.id} is not covered`),
      ),
  ],
  [
    "finds what it created, and nothing before",
    Effect.fnUntraced(function* (setup) {
      const { reporter, tasks } = setup;
      const report = reportOf(tasks[0], "run");
      yield* expectFound(reporter, report, []);
      const { id } = yield* reporter.create(report);
      yield* expectFound(reporter, report, [id]);
      yield* expectWritten(setup, 1);
    }),
  ],
  [
    "tells the reports of tasks and of runs apart",
    Effect.fnUntraced(function* ({ reporter, tasks: [task, other] }) {
      yield* reporter.create(reportOf(task, "run"));
      yield* expectFound(reporter, reportOf(other, "run"), []);
      yield* expectFound(reporter, reportOf(task, "later"), []);
    }),
  ],
  [
    "finds a report again after it was changed, as often as that was",
    Effect.fnUntraced(function* (setup) {
      const { reporter, tasks } = setup;
      const ref = yield* reporter.create(reportOf(tasks[0], "run"));
      const over = reportOf(tasks[0], "run", true);
      yield* reporter.update(ref, over);
      yield* reporter.update(ref, over);
      yield* expectFound(reporter, over, [ref.id]);
      yield* expectWritten(setup, 1);
    }),
  ],
];
