import type { RunState } from "@orchestrator/core";

/** The tasks of a run by where they are, each by the order in which it joined. */
export const byPhase = (
  state: RunState.RunState,
): ReadonlyMap<RunState.Phase, ReadonlyArray<number>> => {
  const found = new Map<RunState.Phase, Array<number>>();
  for (let node = 0; node < state.size; node++) {
    const phase = state.phase(node);
    const nodes = found.get(phase);
    if (nodes === undefined) found.set(phase, [node]);
    else nodes.push(node);
  }
  return found;
};
