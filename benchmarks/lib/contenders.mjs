/**
 * Who is measured. `input` makes what a caller holds, the same list of named
 * tasks for all, and is not timed; `work` builds from it what the contender
 * wants, runs it, and is.
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { tasks } from "./graphs.mjs";
import { effect } from "./workspace.mjs";

const slots = 10;
const peers = createRequire(new URL("../package.json", import.meta.url));

/** Everything on: journal, events, retry policy, timeout, results. */
const ours = async () => {
  const { run } = await import("./ours.mjs");
  return { input: tasks, work: run };
};

const pGraph = async () => {
  const { PGraph } = peers("p-graph");
  const nothing = () => undefined;
  const work = (list) => {
    const nodes = new Map();
    const edges = [];
    for (const { dependsOn = [], id } of list) {
      nodes.set(id, { run: nothing });
      for (const before of dependsOn) edges.push([before, id]);
    }
    return new PGraph(nodes, edges).run({ concurrency: slots });
  };
  return { input: tasks, work };
};

const listr2 = async () => {
  const { Listr } = await import(pathToFileURL(peers.resolve("listr2")).href);
  const nothing = () => ({ task: () => undefined });
  const some = (count) => Array.from({ length: count }, nothing);
  const together = (count, concurrent) => ({
    task: (_, self) => self.newListr(some(count), { concurrent }),
  });
  // It knows no edges: the list says what the edges would.
  const list = {
    chain: some,
    fan: (size) => [nothing(), together(size - 1, slots)],
    diamond: (size) =>
      Array.from({ length: size }, (_, node) => node)
        .filter((node) => node % 3 !== 2)
        .map((node) => (node % 3 === 0 ? nothing() : together(Math.min(2, size - node), 2))),
  };
  return {
    input: (shape, size) => ({ shape, size }),
    work: ({ shape, size }) =>
      new Listr(list[shape](size), { concurrent: false, renderer: "silent" }).run(),
  };
};

/** Builds a graph and lists it in order; runs nothing. */
const effectGraph = async () => {
  const Graph = await effect("Graph");
  return {
    input: tasks,
    work: (list) => {
      const built = Graph.directed((mutable) => {
        const numbers = new Map(list.map((task) => [task.id, Graph.addNode(mutable, task)]));
        list.forEach(({ dependsOn = [] }, node) => {
          for (const before of dependsOn) Graph.addEdge(mutable, numbers.get(before), node, 0);
        });
      });
      let count = 0;
      for (const node of Graph.indices(Graph.topo(built))) count += node >= 0 ? 1 : 0;
      if (count !== list.length) throw new Error(`Graph.topo listed ${count} of ${list.length}.`);
    },
  };
};

/** The floor: Kahn's algorithm on plain typed arrays, names looked up once; runs nothing. */
const kahn = () => ({ input: tasks, work: listInOrder });

const listInOrder = (list) => {
  const size = list.length;
  const numbers = new Map();
  let edges = 0;
  for (const { dependsOn = [], id } of list) {
    numbers.set(id, numbers.size);
    edges += dependsOn.length;
  }
  const waiting = new Int32Array(size);
  const first = new Int32Array(size).fill(-1);
  const next = new Int32Array(edges);
  const to = new Int32Array(edges);
  let edge = 0;
  list.forEach(({ dependsOn = [] }, node) => {
    waiting[node] = dependsOn.length;
    for (const name of dependsOn) {
      const before = numbers.get(name);
      to[edge] = node;
      next[edge] = first[before];
      first[before] = edge++;
    }
  });
  const order = new Int32Array(size);
  let filled = 0;
  for (let node = 0; node < size; node++) if (waiting[node] === 0) order[filled++] = node;
  for (let taken = 0; taken < filled; taken++) {
    for (let out = first[order[taken]]; out !== -1; out = next[out]) {
      if (--waiting[to[out]] === 0) order[filled++] = to[out];
    }
  }
  if (filled !== size) throw new Error(`Kahn's loop listed ${filled} of ${size}.`);
};

export const contenders = { ours, "p-graph": pGraph, listr2, "effect/Graph": effectGraph, kahn };

/** Whether a contender can say a shape, and bear a size: listr2 has no edges, and its time grows with the square. */
export const canRun = (name, shape, size) =>
  name !== "listr2" || (shape !== "layered" && size <= 10_000);
