import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import type { Action, ActionContext, Registry } from "../Action.ts";
import {
  type Agent,
  AgentError,
  type AgentRunEnd,
  type EffectKey,
  LaunchError,
  type LaunchRequest,
} from "../AgentPort.ts";
import * as Failure from "../Failure.ts";
import * as FunctionAgent from "../FunctionAgent.ts";
import { isTooDeep, mostLevels } from "../JsonDepth.ts";
import { quote } from "../Quote.ts";
import { dependencies, type Task } from "../Task.ts";
import * as Template from "../Template.ts";
import * as Input from "./actionInput.ts";

/** The name of the agent that works by actions. */
export const agentName = "action";

/** An action with its input, ready to run. */
interface Step {
  readonly action: Action;
  readonly input: unknown;
}

/** Actions use no model and cost nothing. */
const nothing = { costUsd: 0, inputTokens: 0, outputTokens: 0 };

/**
 * The agent that works by actions, under the name `action`.
 *
 * What is wrong with a step is told by `check`; its input is filled in and
 * checked again as it is launched.
 */
export const make = (registry: Registry["Service"]): Agent => {
  const steps = new Map<EffectKey, Step>();
  /** The launch of each agent run, and what is unclear about it. */
  const keys = new Map<string, EffectKey>();
  const unclear = new Map<EffectKey, string>();
  const inner = FunctionAgent.make(
    (task, context) => {
      const { action, input } = steps.get(context.key)!;
      steps.delete(context.key);
      const told = (message: string) => Effect.sync(() => void unclear.set(context.key, message));
      return perform(action, input, contextOf(task, context, told)).pipe(
        Effect.onExit((exit) =>
          Effect.sync(() => Exit.hasInterrupts(exit) || unclear.delete(context.key)),
        ),
      );
    },
    { name: agentName, repeatable: (task) => isRepeatable(registry, task) },
  );
  return {
    ...inner,
    capabilities: { ...inner.capabilities, measures: ["cost", "tokens"], paid: false },
    check: (task) => check(registry, task),
    launch: (request) =>
      Effect.gen(function* () {
        const step = yield* Effect.mapError(Effect.fromResult(prepare(registry, request)), refused);
        const ref = yield* inner.launch(request);
        steps.set(request.key, step);
        keys.set(ref.id, request.key);
        return ref;
      }),
    observe: (ref, report) =>
      Effect.map(inner.observe(ref, report), (end): AgentRunEnd => {
        keys.delete(ref.id);
        return { ...end, usage: nothing };
      }),
    cancel: (ref) =>
      Effect.suspend(() => {
        const key = keys.get(ref.id);
        const message = key === undefined ? undefined : unclear.get(key);
        if (message !== undefined) {
          return Effect.fail(new AgentError({ operation: "cancel", message }));
        }
        keys.delete(ref.id);
        if (key !== undefined) steps.delete(key);
        return inner.cancel(ref);
      }),
  };
};

const refused = (message: string): LaunchError => new LaunchError({ reason: "Rejected", message });

const statedIn = ({ payload }: Pick<Task, "payload">): Schema.JsonObject =>
  Input.isObject(payload) ? payload : {};

const actionOf = (registry: Registry["Service"], task: Task): Action | undefined => {
  const { uses } = statedIn(task);
  return typeof uses === "string" ? registry.get(uses) : undefined;
};

const prepare = (
  registry: Registry["Service"],
  request: LaunchRequest,
): Result.Result<Step, string> => {
  const { task } = request;
  const action = actionOf(registry, task);
  const wrong = Input.problems(registry.all, task.payload);
  const about = (why: string) => `The task ${task.id} cannot start: ${why}`;
  if (action === undefined || wrong.length > 0) {
    return Result.fail(about(wrong.map(Input.sentence).join("; ")));
  }
  const stated = statedIn(task)["with"] ?? {};
  return Result.mapBoth(Input.decode(action, stated, Template.lookupFor(request)), {
    onSuccess: (input) => ({ action, input }),
    onFailure: (why) => about(`with, the input of ${action.name}: ${why}`),
  });
};

const perform = (action: Action, input: unknown, context: ActionContext) =>
  Effect.flatMap(action.run(input, context), (output) => {
    if (isTooDeep(output)) {
      const message = `The output of the action ${action.name} is nested more than ${mostLevels} levels deep`;
      return Effect.fail(Failure.make("permanent", message));
    }
    return Effect.mapError(encodeOutput(action, output), ({ message }) =>
      Failure.make(
        "permanent",
        `The action ${action.name} answered with something other than it says: ${message}`,
      ),
    );
  });

const encodeOutput = ({ output: schema }: Action, output: unknown) =>
  Effect.map(
    Schema.encodeUnknownEffect(Schema.toCodecJson(schema))(output),
    (json): FunctionAgent.Output => json as Schema.Json | undefined,
  );

const check = (registry: Registry["Service"], task: Task): ReadonlyArray<string> => {
  const known = new Set(dependencies(task).map(({ task: id }) => id));
  return [
    ...Input.problems(registry.all, task.payload).map(Input.sentence),
    ...Input.textsOf(statedIn(task)["with"], ["with"]).flatMap(({ path, text }) =>
      strangers(text, known).map((message) => Input.sentence({ path, message })),
    ),
  ];
};

/** References to tasks that are no dependencies. */
const strangers = (text: string, known: ReadonlySet<string>): ReadonlyArray<string> => {
  const found = Template.references(text);
  if (Result.isFailure(found)) return [];
  return found.success.flatMap(({ task, text: reference }) =>
    task === undefined || known.has(task)
      ? []
      : [`${quote(reference)}: ${quote(task)} must come first; add it to dependsOn`],
  );
};

const isRepeatable = (registry: Registry["Service"], task: Task): boolean => {
  const repeatable = actionOf(registry, task)?.repeatable ?? false;
  if (typeof repeatable === "boolean") return repeatable;
  return repeatable(statedIn(task)["with"] ?? {});
};

const contextOf = (
  task: Task,
  context: FunctionAgent.Context,
  unclear: ActionContext["unclear"],
): ActionContext => ({
  task,
  unclear,
  run: context.run,
  attempt: context.attempt,
  key: context.key,
  dependencies: context.dependencies,
  previousFailure: context.previousFailure,
  startFrom: context.startFrom,
  output: context.output,
  progress: context.progress,
  discover: context.discover,
  unknownStatus: context.unknownStatus,
});
