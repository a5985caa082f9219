/**
 * Where every task of a plan or a run is at a moment, and what they compete for.
 *
 * It is what `Explanation` reads. A plan before its run and a run read back from
 * its journal give one here; whoever reads a plan from elsewhere says what it
 * knows beside the tasks: satisfied dependencies, things outside of the plan.
 */
import * as Run from "./internal/runSituation.ts";
import { occupant, once, situated, stated } from "./internal/situated.ts";
import { startOrder } from "./internal/startOrder.ts";
import type { Mode } from "./RunEvent.ts";
import { RunState, type TaskState } from "./RunState.ts";
import type { Gate, Task, TaskId } from "./Task.ts";

/** A dependency of a task as it stands. */
export interface Edge {
  readonly on: TaskId;
  readonly gate: Gate;
  /** Where it was stated, if that is known. */
  readonly source: string | undefined;
  /** Whether it holds nothing up any more. */
  readonly satisfied: boolean;
}

/** A task with everything that can keep it from running by itself. */
export interface Situated extends TaskState {
  readonly edges: ReadonlyArray<Edge>;
  /** Why it cannot run whatever it depends on does, as `it is not trusted`; undefined if it can. */
  readonly blocked: string | undefined;
}

/** Something that a dependency names and that is no task here. */
export interface Outside {
  readonly id: string;
  /** As `open`, `closed as not planned`. */
  readonly state: string;
  readonly title: string | undefined;
  readonly url: string | undefined;
}

/** A task that takes something from others, or would be the first to. */
export interface Occupant {
  readonly task: TaskId;
  readonly hasSlot: boolean;
  readonly resources: Readonly<Record<string, number>>;
  readonly claims: ReadonlyArray<string>;
}

/** A kind of agent that takes no launches until somebody acts. */
export interface Refusal {
  readonly agent: string;
  /** What the task that it refused says of its agent; others that say the same go to it, too. */
  readonly asked: string | undefined;
  /** The task that it refused, which is held and tells why. */
  readonly task: TaskId;
}

/** The whole situation. Looking at one task costs its own dependencies. */
export interface Situation {
  /** Why nothing starts at all, as `the run is suspended`; undefined if tasks start. */
  readonly halted: string | undefined;
  readonly mode: Mode;
  /** The gate of a dependency that names none. */
  readonly defaultGate: Gate;
  /** Agents that may work at once. */
  readonly slots: number;
  /** The capacity of each named resource. */
  readonly resources: Readonly<Record<string, number>>;
  /** What is known of a task of the run or plan. */
  readonly find: (id: TaskId) => Situated | undefined;
  /** What is known of something that is no task, as an issue that others wait for. */
  readonly outside: (id: string) => Outside | undefined;
  /** All tasks, in their order. */
  readonly ids: () => Iterable<TaskId>;
  /** The ready tasks in the order in which they start. */
  readonly queue: () => ReadonlyArray<TaskId>;
  /** The tasks that occupy a slot, resources or files. */
  readonly occupants: () => ReadonlyArray<Occupant>;
  /** The kinds of agents that take no launches until somebody acts. */
  readonly refusals: () => ReadonlyArray<Refusal>;
  /** Why a ready task does not start though nothing is taken: its agent is paused, or limits have no room for it. */
  readonly heldUp: (task: Task) => string | undefined;
  /** Slots that rest after a failure, each with until when (milliseconds since the epoch). */
  readonly resting: ReadonlyArray<{ readonly slot: string; readonly until: number }>;
}

/** A task of a plan with what its reader knows beside it. */
export interface Planned {
  readonly task: Task;
  /** Its dependencies, if the task does not state them all. */
  readonly edges?: ReadonlyArray<Edge>;
  readonly blocked?: string | undefined;
}

/** How a plan would be run. */
export interface PlanSettings {
  readonly mode: Mode;
  readonly slots: number;
  readonly resources?: Readonly<Record<string, number>>;
  /** The gate of a dependency that names none (default `agent-ended`). */
  readonly defaultGate?: Gate;
  readonly halted?: string | undefined;
  /** What is known of something that is no task (default nothing). */
  readonly outside?: (id: string) => Outside | undefined;
}

/** A plan before its run: what would start at once occupies what it needs. Of tasks with one id the first counts. */
export const ofPlan = (tasks: ReadonlyArray<Planned>, settings: PlanSettings): Situation => {
  const { defaultGate = "agent-ended", halted, mode, resources = {}, slots } = settings;
  const planned = new Map<TaskId, Planned>();
  for (const one of tasks) if (!planned.has(one.task.id)) planned.set(one.task.id, one);
  const all = Array.from(planned.values(), ({ task }) => task);
  const edgesOf = (task: Task): ReadonlyArray<Edge> =>
    planned.get(task.id)!.edges ?? edgesOfPlan(task, defaultGate);
  const ready = all.filter(
    (task) =>
      planned.get(task.id)!.blocked === undefined &&
      edgesOf(task).every(({ satisfied }) => satisfied),
  );
  const state = RunState.fold([
    { _tag: "TasksAdded", at: 0, tasks: all },
    ...ready.map(({ id: task }) => ({ _tag: "TaskReady", at: 0, task }) as const),
  ]);
  const order = once(() => startOrder(all, ready, { mode, slots, resources }));
  return {
    halted,
    mode,
    defaultGate,
    slots,
    resources,
    find: situated(state, edgesOf, (id) => planned.get(id)?.blocked),
    outside: settings.outside ?? (() => undefined),
    ids: () => planned.keys(),
    queue: () => order().queue,
    occupants: () => order().first.map((id) => occupant(planned.get(id)!.task, "everything")),
    refusals: () => [],
    heldUp: () => undefined,
    resting: [],
  };
};

const edgesOfPlan = (task: Task, defaultGate: Gate): ReadonlyArray<Edge> =>
  stated(task).map(({ source, task: on, until }) => ({
    on,
    gate: until ?? defaultGate,
    source,
    satisfied: false,
  }));

/** A run as its journal tells it; `halted` is what the journal cannot know, as that nobody works on it. */
export const ofRun = (
  state: RunState,
  halted: string | undefined = Run.haltOf(state),
): Situation => {
  const { concurrency: slots, mode, settings } = state;
  const resources = settings?.resources ?? {};
  const all = () => state.table.tasks.slice(0, state.size);
  const heldUp = once(() => Run.holdUpsOf(state));
  const order = once(() => startOrder(all(), Run.readyOf(state), { mode, slots, resources }));
  return {
    halted,
    mode,
    defaultGate: Run.defaultGateOf(state),
    slots,
    resources,
    find: situated(
      state,
      (task) => Run.edgesOfRun(state, task),
      () => undefined,
    ),
    outside: () => undefined,
    ids: () => all().map(({ id }) => id),
    queue: () => order().queue,
    occupants: once(() => Run.occupantsOf(state)),
    refusals: () => Run.refusalsOf(state),
    heldUp: (task) => heldUp()(task),
    resting: Array.from(state.resting, ([slot, until]) => ({ slot, until })),
  };
};
