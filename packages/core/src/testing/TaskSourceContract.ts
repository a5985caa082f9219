/**
 * What everybody relies on in a task source over material without mistakes.
 *
 * ```ts
 * const clauses = TaskSourceContract.make({ make: Effect.succeed(source), expected: tasks });
 * for (const { name, check } of clauses) it.live(name, () => check);
 * ```
 */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import { Task } from "../Task.ts";
import type { TaskSource } from "../TaskSource.ts";
import * as Contract from "./Contract.ts";

export interface Options extends Contract.Limits {
  /** A source for each clause, with at least two tasks. */
  readonly make: Effect.Effect<TaskSource["Service"], unknown, Scope.Scope>;
  /** What it gives, in order; absent: anything valid. */
  readonly expected?: ReadonlyArray<Task>;
  /** A source that cannot be read; absent: nothing of that is checked. */
  readonly broken?: Effect.Effect<TaskSource["Service"], unknown, Scope.Scope>;
  /** A source without tasks; absent: nothing of that is checked. */
  readonly empty?: Effect.Effect<TaskSource["Service"], unknown, Scope.Scope>;
}

/** The clauses that every task source keeps, for a test runner to run. */
export const make = (options: Options): ReadonlyArray<Contract.Clause> => {
  const define = Contract.clauses(options);
  const { broken, empty, expected } = options;
  return [
    ...rules.map(([name, rule]) => define(name, Effect.flatMap(options.make, rule))),
    ...(expected === undefined
      ? []
      : [define("gives the tasks of its material", gives(options.make, expected))]),
    ...(empty === undefined ? [] : [define("gives nothing of nothing", gives(empty, []))]),
    ...(broken === undefined
      ? []
      : [define("fails with its name when it cannot be read", Effect.flatMap(broken, isBroken))]),
  ];
};

type Rule = (source: TaskSource["Service"]) => Effect.Effect<unknown, unknown>;

const gives = (source: Options["make"], expected: ReadonlyArray<Task>) =>
  Effect.gen(function* () {
    const tasks = yield* Stream.runCollect((yield* source).tasks);
    yield* Contract.expectEqual("the tasks", tasks, expected);
  });

const isBroken = Effect.fnUntraced(function* (source: TaskSource["Service"]) {
  const read = yield* Effect.result(Stream.runCollect(source.tasks));
  if (read._tag === "Success") return yield* Effect.fail("the broken source can be read");
  yield* Contract.expectEqual("the error", read.failure._tag, "TaskSourceError");
  yield* Contract.expect(read.failure.source !== "", "the error does not name its source");
  yield* Contract.expect(read.failure.message !== "", "the error says nothing");
});

const decode = Schema.decodeUnknownEffect(Task, { onExcessProperty: "error" });

const rules: ReadonlyArray<readonly [string, Rule]> = [
  ["has a name for people", ({ name }) => Contract.expect(name.trim() !== "", "the name is empty")],
  [
    "gives tasks only that are valid, as plain JSON",
    Effect.fnUntraced(function* (source: TaskSource["Service"]) {
      const tasks = yield* Stream.runCollect(source.tasks);
      for (const task of tasks) {
        yield* Effect.mapError(decode(task), (error) => `${task.id}: ${error.message}`);
        yield* Contract.expectEqual(
          `${task.id} by way of JSON`,
          JSON.parse(JSON.stringify(task)),
          task,
        );
      }
    }),
  ],
  [
    "gives every id once",
    Effect.fnUntraced(function* (source: TaskSource["Service"]) {
      const ids = (yield* Stream.runCollect(source.tasks)).map(({ id }) => id);
      yield* Contract.expectEqual("the ids", ids, [...new Set(ids)]);
    }),
  ],
  [
    "starts anew with each reading",
    Effect.fnUntraced(function* (source: TaskSource["Service"]) {
      const first = yield* Stream.runCollect(source.tasks);
      const second = yield* Stream.runCollect(source.tasks);
      yield* Contract.expect(first.length > 1, "the material has less than two tasks");
      yield* Contract.expectEqual("the second reading", second, first);
    }),
  ],
  [
    "starts anew after a reading that stopped early",
    Effect.fnUntraced(function* (source: TaskSource["Service"]) {
      const some = yield* Stream.runCollect(Stream.take(source.tasks, 1));
      const all = yield* Stream.runCollect(source.tasks);
      yield* Contract.expectEqual("the first task", all[0], some[0]);
      yield* Contract.expect(all.length > 1, "the second reading goes on where the first stopped");
    }),
  ],
  [
    "gives two readers at once everything",
    Effect.fnUntraced(function* (source: TaskSource["Service"]) {
      const read = Stream.runCollect(source.tasks);
      const [one, other] = yield* Effect.all([read, read], { concurrency: 2 });
      yield* Contract.expectEqual("what the second reader gets", other, one);
    }),
  ],
];
