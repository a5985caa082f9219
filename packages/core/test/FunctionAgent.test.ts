import { assert, describe, it } from "@effect/vitest";
import { Agent, Failure } from "@orchestrator/core";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";

const quiet: Agent.AgentReport = {
  output: () => Effect.void,
  progress: () => Effect.void,
  discover: () => Effect.void,
  unknownStatus: () => Effect.void,
};

const request: Agent.LaunchRequest = {
  run: "r",
  task: { id: "a", payload: 7 },
  attempt: 2,
  key: "r/a/launch/2",
  dependencies: () => [{ task: "b", outcome: "Succeeded", output: 1 }],
  previousFailure: { class: "agent", message: "before" },
};

const endOf = <E>(
  work: Parameters<typeof Agent.fromFunction<E>>[0],
  report: Agent.AgentReport = quiet,
) => {
  const agent = Agent.fromFunction(work);
  return Effect.flatMap(agent.launch(request), (ref) => agent.observe(ref, report));
};

describe("a function as an agent", () => {
  it.effect("succeeds with what the function answers", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* endOf((task) => Effect.succeed(task.payload)), {
        _tag: "Succeeded",
        output: 7,
      });
      assert.deepStrictEqual(yield* endOf(() => Effect.succeed(null)), {
        _tag: "Succeeded",
        output: null,
      });
    }),
  );

  it.effect("succeeds without output when the function answers nothing", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* endOf(() => Effect.void), { _tag: "Succeeded" });
    }),
  );

  it.effect("fails with class and words of what the function fails with", () =>
    Effect.gen(function* () {
      const tagged = new Agent.AgentError({ operation: "find", message: "an error" });
      const failures = [
        yield* endOf(() => Effect.fail("plain words")),
        yield* endOf(() => Effect.fail(tagged)),
        yield* endOf(() => Effect.fail(Failure.make("permanent", "for good"))),
        yield* endOf(() => Effect.fail(404)),
      ].map((end) => (end._tag === "Failed" ? end.failure : end));
      assert.deepStrictEqual(failures, [
        { class: "agent", message: "plain words" },
        { class: "agent", message: "an error" },
        { class: "permanent", message: "for good" },
        { class: "agent", message: "404" },
      ]);
    }),
  );

  it.effect("leaves bugs to those who observe", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(endOf(() => Effect.die("a bug")));
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause));
    }),
  );

  it.effect("gives the function what the launch says, and the ways to report", () =>
    Effect.gen(function* () {
      const heard: Array<unknown> = [];
      const hear = (what: unknown) => Effect.sync(() => void heard.push(what));
      const report = { output: hear, progress: hear, discover: hear, unknownStatus: hear };
      yield* endOf((_, context) => {
        const { attempt, key, previousFailure, run } = context;
        heard.push(run, attempt, key, context.dependencies()[0]!.output, previousFailure!.message);
        return Effect.all([
          context.output("chunk"),
          context.progress("working"),
          context.discover([{ id: "new" }]),
          context.unknownStatus("ODD"),
        ]).pipe(Effect.asVoid);
      }, report);
      assert.deepStrictEqual(heard, [
        "r",
        2,
        "r/a/launch/2",
        1,
        "before",
        "chunk",
        "working",
        [{ id: "new" }],
        "ODD",
      ]);
    }),
  );

  it.effect("begins to work when it is observed, and once", () =>
    Effect.gen(function* () {
      let calls = 0;
      const agent = Agent.fromFunction(() => Effect.sync(() => void calls++), { name: "f" });
      const ref = yield* agent.launch(request);
      assert.deepStrictEqual([ref.agent, calls], ["f", 0]);
      yield* agent.observe(ref, quiet);
      const again = yield* Effect.flip(agent.observe(ref, quiet));
      assert.strictEqual(again.operation, "observe");
      assert.include(again.message, "does not run in this process");
      assert.strictEqual(calls, 1);
    }),
  );

  it.effect("stops working when its observation is interrupted", () =>
    Effect.gen(function* () {
      let stopped = 0;
      const agent = Agent.fromFunction(() =>
        Effect.onInterrupt(Effect.never, () => Effect.sync(() => stopped++)),
      );
      const ref = yield* agent.launch(request);
      const watching = yield* Effect.forkChild(agent.observe(ref, quiet), {
        startImmediately: true,
      });
      yield* Fiber.interrupt(watching);
      yield* agent.cancel(ref);
      assert.strictEqual(stopped, 1);
    }),
  );

  it.effect("never begins when it is cancelled before", () =>
    Effect.gen(function* () {
      let calls = 0;
      const agent = Agent.fromFunction(() => Effect.sync(() => void calls++));
      const ref = yield* agent.launch(request);
      yield* agent.cancel(ref);
      yield* Effect.flip(agent.observe(ref, quiet));
      assert.strictEqual(calls, 0);
      assert.deepStrictEqual(yield* agent.find(request.key), []);
    }),
  );
});
