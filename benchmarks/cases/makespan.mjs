/**
 * How much longer a run takes than it must: the makespan over
 * max(critical path, work / slots), in simulated time.
 *
 * The graphs are made as those of the Standard Task Graph Set: by its four methods, with
 * all of its densities, at its two smallest sizes. Only such plans are taken whose
 * parallelism, work over critical path (the set states it of every graph), is within a
 * quarter of the number of slots. Elsewhere there is little to decide: below, the
 * critical path alone says how long a run takes, above, the work does, and any order
 * comes near to the bound.
 *
 * Sizes and limits were settled by how first in, first out and a barrier do, which tell
 * that the graphs are about as hard as those the targets were stated for (1.20 and
 * 1.96): not by what hops or estimates come to.
 */
import { core, Effect, layerOf } from "../lib/ours.mjs";
import { logNormal, logUniform, seeded } from "../lib/random.mjs";
import { simulate } from "../lib/simulation.mjs";
import { methodNames, randomDependencies } from "../lib/taskGraphSet.mjs";

const slots = 10;
const wrongBy = 1.6;
const sizes = [50, 100];
const parallelism = { least: 0.8 * slots, most: 1.25 * slots };

/** Deviates as much as it lasts on average, like the exponential times of the set. */
const sigma = Math.sqrt(Math.log(2));

/** A random plan: durations in seconds, and by what factor each is misjudged. */
const randomPlan = (method, seed) => {
  const random = seeded(seed);
  const size = sizes[seed % sizes.length];
  return randomDependencies(method, size, random).map((dependencies) => ({
    dependencies,
    seconds: 60 * logNormal(random, sigma),
    wrong: logUniform(random, wrongBy),
  }));
};

/** The first plans of a method, seed by seed, with a parallelism near the number of slots. */
const plansOf = (method, count) => {
  const plans = [];
  for (let seed = 1; plans.length < count; seed++) {
    const plan = randomPlan(method, seed);
    const { criticalPath, work } = extent(plan);
    const found = work / criticalPath;
    if (found >= parallelism.least && found <= parallelism.most) plans.push(plan);
  }
  return plans;
};

/** How long the longest chain takes, and all tasks one after another. */
const extent = (plan) => {
  const ends = [];
  let work = 0;
  for (const { dependencies, seconds } of plan) {
    ends.push(seconds + Math.max(0, ...dependencies.map((node) => ends[node])));
    work += seconds;
  }
  return { criticalPath: Math.max(...ends), work };
};

/** No schedule is shorter than the longest chain, nor than the work spread over all slots. */
const bound = (plan) => {
  const { criticalPath, work } = extent(plan);
  return Math.max(criticalPath, work / slots);
};

/** The makespan with a barrier after every level of the graph: first come, first served within it. */
const withBarrier = (plan) => {
  const levels = [];
  const level = [];
  for (const { dependencies, seconds } of plan) {
    const own = Math.max(-1, ...dependencies.map((node) => level[node])) + 1;
    level.push(own);
    (levels[own] ??= []).push(seconds);
  }
  return levels.reduce((total, wave) => total + spread(wave), 0);
};

/** The makespan of independent tasks on all slots, taken in their order. */
const spread = (wave) => {
  const free = Array.from({ length: slots }, () => 0);
  for (const seconds of wave) free[free.indexOf(Math.min(...free))] += seconds;
  return Math.max(...free);
};

/** The makespan of the engine; `estimate` says what it is told about how long a task takes. */
const ours = (plan, estimate, options) => {
  const tasks = plan.map((task, node) => ({
    id: String(node),
    dependsOn: task.dependencies.map(String),
    ...(estimate === undefined ? {} : { estimateSeconds: estimate(task) }),
  }));
  const work = (task) => Effect.sleep(`${plan[Number(task.id)].seconds * 1000} millis`);
  const result = simulate(
    Effect.provide(
      Effect.flatMap(core.Orchestrator.Orchestrator, (orchestrator) =>
        orchestrator.run(tasks, { run: "simulated", timeout: "100 days", ...options }),
      ),
      layerOf(work, slots),
    ),
  );
  if (result.outcome !== "succeeded") throw new Error(`The run ended as ${result.outcome}.`);
  return (result.state.endedAt - result.state.startedAt) / 1000;
};

const ways = {
  barrier: withBarrier,
  // Equal weights leave only age to decide.
  fifo: (plan) => ours(plan, undefined, { durations: () => 0 }),
  hops: (plan) => ours(plan),
  estimates: (plan) => ours(plan, ({ seconds, wrong }) => seconds * wrong),
  exact: (plan) => ours(plan, ({ seconds }) => seconds),
};

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Per way the mean ratio to the bound, that of the best and the worst method, and that of the worst graph. */
export const makespan = ({ graphs }) => {
  const plans = methodNames.map((method) => plansOf(method, graphs / methodNames.length));
  return Object.fromEntries(
    Object.entries(ways).map(([name, way]) => {
      const ratios = plans.map((same) => same.map((plan) => way(plan) / bound(plan)));
      const means = ratios.map(mean);
      const found = {
        mean: mean(means),
        bestKind: Math.min(...means),
        worstKind: Math.max(...means),
        worst: Math.max(...ratios.flat()),
      };
      return [name, found];
    }),
  );
};
