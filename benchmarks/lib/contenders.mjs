/**
 * Who is measured. `input` makes what a caller would hold anyway and is not
 * timed; `work` builds the graph and runs it, and is.
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { dependencies, id, tasks } from "./graphs.mjs";
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
  return {
    input: (shape, size) => {
      const graph = dependencies(shape, size);
      return {
        nodes: new Map(graph.map((_, node) => [id(node), { run: nothing }])),
        edges: graph.flatMap((from, node) => from.map((before) => [id(before), id(node)])),
      };
    },
    work: ({ edges, nodes }) => new PGraph(nodes, edges).run({ concurrency: slots }),
  };
};

const listr2 = async () => {
  const { Listr } = await import(pathToFileURL(peers.resolve("listr2")).href);
  const nothing = () => ({ task: () => undefined });
  const some = (count) => Array.from({ length: count }, nothing);
  const together = (count, concurrent) => ({
    task: (_, self) => self.newListr(some(count), { concurrent }),
  });
  const list = {
    chain: some,
    fan: (size) => [nothing(), together(size - 1, slots)],
    diamond: (size) =>
      Array.from({ length: size }, (_, node) => node)
        .filter((node) => node % 3 !== 2)
        .map((node) => (node % 3 === 0 ? nothing() : together(Math.min(2, size - node), 2))),
  };
  return {
    input: (shape, size) => list[shape](size),
    work: (input) => new Listr(input, { concurrent: false, renderer: "silent" }).run(),
  };
};

/** Builds a graph and lists it in order; runs nothing. */
const effectGraph = async () => {
  const Graph = await effect("Graph");
  return {
    input: dependencies,
    work: (graph) => {
      const built = Graph.directed((mutable) => {
        graph.forEach((_, node) => Graph.addNode(mutable, node));
        graph.forEach((from, node) => {
          for (const before of from) Graph.addEdge(mutable, before, node, 0);
        });
      });
      let count = 0;
      for (const node of Graph.indices(Graph.topo(built))) count += node >= 0 ? 1 : 0;
      if (count !== graph.length) throw new Error(`Graph.topo listed ${count} of ${graph.length}.`);
    },
  };
};

/** The floor: Kahn's algorithm on plain typed arrays, without names; runs nothing. */
const kahn = () => ({ input: dependencies, work: listInOrder });

const listInOrder = (graph) => {
  const size = graph.length;
  let edges = 0;
  for (const from of graph) edges += from.length;
  const waiting = new Int32Array(size);
  const first = new Int32Array(size).fill(-1);
  const next = new Int32Array(edges);
  const to = new Int32Array(edges);
  let edge = 0;
  graph.forEach((from, node) => {
    waiting[node] = from.length;
    for (const before of from) {
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
