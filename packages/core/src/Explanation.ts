/**
 * Why a task is not running, or that it is: what it waits for, down to where that begins.
 *
 * Pure, and linear in the dependencies that are looked at: satisfied ones are
 * not followed. Nothing recurses, and cycles end the search. The answer is JSON
 * and bounded; what is left out is counted.
 */
import * as Result from "effect/Result";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as Causes from "./internal/causes.ts";
import { Look } from "./internal/Look.ts";
import { quote } from "./internal/reportText.ts";
import { closest } from "./Suggest.ts";
import { mostUrgent } from "./internal/urgency.ts";
import type { Phase } from "./RunEvent.ts";
import type { Situated, Situation } from "./Situation.ts";
import type { Gate, TaskId } from "./Task.ts";

/**
 * Where something is: a phase of a task, or
 *
 * - `Blocked`: a task that cannot run for a reason of its own.
 * - `Outside`: it exists, and is no task here.
 * - `Missing`: it does not exist.
 * - `Cycle`: tasks that wait for one another.
 */
export type State = Phase | "Blocked" | "Outside" | "Missing" | "Cycle";

/** A task, or something else that tasks wait for. */
export interface Where {
  readonly id: string;
  readonly title: string | null;
  readonly url: string | null;
  readonly state: State;
  /** Where it is, as a clause behind its id: `running since …`, `waits for 1 of 3 dependencies: api`. */
  readonly summary: string;
}

/** A dependency of the task. */
export interface Dependency extends Where {
  readonly gate: Gate;
  /** Where it was stated, as `plan.yaml:12`. */
  readonly source: string | null;
  readonly satisfied: boolean;
}

/** Something that the task waits for, directly or not. */
export interface Cause extends Where {
  /** The nearest that waits for it, and how: a dependency of that one. */
  readonly waitedForBy: TaskId;
  readonly gate: Gate;
  readonly source: string | null;
  /** How many steps from the task, 1 for its own dependencies. */
  readonly depth: number;
  /** Its place in the tree of what is listed: the one it is listed under, `null` for the task itself … */
  readonly under: TaskId | null;
  /** … and how many on the way from there are not listed. */
  readonly between: number;
}

/** Where causes begin: what has to happen first. It waits for no other task. */
export interface Root extends Where {
  readonly depth: number;
  /** How many of the causes, and the task, wait for it. */
  readonly waiting: number;
  /** The tasks that wait for one another, the first again at the end; `null` if it is no cycle. */
  readonly cycle: ReadonlyArray<TaskId> | null;
}

/**
 * Something beside a slot that a ready task cannot have now: a resource, files, or
 * an agent that takes no launches. Only of resources there are numbers.
 */
export interface Contention {
  readonly kind: "resource" | "claim" | "agent";
  /** The resource, the glob that the task claims, or the agent. */
  readonly name: string;
  readonly needed: number | null;
  readonly free: number | null;
  readonly capacity: number | null;
  /** Who has it; of an agent the tasks that it refused. */
  readonly takenBy: ReadonlyArray<TaskId>;
}

export interface Explanation extends Where {
  /** The gate of dependencies that name none. */
  readonly defaultGate: Gate;
  /** Why nothing starts at all; `null` if tasks start. */
  readonly halted: string | null;
  /** What is not satisfied comes first. */
  readonly dependencies: ReadonlyArray<Dependency>;
  readonly dependenciesLeftOut: number;
  /** A tree in the order in which it is read. Empty for a task that waits for nothing else. */
  readonly causes: ReadonlyArray<Cause>;
  readonly causesLeftOut: number;
  /** What needs somebody first, then what most wait for. Empty for a task at work, and for one that succeeded. */
  readonly roots: ReadonlyArray<Root>;
  readonly rootsLeftOut: number;
  /** The place of a ready task among all of them, from 1. */
  readonly queue: { readonly position: number; readonly length: number } | null;
  readonly slots: {
    readonly total: number;
    readonly takenBy: ReadonlyArray<TaskId>;
    /** Those that rest after a failure; `until` is ISO 8601 in UTC. */
    readonly resting: ReadonlyArray<{ readonly slot: string; readonly until: string }>;
  };
  readonly contention: ReadonlyArray<Contention>;
}

/** How many of each are listed. */
export interface Limits {
  /** Default 1000. */
  readonly dependencies?: number;
  /** Default 1000. */
  readonly causes?: number;
  /** Default 20. Each costs a look at all causes. */
  readonly roots?: number;
}

/** No task has this id. */
export class UnknownTask extends Schema.TaggedError<UnknownTask>()("UnknownTask", {
  task: Schema.String,
  suggestion: Schema.optionalKey(Schema.String),
}) {
  /** `EX_DATAERR` of sysexits.h. */
  override readonly [Runtime.errorExitCode] = 65;
  override get message(): string {
    const hint = this.suggestion === undefined ? "" : ` Did you mean ${quote(this.suggestion)}?`;
    return `There is no task ${quote(this.task)}.${hint}`;
  }
}

/** Explains where a task is and why. */
export const explain = (
  situation: Situation,
  id: TaskId,
  limits: Limits = {},
): Result.Result<Explanation, UnknownTask> => {
  const found = situation.find(id);
  return found === undefined
    ? Result.fail(unknown(situation, id))
    : Result.succeed(explained(situation, found, limits));
};

const unknown = (situation: Situation, task: TaskId): UnknownTask => {
  const suggestion = closest(task, situation.ids());
  return new UnknownTask({ task, ...(suggestion === undefined ? {} : { suggestion }) });
};

const explained = (
  situation: Situation,
  task: Situated,
  { causes = 1000, dependencies = 1000, roots = 20 }: Limits,
): Explanation => {
  const look = new Look(situation);
  const visited = Causes.visit(situation, task);
  const origins = isOnItsWay(task.phase) ? [] : Causes.origins(visited);
  const urgent = mostUrgent(visited, origins, roots);
  const ends = urgent.map(({ number }) => number);
  const shown = Causes.choose(visited, ends, causes);
  const edges = task.edges.toSorted((a, b) => Number(a.satisfied) - Number(b.satisfied));
  return {
    ...look.task(task),
    defaultGate: situation.defaultGate,
    halted: situation.halted ?? null,
    dependencies: edges.slice(0, dependencies).map((edge) => look.dependency(edge)),
    dependenciesLeftOut: Math.max(0, edges.length - dependencies),
    causes: shown.map((one) => look.cause(visited, one)),
    causesLeftOut: visited.length - 1 - shown.length,
    roots: urgent.map((root) => look.root(visited, root)),
    rootsLeftOut: origins.length - urgent.length,
    ...look.queueOf(task),
  };
};

/** Whether nothing keeps a task. */
const isOnItsWay = (phase: Phase): boolean =>
  phase === "Launching" || phase === "Running" || phase === "Landing" || phase === "Succeeded";
