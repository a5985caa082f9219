import { assert, describe, it } from "@effect/vitest";
import { Agent, AgentPool, Journal, Orchestrator, type Task } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Result from "effect/Result";
import type * as Schema from "effect/Schema";
import * as When from "../src/When.ts";

const params = { env: "prod", count: 3, ratio: 0.5, list: ["a", "b"] };
const tasks = new Map<string, Pick<Agent.DependencyResult, "outcome" | "output">>([
  ["build", { outcome: "Succeeded", output: { changed: true, files: 7, "a-b": null } }],
  ["my-task", { outcome: "Failed", output: undefined }],
]);

const evaluated = (text: string) =>
  Result.flatMap(When.parse(text), (condition) => When.evaluate(condition, { params, tasks }));

describe("a condition", () => {
  it("is not decided over outputs so long that its loop would hold up the run", () => {
    const xs = Array.from({ length: 50_000 }, (_, index) => `x${index}`);
    const around = {
      params,
      tasks: new Map([["build", { outcome: "Succeeded" as const, output: { xs } }]]),
    };
    const about = (text: string) =>
      Result.flatMap(When.parse(text), (condition) => When.evaluate(condition, around));
    const squared = about("tasks.build.output.xs.all(x, x in tasks.build.output.xs)");
    assert.include(Result.isFailure(squared) ? squared.failure : "", "look at too much");
    assert.deepStrictEqual(
      about('tasks.build.output.xs.exists(x, x == "x7")'),
      Result.succeed(true),
    );
  });

  it.each([
    ['params.env == "prod" && tasks.build.output.changed', true],
    ['params.env == "test" || tasks.build.output.files > 7', false],
    ["params.count % 2 == 1 && params.count + 1 == 4", true],
    ["params.ratio < 1 && params.ratio * 2.0 == 1.0", true],
    ['tasks["my-task"].outcome == "Failed" && tasks["my-task"].output == null', true],
    ['tasks.build.output["a-b"] == null', true],
    ["has(tasks.build.output.missing) || has(params.missing)", false],
    ['params.list.exists(one, one == "b") && size(params.list) == 2', true],
    ['"b" in params.list && !("c" in params.list)', true],
  ])("%s is %s", (text, holds) => {
    assert.deepStrictEqual(evaluated(text), Result.succeed(holds));
  });

  it.each([
    ["params.env ==", "Unexpected token: EOF"],
    ["param.env == 1", '"param" is not known; there are params and tasks; did you mean "params"?'],
    ["params.env == env", '"env" is not known'],
    ["1 + 1", "it gives a int, and must give true or false"],
    ["tasks[params.env].output", "name the task itself: tasks.<id>.output"],
    ["tasks.build.outptu", 'not "outptu"; did you mean "output"?'],
    ["size(tasks) > 1", "name one of the tasks"],
    ['params.env.matches("(a+)+$")', "matches is not allowed"],
    ["params.list.all(a, params.list.all(b, a != b))", "all may not stand inside of another loop"],
    ["!".repeat(3000), "it has 3000 characters, and at most 2000 are allowed"],
    ["(".repeat(300), ""],
    ["process.exit()", '"process" is not known'],
  ])("%s is refused before anything runs", (text, why) => {
    assert.include(Result.getOrThrow(Result.flip(When.parse(text))), why);
  });

  it.each([
    ["tasks.build.output.nothing", "No such key: nothing"],
    ["params.env > 1", "no such overload"],
    ["params.env", 'it gives the text "prod", and must give true or false'],
    ["params.constructor == null", "No such key: constructor"],
    ['tasks["my-task"].output.changed', ""],
  ])("%s cannot be decided, which is told with its words", (text, why) => {
    const message = Result.getOrThrow(Result.flip(evaluated(text)));
    assert.include(message, "cannot be decided");
    assert.include(message, why);
  });

  it("that looks at no task is decided before anything runs", () => {
    assert.deepStrictEqual(When.decide('params.env == "prod"', params), Result.succeed(true));
    assert.deepStrictEqual(When.decide("tasks.a.output", params), Result.succeed(undefined));
    assert.isTrue(Result.isFailure(When.decide("params.nope == 1", params)));
  });
});

const launched: Array<string> = [];
const layer = Orchestrator.Orchestrator.layer.pipe(
  Layer.provide([
    AgentPool.AgentPool.layer({
      agents: [
        {
          agent: When.agent(
            Agent.fromFunction(({ id }) => {
              launched.push(id);
              return Effect.succeed({ changed: id === "yes" });
            }),
          ),
        },
      ],
    }),
    Journal.Journal.layerMemory,
  ]),
);

const task = (id: string, when: string, on: ReadonlyArray<string> = [], given?: Schema.Json) =>
  ({
    id,
    dependsOn: on,
    payload: { when, ...(given === undefined ? {} : { params: given }) },
  }) satisfies Task.Task;

describe("a task with a condition", () => {
  it.effect(
    "is launched if it holds, skipped without harm if not, and failed if nobody can tell",
    () =>
      Effect.gen(function* () {
        const { outcome, state } = yield* Effect.flatMap(Orchestrator.Orchestrator, (service) =>
          service.run([
            { id: "yes" },
            { id: "no" },
            task("a", "tasks.yes.output.changed && params.on", ["yes"], { on: true }),
            task("b", "tasks.no.output.changed", ["no"]),
            { id: "after-b", dependsOn: ["b"] },
            task("c", "tasks.no.output.nothing", ["no"]),
          ]),
        );
        const ended = Array.from(state.tasks(), (one) => [one.task.id, one.outcome]);
        assert.deepStrictEqual(Object.fromEntries(ended), {
          yes: "Succeeded",
          no: "Succeeded",
          a: "Succeeded",
          b: "Skipped",
          "after-b": "Skipped",
          c: "Failed",
        });
        assert.sameMembers(launched, ["yes", "no", "a"]);
        assert.strictEqual(state.get("c")!.attempts.length, 1);
        assert.include(JSON.stringify(state.get("b")!.reason), "its condition does not hold");
        assert.strictEqual(outcome, "failed");
      }).pipe(Effect.provide(layer)),
  );
});
