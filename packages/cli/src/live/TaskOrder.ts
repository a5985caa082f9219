/** The order in which the tasks of a run are shown: those at work, those that failed, those that come next, the others. */
import { type RunState, Situation } from "@orchestrator/core";
import { byPhase } from "../run/byPhase.ts";

export interface Group {
  readonly name: "At work" | "Failed" | "Next" | "Ended";
  /** By the order in which tasks joined the run. */
  readonly nodes: ReadonlyArray<number>;
}

/** The ready tasks, in the order in which they start. */
export type Queue = (state: RunState.RunState) => ReadonlyArray<number>;

const phases = {
  "At work": ["Running", "Launching", "Landing", "BackingOff"],
  Failed: ["Failed", "Held"],
  Next: ["Ready", "Pending"],
  Ended: ["Succeeded", "Cancelled", "Skipped"],
} satisfies Record<Group["name"], ReadonlyArray<RunState.Phase>>;

const names = Object.keys(phases) as ReadonlyArray<Group["name"]>;

/** With more tasks their exact order costs more than it tells. */
const manyTasks = 5_000;

/** All tasks; groups without any are left out. */
export const groups = (state: RunState.RunState, queue: Queue): ReadonlyArray<Group> => {
  const found = byPhase(state);
  const nodesOf = (phase: RunState.Phase): ReadonlyArray<number> => {
    const nodes = found.get(phase) ?? [];
    if (nodes.length < 2 || state.size > manyTasks) return nodes;
    if (phase === "Ready") return queued(nodes, queue(state));
    return phase === "Succeeded" ? latestFirst(state, nodes) : nodes;
  };
  return names
    .map((name): Group => ({ name, nodes: phases[name].flatMap(nodesOf) }))
    .filter(({ nodes }) => nodes.length > 0);
};

/** The queue may be a moment old: what has left it is not in it, what came since is at its end. */
const queued = (
  ready: ReadonlyArray<number>,
  queue: ReadonlyArray<number>,
): ReadonlyArray<number> => {
  const left = new Set(ready);
  return [...queue.filter((node) => left.delete(node)), ...left];
};

const latestFirst = (
  state: RunState.RunState,
  nodes: ReadonlyArray<number>,
): ReadonlyArray<number> => {
  const endOf = (node: number): number => state.lastAttempt(node)?.endedAt ?? 0;
  return nodes.toSorted((one, other) => endOf(other) - endOf(one));
};

/** The queue as the scheduler keeps it, worked out again only when something has moved. */
export const startOrder = (): Queue => {
  let known: { readonly key: string; readonly nodes: ReadonlyArray<number> } | undefined;
  return (state) => {
    const key = `${state.count("Ready")} ${state.count("Pending")} ${state.ended} ${state.busyMillis}`;
    if (known?.key !== key) {
      const nodes = Situation.ofRun(state).queue();
      known = { key, nodes: nodes.map((id) => state.table.numberOf(id)!) };
    }
    return known.nodes;
  };
};
