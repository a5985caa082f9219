/**
 * Steps that are functions: actions with a name, a typed input and a typed output.
 *
 * A task names one in its payload, `{ uses: "module.action", with: { … } }`, and
 * goes to the agent `action`, an ordinary agent of the pool. An action that does
 * not exist, or an input that does not fit, is told before anything runs.
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import type * as Schema from "effect/Schema";
import type * as FunctionAgent from "./FunctionAgent.ts";
import type { Task } from "./Task.ts";

export { agentName, make as agent } from "./internal/ActionAgent.ts";
export { type Problem, problems } from "./internal/actionInput.ts";

/** What a step may use beside its input. */
export interface ActionContext extends FunctionAgent.Context {
  readonly task: Task;
  /**
   * Says that nobody knows any more whether the step has had its effect, as after a request without
   * an answer: if it is interrupted from here on, its task is held instead of tried again.
   */
  readonly unclear: (message: string) => Effect.Effect<void>;
}

/** What is known of an action without running it: enough to check a plan. */
export interface Signature {
  /** As `http.request`: words of small letters, digits and hyphens, at least two, with dots between. */
  readonly name: string;
  /** One sentence for people. */
  readonly description: string;
  readonly input: Schema.Codec<unknown, unknown>;
  readonly output: Schema.Codec<unknown, unknown>;
  /** Keys of the input whose text is a program or the like: no reference may stand directly in it. */
  readonly literal?: ReadonlyArray<string>;
  /**
   * Whether a step whose process died meanwhile may be done again without asking a person (default
   * false); if it depends on the input, that is given as the plan states it.
   */
  readonly repeatable?: boolean | ((input: unknown) => boolean);
}

/** A step that is a function. */
export interface Action extends Signature {
  /** Does it. The input is decoded already; what it answers is encoded by `output`. */
  readonly run: (input: unknown, context: ActionContext) => Effect.Effect<unknown, unknown>;
}

/** A signature with the types of its input and output. */
export interface Typed<I, O> extends Omit<Signature, "input" | "output"> {
  readonly input: Schema.Codec<I, unknown>;
  readonly output: Schema.Codec<O, unknown>;
}

const namePattern = /^[a-z][a-z\d-]*(?:\.[a-z][a-z\d-]*)+$/;

/** An action without the function: what plans are checked against. Throws a `RangeError` for a wrong name. */
export const signature = <I, O>(typed: Typed<I, O>): Signature => {
  if (!namePattern.test(typed.name)) {
    throw new RangeError(`An action is named as module.action, not ${JSON.stringify(typed.name)}`);
  }
  // Every input passes through its schema before the function sees it, and every output after it.
  return typed as unknown as Signature;
};

/**
 * Makes an action.
 *
 * What the function fails with becomes the failure of the attempt, as with
 * `Agent.fromFunction`: a `TaskFailed` with its own class, `Agent.Asked` holds
 * the task, anything else has class `agent`.
 */
export const make = <I, O, E>(
  typed: Typed<I, O> & {
    readonly run: (input: I, context: ActionContext) => Effect.Effect<O, E>;
  },
): Action => ({ ...signature(typed), run: typed.run as Action["run"] });

/** The actions that tasks can name. */
export class Registry extends Context.Service<
  Registry,
  {
    /** The action of this name, if there is one. */
    readonly get: (name: string) => Action | undefined;
    /** In the order in which they were registered. */
    readonly all: ReadonlyArray<Action>;
  }
>()("@orchestrator/core/Action/Registry") {}

/** A registry of some actions. Throws a `RangeError` if two have the same name. */
export const registry = (actions: ReadonlyArray<Action>): Registry["Service"] => {
  const byName = new Map(actions.map((action) => [action.name, action]));
  if (byName.size < actions.length) {
    const seen = new Set<string>();
    const twice = actions.find(({ name }) => seen.size === seen.add(name).size)!;
    throw new RangeError(`Two actions are named ${twice.name}; give each its own name.`);
  }
  return { get: (name) => byName.get(name), all: actions };
};

/** Registers actions, beside those of a registry that the layer is given. */
export const layer = (actions: ReadonlyArray<Action>): Layer.Layer<Registry> =>
  layerEffect(Effect.succeed(actions));

/** The same for actions that need services to be made. */
export const layerEffect = <E, R>(
  actions: Effect.Effect<ReadonlyArray<Action>, E, R>,
): Layer.Layer<Registry, E, R> =>
  Layer.effect(
    Registry,
    Effect.gen(function* () {
      const before = Option.map(yield* Effect.serviceOption(Registry), ({ all }) => all);
      return registry([...Option.getOrElse(before, () => []), ...(yield* actions)]);
    }),
  );
