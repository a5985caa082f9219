/**
 * Random task graphs as the Standard Task Graph Set makes them: T. Tobita and
 * H. Kasahara, "A standard task graph set for fair evaluation of multiprocessor
 * scheduling algorithms", Journal of Scheduling 5(5), 2002, pages 379-394;
 * https://www.kasahara.cs.waseda.ac.jp/schedule/. Ranges are those that the published
 * graphs of 50 and 100 tasks state at their end.
 */
import { whole } from "./random.mjs";

/** Between any two tasks there is an edge with the same probability. */
const sameProbability = (random) => {
  const probability = 0.05 + 0.15 * random();
  return () => probability;
};

/** The same, with the probability that gives tasks a number of predecessors on average. */
const samePredecessors = (random) => {
  const predecessors = whole(random, 1, 19);
  return (size, pairs) => (predecessors * size) / pairs;
};

/** Every task may depend on any before it. */
const unlayered = (random, size) => Array.from({ length: size }, (_, node) => node);

/** A tenth as many layers as tasks, none empty; a task may depend on those of any layer before its own. */
const layered = (random, size) => {
  const layers = size / 10;
  const layerOf = (node) => (node < layers ? node : whole(random, 0, layers - 1));
  return Array.from({ length: size }, (_, node) => layerOf(node)).sort((a, b) => a - b);
};

/** The methods of the set, under its names. */
const methods = {
  sameprob: { density: sameProbability, layersOf: unlayered },
  samepred: { density: samePredecessors, layersOf: unlayered },
  layrprob: { density: sameProbability, layersOf: layered },
  layrpred: { density: samePredecessors, layersOf: layered },
};

export const methodNames = Object.keys(methods);

/** The dependencies of each of `size` tasks, dependencies first. */
export const randomDependencies = (method, size, random) => {
  const { density, layersOf } = methods[method];
  const probabilityOf = density(random);
  const layers = layersOf(random, size);
  const before = layers.map((layer) => layers.indexOf(layer));
  const pairs = before.reduce((sum, count) => sum + count, 0);
  const probability = probabilityOf(size, pairs);
  return before.map((count) =>
    Array.from({ length: count }, (_, node) => node).filter(() => random() < probability),
  );
};
