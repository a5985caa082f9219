/** The actions that the tasks of an expansion use: lists and outputs put together, items added to the run. */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as Action from "../../Action.ts";
import type { DependencyResult } from "../../AgentPort.ts";
import * as Failure from "../../Failure.ts";
import { quote } from "../../Quote.ts";
import * as Template from "../../Template.ts";
import { actionNames, instances, listOf } from "./groups.ts";
import { Carried } from "./later.ts";
import { payloadOf } from "./texts.ts";

const nothing = Schema.Struct({});

/** What failed while others were left out by a condition: only that is a failure of the whole. */
const refuseFailed = (dependencies: ReadonlyArray<DependencyResult>) => {
  const failed = dependencies.filter(
    ({ outcome }) => outcome === "Failed" || outcome === "Cancelled",
  );
  const names = failed.slice(0, 10).map(({ task }) => quote(task));
  return failed.length === 0
    ? Effect.void
    : Effect.fail(
        Failure.make(
          "permanent",
          `${failed.length} of its tasks did not succeed: ${names.join(", ")}`,
        ),
      );
};

const outputs = Action.make({
  name: actionNames.outputs,
  description: "Puts together the outputs of a workflow.",
  input: nothing,
  output: Schema.Json,
  repeatable: true,
  run: Effect.fnUntraced(function* (_: {}, context) {
    const dependencies = context.dependencies();
    yield* refuseFailed(dependencies);
    const lookup = Template.lookupFor(context);
    // What a condition left out has no output.
    const leftOut = (id: string | undefined) =>
      dependencies.some(({ outcome, task }) => task === id && outcome === "Skipped");
    const filled = fill(payloadOf(context.task)["outputs"] ?? {}, lookup, leftOut);
    return yield* Effect.mapError(Effect.fromResult(filled), ({ message }) =>
      Failure.make("permanent", message),
    );
  }),
});

const fill = (
  json: Schema.Json,
  lookup: Template.Lookup,
  leftOut: (task: string | undefined) => boolean,
): Result.Result<Schema.Json, Template.VariableError> =>
  Result.gen(function* () {
    if (typeof json === "string") {
      const named = yield* Template.references(json);
      if (named.some(({ task }) => leftOut(task))) return null;
      const only = Template.alone(json);
      return yield* only === undefined
        ? Template.fill(json, lookup)
        : Template.valueOf(only, lookup);
    }
    if (Array.isArray(json)) {
      const items: Array<Schema.Json> = [];
      for (const item of json as ReadonlyArray<Schema.Json>)
        items.push(yield* fill(item, lookup, leftOut));
      return items;
    }
    if (typeof json !== "object" || json === null) return json;
    const filled: Record<string, Schema.Json> = {};
    for (const [key, value] of Object.entries(json))
      filled[key] = yield* fill(value, lookup, leftOut);
    return filled;
  });

const list = Action.make({
  name: actionNames.list,
  description: "Puts together the outputs of the tasks of a list.",
  input: nothing,
  output: Schema.Array(Schema.Json),
  repeatable: true,
  run: Effect.fnUntraced(function* (_: {}, { dependencies, task }) {
    const items = dependencies().filter((one) => one.task.startsWith(`${task.id}/`));
    yield* refuseFailed(items);
    return items
      .filter(({ outcome }) => outcome === "Succeeded")
      .map(({ output }) => output ?? null);
  }),
});

/** The most items of a list that a task found out. */
const mostItems = 100_000;

const forEach = Action.make({
  name: actionNames.forEach,
  description: "Adds a task for each item of a list to the run.",
  input: Schema.Struct({ list: Schema.Array(Schema.Json).check(Schema.isMaxLength(mostItems)) }),
  output: Schema.Struct({ items: Schema.Int }),
  repeatable: true,
  run: Effect.fnUntraced(function* ({ list: items }, { discover, task }) {
    const stated = Schema.decodeUnknownEffect(Carried)(payloadOf(task)["forEach"]);
    const { later, task: before } = yield* Effect.mapError(stated, ({ message }) =>
      Failure.make("permanent", `The task does not say what is to be added: ${message}`),
    );
    const tasks = Result.getOrElse(instances(before, items), () => []);
    const added = discover([...tasks, listOf(before, tasks), ...later]);
    yield* Effect.mapError(added, ({ message }) => Failure.make("permanent", message));
    return { items: items.length };
  }),
});

/** What the agent `action` needs for expanded workflows. */
export const actions: ReadonlyArray<Action.Action> = [outputs, list, forEach];
