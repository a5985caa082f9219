/**
 * What a person may ask of a run: to run ended tasks again, to decide about held ones, to pause
 * launches, to set limits and to record events of their own.
 *
 * Pure rules: a request and the state of a run give the events that record it,
 * or the reason why it cannot be.
 */
import * as Result from "effect/Result";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import { AgentRunRef } from "./AgentPort.ts";
import * as Budget from "./Budget.ts";
import { closest } from "./Suggest.ts";
import * as EmittedEvent from "./internal/emittedEvent.ts";
import { Decision, type OfKind, type RunEvent } from "./RunEvent.ts";
import type { Attempt, RunState, TaskState } from "./RunState.ts";
import { dependencies, type TaskId } from "./Task.ts";

/** What a person may ask of a run, as data that another process can send. */
export const Change = Schema.Union([
  /** Run these tasks again, and what was skipped or held because of them. */
  Schema.TaggedStruct("Reopen", { tasks: Schema.Array(Schema.String) }),
  /** Decide about a held task. `ref` names the agent run to adopt, if the run does not know it. */
  Schema.TaggedStruct("Decide", {
    task: Schema.String,
    decision: Decision,
    ref: Schema.optionalKey(AgentRunRef),
    /** What there is to say to an approval or a rejection. */
    note: Schema.optionalKey(Schema.String),
  }),
  /** Launch nothing more until `Unpause`; what works goes on. */
  Schema.TaggedStruct("Pause", { message: Schema.optionalKey(Schema.String) }),
  /** Launch again, whatever it was that paused. */
  Schema.TaggedStruct("Unpause", {}),
  /** Let the run use this much: what is stated replaces what the run was given, the rest stays. */
  Schema.TaggedStruct("Limit", { limits: Budget.Limits }),
  /** Record an event that changes nothing, for whoever follows the run. */
  Schema.TaggedStruct("Emit", {
    name: Schema.String,
    data: Schema.optionalKey(Schema.Json),
    task: Schema.optionalKey(Schema.String),
  }),
]);
/** What a person may ask of a run. */
export type Change = typeof Change.Type;

