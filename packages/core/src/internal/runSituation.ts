import { obstacle } from "../Budget.ts";
import type { OfKind } from "../RunEvent.ts";
import type { RunState, TaskState } from "../RunState.ts";
import type { Edge, Occupant, Refusal } from "../Situation.ts";
import { type Gate, gates, type Task } from "../Task.ts";
import { occupant, stated } from "./situated.ts";

/** The gate of a dependency that names none. */
export const defaultGateOf = ({ settings }: RunState): Gate =>
  settings?.defaultGate ?? "agent-ended";

/** Why nothing starts, as far as the journal knows. */
export const haltOf = (state: RunState): string | undefined => {
  const { outcome, stopping, suspended } = state;
  if (outcome !== undefined) return "the run has ended";
  if (stopping !== undefined) return `the run starts nothing more: ${stopping.message}`;
  if (suspended !== undefined) return "nobody works on the run";
  return state.paused && pauseText(state.paused);
};

const pauseText = ({ message, until }: OfKind<"LaunchesPaused">): string =>
  until === undefined
    ? `launches pause: ${message}`
    : `launches pause until ${new Date(until).toISOString().slice(0, 19)}Z: ${message}`;

/** Why a task that could start does not, though nothing halts the run: its agent is paused, or the limits have no room. */
export const holdUpsOf = (state: RunState): ((task: Task) => string | undefined) => {
  if (state.pausedAgents.size === 0 && state.limits === undefined) return () => undefined;
  let usual: string | undefined;
  for (let node = 0; node < state.size && usual === undefined; node++) {
    if (state.table.task(node).agent === undefined) usual = state.lastAttempt(node)?.agent;
  }
  return ({ agent = usual }) => {
    if (agent === undefined) return undefined;
    const paused = state.pausedAgents.get(agent);
    if (paused !== undefined) return `${agent}: ${pauseText(paused)}`;
    return obstacle(state, agent, state.sessions.last)?.message;
  };
};

/** The tasks that queue, in the order in which they became ready. */
export const readyOf = (state: RunState): ReadonlyArray<Task> =>
  tasksIn(state, "Ready")
    .toSorted((a, b) => a.readyAt! - b.readyAt!)
    .map(({ task }) => task);

const tasksIn = (state: RunState, phase: TaskState["phase"]): ReadonlyArray<TaskState> =>
  Array.from({ length: state.size }, (_, node) => node).flatMap((node) =>
    state.phase(node) === phase ? [state.at(node)] : [],
  );

/** What a task depends on, as far as the run has come. */
export const edgesOfRun = (state: RunState, task: Task): ReadonlyArray<Edge> => {
  const onDependencyFailure = state.settings?.onDependencyFailure ?? "skip";
  const isAllowed = state.isAllowed(state.table.numberOf(task.id)!);
  return stated(task).map(({ onFailure, source, task: on, until }) => {
    const gate = until ?? defaultGateOf(state);
    const policy = onFailure ?? task.onDependencyFailure ?? onDependencyFailure;
    const isWaived = isAllowed || policy === "run-anyway";
    return { on, gate, source, satisfied: isSatisfied(state.get(on)!, gate, isWaived) };
  });
};

/** Whether a task was past a gate, or ended otherwise where that holds nothing up. */
const isSatisfied = (
  { gate: reached, outcome }: TaskState,
  gate: Gate,
  isWaived: boolean,
): boolean => {
  if (outcome === "Succeeded") return true;
  if (reached !== undefined && gates.indexOf(reached) >= gates.indexOf(gate)) return true;
  return isWaived && outcome !== undefined && outcome !== "Held";
};

/** As the engine counts it: what lands keeps its claims, what is held unclear keeps everything. */
export const occupantsOf = (state: RunState): ReadonlyArray<Occupant> => {
  const found: Array<Occupant> = [];
  for (let node = 0; node < state.size; node++) {
    const phase = state.phase(node);
    const task = state.table.task(node);
    const isUnclear = phase === "Held" && state.lastAttempt(node)?.isUnclear === true;
    if (phase === "Launching" || phase === "Running" || isUnclear) {
      found.push(occupant(task, "everything"));
    } else if (phase === "Landing" || (phase === "BackingOff" && state.mode === "sequential")) {
      const keeps = phase === "Landing" ? "claims" : "nothing";
      found.push({ ...occupant(task, keeps), hasSlot: state.mode === "sequential" });
    }
  }
  return found;
};

/**
 * The kinds of agents that took no launch at all: what they said is the question
 * of a task that is held without an agent run, and with nothing unclear.
 */
export const refusalsOf = (state: RunState): ReadonlyArray<Refusal> =>
  tasksIn(state, "Held").flatMap(({ attempts, reason, task }) => {
    const last = attempts.at(-1);
    if (last === undefined || last.ref !== undefined || last.isUnclear) return [];
    const isSaid = reason?._tag === "NeedsDecision" && reason.question === last.failure?.message;
    return isSaid ? [{ agent: last.agent, asked: task.agent, task: task.id }] : [];
  });
