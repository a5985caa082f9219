/** Takes a plan into a run, letting others work in between. */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import type { DependencyGraph } from "../DependencyGraph.ts";
import * as GraphReport from "../GraphReport.ts";
import { PlanInvalid, type PlanProblem } from "../PlanProblem.ts";
import type { RunState } from "../RunState.ts";
import type { Task } from "../Task.ts";
import * as admission from "./admission.ts";
import type { Engine } from "./Engine.ts";
import * as wellFormed from "./wellFormed.ts";

/** How many tasks are looked at before others get to work. */
const stepSize = 8192;

type Durations = ((task: Task) => number | undefined) | undefined;

/**
 * A copy of the given tasks, which the caller may change meanwhile: others work
 * in between. Refuses what is no list of tasks.
 */
export const takeIn = Effect.fnUntraced(function* (given: ReadonlyArray<Task>) {
  if (!Array.isArray(given)) {
    return yield* new PlanInvalid({ problems: wellFormed.problems(given) });
  }
  const tasks: ReadonlyArray<Task> = [...given];
  const problems: Array<PlanProblem> = [];
  for (let first = 0; first < tasks.length; first += stepSize) {
    problems.push(...wellFormed.problems(tasks.slice(first, first + stepSize), first));
    yield* Effect.yieldNow;
  }
  if (problems.length > 0) return yield* new PlanInvalid({ problems });
  return tasks;
});

/** Refuses tasks that ask for what the run cannot give. */
export const checkServed = Effect.fnUntraced(function* (
  tasks: ReadonlyArray<Task>,
  offer: GraphReport.Options,
  durations: Durations,
) {
  for (let index = 0; index < tasks.length; index++) {
    if (index % stepSize === stepSize - 1) yield* Effect.yieldNow;
    if (admission.check(tasks[index]!, offer).length > 0) {
      return yield* refused(tasks, offer, durations);
    }
  }
});

/** Puts the tasks into the run's graph, or says what is wrong with them. */
export const load = Effect.fnUntraced(function* (
  engine: Engine,
  tasks: ReadonlyArray<Task>,
  offer: GraphReport.Options,
  durations: Durations,
) {
  const added = yield* add(engine.graph, tasks);
  if (Result.isFailure(added)) return yield* refused(tasks, offer, durations);
  engine.join(tasks, added.success);
});

/** Puts the tasks of a run that went on elsewhere into its graph, as far as they have come. */
export const restore = Effect.fnUntraced(function* (engine: Engine, state: RunState) {
  const added = yield* add(engine.graph, state.table.tasks);
  if (Result.isFailure(added)) {
    return yield* new PlanInvalid({ problems: added.failure });
  }
  for (let node = 0; node < state.size; node += stepSize) {
    engine.follow(node, Math.min(node + stepSize, state.size));
    yield* Effect.yieldNow;
  }
});

const add = Effect.fnUntraced(function* (graph: DependencyGraph, tasks: ReadonlyArray<Task>) {
  const steps = graph.addSteps(tasks);
  let step = steps.next();
  while (step.done !== true) {
    yield* Effect.yieldNow;
    step = steps.next();
  }
  return step.value;
});

const refused = (
  tasks: ReadonlyArray<Task>,
  offer: GraphReport.Options,
  durations: Durations,
): Effect.Effect<never, PlanInvalid> => {
  const report = GraphReport.make(tasks, {
    ...offer,
    ...(durations === undefined ? {} : { durations }),
  });
  return Effect.fail(new PlanInvalid({ problems: report.problems }));
};