/** The run is not in a state for what was asked. Nothing was recorded. */
export class ChangeRefused extends Schema.TaggedError<ChangeRefused>()("ChangeRefused", {
  message: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = 65;
}

type Answer<A> = Result.Result<A, ChangeRefused>;

/** The events that record a change, in their order. */
export const events = (
  state: RunState,
  change: Change,
  at: number,
): Answer<ReadonlyArray<RunEvent>> => {
  switch (change._tag) {
    case "Reopen":
      return Result.map(reopening(state, change.tasks), (tasks) =>
        tasks.length === 0 ? [] : [{ _tag: "TasksReopened", at, tasks }],
      );
    case "Decide":
      return decided(state, change, at);
    case "Pause":
      return paused(state, change.message ?? "paused on request", at);
    case "Unpause":
      return unpaused(state, at);
    case "Limit": {
      const limits = Budget.merge(state.limits, change.limits);
      return Result.succeed([{ _tag: "LimitsChanged", at, limits }]);
    }
    case "Emit":
      return Result.map(emitted(state, change, at), (event) => [event]);
  }
};

type Emit = Extract<Change, { readonly _tag: "Emit" }>;

const emitted = (
  state: RunState,
  { data, name, task }: Emit,
  at: number,
): Answer<OfKind<"Emitted">> => {
  if (state.outcome !== undefined) return refused("The run has ended: it records no more events.");
  if (task !== undefined && state.get(task) === undefined) return unknown(state, task);
  const problem = EmittedEvent.problem(name, data);
  if (problem !== undefined) return refused(problem);
  return Result.succeed({
    _tag: "Emitted",
    at,
    name,
    ...(data === undefined ? {} : { data }),
    ...(task === undefined ? {} : { task }),
  });
};

/** A pause that a person wants outlasts any other, which it takes the place of. */
const paused = (state: RunState, message: string, at: number): Answer<ReadonlyArray<RunEvent>> => {
  if (state.outcome !== undefined) return refused("The run has ended: it launches nothing.");
  if (state.paused?.cause === "operator") return Result.succeed([]);
  return Result.succeed([{ _tag: "LaunchesPaused", at, cause: "operator", message }]);
};

const unpaused = (state: RunState, at: number): Answer<ReadonlyArray<RunEvent>> => {
  const agents = Array.from(state.pausedAgents.keys(), (agent) => ({
    _tag: "LaunchesUnpaused" as const,
    at,
    agent,
  }));
  const whole = state.paused === undefined ? [] : [{ _tag: "LaunchesUnpaused" as const, at }];
  if (whole.length + agents.length === 0) return refused("Launches are not paused.");
  return Result.succeed([...whole, ...agents]);
};

/**
 * The tasks that run again if these are to: with them everything that was
 * skipped, cancelled or held because of them. In the order in which they joined.
 */
export const reopening = (
  state: RunState,
  tasks: ReadonlyArray<TaskId>,
): Answer<ReadonlyArray<TaskId>> => {
  for (const id of tasks) {
    const found = state.get(id);
    if (found === undefined) return unknown(state, id);
    if (found.outcome === undefined) return refused(`${id} has not ended: it is ${found.phase}.`);
    if (found.outcome === "Succeeded") {
      return refused(`${id} succeeded, and its work is there: it is not run again.`);
    }
    if (found.outcome === "Held") {
      return refused(`${id} is held and needs a decision: orchestrator decide ${id} relaunch`);
    }
  }
  return Result.succeed(withBroken(state, new Set(tasks)));
};

/** The tasks that failed, were cancelled or skipped, none of them because of another. */
export const failed = (state: RunState): ReadonlyArray<TaskId> =>
  Array.from(state.tasks())
    .filter(({ outcome, reason }) => {
      if (reason?._tag === "DependencyFailed") return false;
      return outcome === "Failed" || outcome === "Cancelled" || outcome === "Skipped";
    })
    .map(({ task }) => task.id);

/** The tasks that wait for a person, each with what it asks; not those that only wait for them. */
export const held = (state: RunState): ReadonlyArray<{ task: TaskState; question: string }> =>
  Array.from(state.tasks()).flatMap((task) =>
    task.outcome === "Held" && task.reason?._tag === "NeedsDecision"
      ? [{ task, question: task.reason.question }]
      : [],
  );

type Decide = Extract<Change, { readonly _tag: "Decide" }>;

const decided = (state: RunState, change: Decide, at: number): Answer<ReadonlyArray<RunEvent>> => {
  const { decision, note, ref, task: id } = change;
  const found = state.get(id);
  if (found === undefined) return unknown(state, id);
  const forgiven = state.forgiven(state.table.numberOf(id)!);
  const refusal = whyNot(found, forgiven, change);
  if (refusal !== undefined) return refused(refusal);
  const attempt = found.attempts.at(-1)?.number ?? 0;
  const freed = withBroken(state, new Set([id])).filter((task) => task !== id);
  const recorded: Array<RunEvent> = [
    {
      _tag: "HeldDecided",
      at,
      task: id,
      decision,
      ...(ref === undefined ? {} : { ref }),
      ...(note === undefined ? {} : { note }),
    },
  ];
  if (ref !== undefined) {
    recorded.push({ _tag: "AgentRunStarted", at, task: id, attempt, ref, found: true });
  }
  if (decision === "skip") {
    const reason = { _tag: "Stopped", message: "left out on request" } as const;
    recorded.push({ _tag: "TaskEnded", at, task: id, outcome: "Skipped", reason });
  }
  if (freed.length > 0) recorded.push({ _tag: "TasksReopened", at, tasks: freed });
  return Result.succeed(recorded);
};

const whyNot = (
  { attempts, outcome, phase, reason, task }: TaskState,
  forgiven: number,
  { decision, note, ref }: Decide,
): string | undefined => {
  if (outcome !== "Held") return `${task.id} is not held: it is ${phase}.`;
  if (reason?._tag === "DependencyFailed") {
    return `${task.id} only waits for ${reason.root}, which is held: decide about that one.`;
  }
  if (ref !== undefined && decision !== "adopt") {
    return `An agent run is named only to adopt it, not to ${decision}.`;
  }
  if (note !== undefined && !isAnswer(decision)) {
    return `A note is said to an approval or a rejection, not to ${decision}.`;
  }
  if (decision === "relaunch" || decision === "skip") return undefined;
  const last = attempts.at(-1);
  const isAsked = last?.end?._tag === "Waiting" && last.end.approval === true;
  if (isAsked && last.number > forgiven) {
    if (isAnswer(decision)) return undefined;
    return `${task.id} waits for yes or no: decide approve or reject, or skip.`;
  }
  if (isAnswer(decision)) {
    return `${task.id} does not wait for an approval: ${last === undefined ? "decide relaunch or skip" : "decide relaunch, skip, adopt or wait"}.`;
  }
  const isOld = last === undefined || last.number <= forgiven;
  if (isOld || (isOver(last) && (ref === undefined || isKnown(last)))) {
    return `${task.id} has no agent run to go on with: decide relaunch or skip.`;
  }
  if (ref !== undefined && ref.agent !== last.agent) {
    return `${task.id} was launched on ${last.agent}, and the agent run that is named is one of ${ref.agent}.`;
  }
  if (decision === "adopt" && ref === undefined && last.ref === undefined) {
    return `The agent run of ${task.id} is not known: name it, or decide wait to look for it again.`;
  }
  return undefined;
};

const isAnswer = (decision: Decide["decision"]): boolean =>
  decision === "approve" || decision === "reject";

/** Whether an attempt certainly has nothing to look at again: no agent run that works or waits, and no change to land. */
const isOver = ({ change, end, endedAt, failure, isUnclear }: Attempt): boolean => {
  if (endedAt === undefined || isUnclear || end?._tag === "Waiting") return false;
  return change === undefined || failure !== undefined;
};

/** Whether nobody can name an agent run that the journal does not know: it ended, or its launch was refused. */
const isKnown = ({ end, isExhausted }: Attempt): boolean => end !== undefined || isExhausted;

/** The tasks with all that did not run only because of them, in the order in which they joined. */
const withBroken = (state: RunState, tasks: Set<TaskId>): ReadonlyArray<TaskId> => {
  const dependents = new Map<TaskId, Array<TaskId>>();
  for (const waiting of state.tasks()) {
    const { reason, task } = waiting;
    if (reason?._tag !== "DependencyFailed" && reason?._tag !== "NeedsDecision") continue;
    for (const { task: dependency } of dependencies(task)) {
      if (reason._tag === "NeedsDecision" && !isBehind(state, waiting, dependency)) continue;
      const others = dependents.get(dependency);
      if (others === undefined) dependents.set(dependency, [task.id]);
      else others.push(task.id);
    }
  }
  const open = [...tasks];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const dependent of dependents.get(id) ?? []) {
      if (tasks.has(dependent)) continue;
      tasks.add(dependent);
      open.push(dependent);
    }
  }
  const order = (id: TaskId) => state.table.numberOf(id)!;
  return [...tasks].sort((a, b) => order(a) - order(b));
};

/** Whether a person is asked about a task because of what became of a dependency: it was neither ready nor launched since. */
const isBehind = (state: RunState, waiting: TaskState, dependency: TaskId): boolean => {
  const { attempts, readyAt, task } = waiting;
  const { endedAt, outcome } = state.get(dependency)!;
  if (attempts.length > state.forgiven(state.table.numberOf(task.id)!)) return false;
  if (endedAt === undefined || outcome === "Succeeded" || outcome === "Held") return false;
  return readyAt === undefined || readyAt < endedAt;
};

const unknown = (state: RunState, id: TaskId) => {
  const known = state.table.tasks.map((task) => task.id);
  const near = closest(id, known);
  const hint = near === undefined ? "" : ` Did you mean ${near}?`;
  return refused(`The run has no task ${JSON.stringify(id)}.${hint}`);
};

const refused = (message: string) => Result.fail(new ChangeRefused({ message }));
