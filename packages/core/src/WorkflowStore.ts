/** Where workflows are kept by name: a port, and in memory. */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import { quote } from "./Quote.ts";
import { didYouMean, type Parameters } from "./Template.ts";
import * as Workflow from "./Workflow.ts";

/** There is no workflow of that name. */
export class WorkflowNotFound extends Schema.TaggedError<WorkflowNotFound>()("WorkflowNotFound", {
  name: Schema.String,
  /** Those there are. */
  known: Schema.Array(Schema.String),
}) {
  /** `EX_NOINPUT` of sysexits.h. */
  override readonly [Runtime.errorExitCode] = 66;
  override get message(): string {
    const known =
      this.known.length === 0
        ? "there are none"
        : `there are ${this.known.slice(0, 20).join(", ")}`;
    return `there is no workflow ${quote(this.name)}; ${known}${didYouMean(this.name, this.known)}`;
  }
}

/** There is a workflow of that name already. */
export class WorkflowExists extends Schema.TaggedError<WorkflowExists>()("WorkflowExists", {
  name: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = 2;
  override get message(): string {
    return `there is a workflow ${quote(this.name)} already; choose another name, or delete that one first`;
  }
}

/** A workflow is not in order, or its store does not work. */
export class WorkflowUnusable extends Schema.TaggedError<WorkflowUnusable>()("WorkflowUnusable", {
  name: Schema.String,
  /** What is wrong, each with its place. */
  problems: Schema.Array(Schema.String),
}) {
  /** `EX_DATAERR` of sysexits.h. */
  override readonly [Runtime.errorExitCode] = 65;
  override get message(): string {
    return [`the workflow ${quote(this.name)} cannot be used:`, ...this.problems].join("\n");
  }
}

/** Values do not fit the parameters of a workflow. */
export class WrongArguments extends Schema.TaggedError<WrongArguments>()("WrongArguments", {
  name: Schema.String,
  problems: Schema.Array(Schema.Struct({ parameter: Schema.String, message: Schema.String })),
}) {
  override readonly [Runtime.errorExitCode] = 2;
  override get message(): string {
    const lines = this.problems.map(({ message, parameter }) => `- ${parameter}: ${message}`);
    return [`the workflow ${quote(this.name)} cannot run with these parameters:`, ...lines].join(
      "\n",
    );
  }
}

/** Keeps workflows. */
export class WorkflowStore extends Context.Service<
  WorkflowStore,
  {
    /** The names there are, in alphabetical order. */
    readonly names: Effect.Effect<ReadonlyArray<string>, WorkflowUnusable>;
    /** The workflow of this name. */
    readonly get: (
      name: string,
    ) => Effect.Effect<Workflow.Workflow, WorkflowNotFound | WorkflowUnusable>;
    /** Keeps a new workflow. */
    readonly create: (
      workflow: Workflow.Workflow,
    ) => Effect.Effect<void, WorkflowExists | WorkflowUnusable>;
    /** Keeps a workflow in place of the one of its name. */
    readonly replace: (
      workflow: Workflow.Workflow,
    ) => Effect.Effect<void, WorkflowNotFound | WorkflowUnusable>;
    /** Removes the workflow of this name. */
    readonly remove: (name: string) => Effect.Effect<void, WorkflowNotFound | WorkflowUnusable>;
  }
>()("@orchestrator/core/WorkflowStore") {
  /** Keeps workflows as long as the program runs. */
  static readonly layerMemory: Layer.Layer<WorkflowStore> = Layer.sync(WorkflowStore, () => {
    const kept = new Map<string, Workflow.Workflow>();
    const known = () => [...kept.keys()].toSorted();
    const found = (name: string) =>
      Effect.suspend(() => {
        const workflow = kept.get(name);
        return workflow === undefined
          ? Effect.fail(new WorkflowNotFound({ name, known: known() }))
          : Effect.succeed(workflow);
      });
    const keep = (workflow: Workflow.Workflow) =>
      Effect.map(named(workflow), () => void kept.set(workflow.name, workflow));
    return {
      names: Effect.sync(known),
      get: found,
      create: (workflow) =>
        Effect.suspend((): Effect.Effect<void, WorkflowExists | WorkflowUnusable> =>
          kept.has(workflow.name)
            ? Effect.fail(new WorkflowExists({ name: workflow.name }))
            : keep(workflow),
        ),
      replace: (workflow) => Effect.andThen(found(workflow.name), keep(workflow)),
      remove: (name) => Effect.map(found(name), () => void kept.delete(name)),
    };
  });
}

/** Refuses a name that no workflow can have. */
export const named = ({ name }: Pick<Workflow.Workflow, "name">) =>
  Workflow.isName(name)
    ? Effect.void
    : Effect.fail(
        new WorkflowUnusable({
          name,
          problems: [
            `a workflow is named with at most 64 small letters, digits and "-", a letter first, and not ${Workflow.reservedNames.join(", ")}`,
          ],
        }),
      );

/** A kept workflow, and those that are tasks of it, ready to be expanded. */
export const load = Effect.fn("WorkflowStore.load")(function* (
  name: string,
  conditions: Workflow.Conditions = Workflow.noConditions,
) {
  const store = yield* WorkflowStore;
  const workflow = yield* store.get(name);
  const names = yield* store.names;
  const known = new Map([[name, workflow]]);
  const open = [workflow];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const inner of Workflow.uses(next)) {
      if (known.has(inner) || !names.includes(inner)) continue;
      const found = yield* store.get(inner);
      known.set(inner, found);
      open.push(found);
    }
  }
  const around: Workflow.Surroundings = { names, conditions, lookup: (one) => known.get(one) };
  return { workflow, around };
});

/** The tasks of a kept workflow with values for its parameters, for `Orchestrator.start`. */
export const tasks = Effect.fn("WorkflowStore.tasks")(function* (
  name: string,
  given: Parameters = {},
  conditions?: Workflow.Conditions,
) {
  const { around, workflow } = yield* load(name, conditions);
  const values = yield* Effect.mapError(
    Effect.fromResult(Workflow.argumentsFor(workflow, given)),
    (problems) => new WrongArguments({ name, problems: [...problems] }),
  );
  const expanded = yield* Effect.mapError(
    Effect.fromResult(Workflow.expand(workflow, values, around)),
    (problems) => new WorkflowUnusable({ name, problems: problems.map(Workflow.sentence) }),
  );
  return expanded.tasks;
});
