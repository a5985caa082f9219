/** What happens in a run, one line per event, for pipes and logs. */
import { type Journal, ResultManager, type RunEvent, type RunState } from "@orchestrator/core";
import type { Paint } from "../terminal/Paint.ts";
import * as Text from "../terminal/Text.ts";
import * as BudgetText from "./BudgetText.ts";
import * as ResultLink from "./ResultLink.ts";
import { clock, count, limits, looks, seconds, some, wait } from "./Words.ts";

/** The line for an event, or undefined for events that say nothing new to people. */
export const line = (
  { event }: Journal.JournalEntry,
  state: RunState.RunState,
  paint: Paint,
): string | undefined => {
  const found = "task" in event ? ofTask(event, state) : ofRun(event);
  if (found === undefined) return undefined;
  const [phase, text] = found;
  const { symbol, style } =
    phase === undefined ? { symbol: "•", style: "dim" as const } : looks[phase];
  const time = clock((event.at - (state.startedAt ?? event.at)) / 1000).padStart(5);
  return `${paint("dim", time)}  ${paint(style, symbol)} ${text}`;
};

/** What others say, as far as there is room for it. */
const said = (text: string): string => Text.line(text, limits.line);

type Said = readonly [phase: RunState.Phase | undefined, text: string] | undefined;

const ofRun = (event: RunEvent.RunEvent): Said => {
  switch (event._tag) {
    case "RunStarted":
      return [
        undefined,
        `run ${Text.line(event.run)} of ${Text.line(event.plan)}: ${event.mode}, ${count(event.concurrency, "agent")} at once`,
      ];
    case "TasksAdded": {
      if (event.by === undefined)
        return [undefined, `${count(event.tasks.length, "task")} in the plan`];
      const ids = event.tasks.map(({ id }) => Text.line(id));
      return [
        undefined,
        `${Text.line(event.by)} found ${count(ids.length, "new task")}: ${some(ids, 5)}`,
      ];
    }
    case "RunResumed":
      return [undefined, `gone on with, ${count(event.concurrency, "agent")} at once`];
    case "RunSuspended":
      return [undefined, `no new launches, agents go on by themselves: ${said(event.message)}`];
    case "TasksReopened": {
      const ids = event.tasks.map((id) => Text.line(id));
      return [undefined, `${count(ids.length, "task")} to be run again: ${some(ids, 5)}`];
    }
    case "SlotQuarantined": {
      const rest = wait(Math.max(0, event.until - event.at) / 1000);
      return [undefined, `${Text.line(event.slot)} rests for ${rest}: ${said(event.message)}`];
    }
    case "SlotRecovered":
      return [undefined, `${Text.line(event.slot)} is back`];
    case "Warning":
      return [undefined, `warning: ${said(event.message)}`];
    case "Emitted":
      return [undefined, own(event)];
    case "LaunchesPaused":
      return [undefined, BudgetText.pause(event)];
    case "LaunchesUnpaused": {
      const of = event.agent === undefined ? "" : ` on ${Text.line(event.agent)}`;
      return [undefined, `launches${of} go on`];
    }
    case "LimitsChanged":
      return [undefined, `limits are now ${Text.line(BudgetText.limits(event.limits))}`];
    case "RunStopping":
      return [undefined, `no new launches: ${said(event.message)}`];
    default:
      return undefined;
  }
};

type TaskEvent = Extract<RunEvent.RunEvent, { readonly task?: string }>;

const ofTask = (event: TaskEvent, state: RunState.RunState): Said => {
  const id = Text.line(event.task ?? "", 100);
  switch (event._tag) {
    case "Warning":
      return [undefined, `${id}: warning: ${said(event.message)}`];
    case "Emitted":
      return [undefined, `${id}: ${own(event)}`];
    case "LaunchIntended":
      return ["Running", `${id} started${attempt(event.attempt)} on ${Text.line(event.slot)}`];
    case "AgentRunStarted":
      return event.found === true ? ["Running", `${id}: its agent run was found again`] : undefined;
    case "LaunchFailed":
      return event.reason === "Ambiguous"
        ? [
            "Launching",
            `${id} may have been launched or not, looking for it: ${said(event.message)}`,
          ]
        : undefined;
    case "LaunchAbsent":
      return ["Launching", `${id} was not launched: ${said(event.message)}`];
    case "LaunchDuplicated": {
      const runs = event.refs.map((ref) => Text.line(ref.url ?? ref.id, 200));
      return ["Held", `${id} has ${runs.length} agent runs for one launch: ${some(runs, 5)}`];
    }
    case "HeldDecided":
      return ["Held", `${id}: decided to ${event.decision}${which(event)}`];
    case "AgentProgress":
      return isStatusOnly.test(event.message)
        ? undefined
        : [workingIn(event, state), `${id}: ${said(event.message)}`];
    case "CancelIntended":
      return ["Cancelled", `${id} is being cancelled: ${said(event.message)}`];
    case "CancelUnconfirmed":
      return ["Held", `${id} may still be at work: ${said(event.message)}`];
    case "RetryScheduled": {
      const delay = wait(event.delayMillis / 1000);
      return [
        "BackingOff",
        `${id} failed (attempt ${event.attempt}), again in ${delay}: ${failure(event, state)}`,
      ];
    }
    case "TaskEnded":
      return [event.outcome, `${id} ${ended(event, state)}`];
    default:
      return undefined;
  }
};

/** An event of somebody's own, with what it holds. */
const own = ({ data, name }: RunEvent.OfKind<"Emitted">): string =>
  data === undefined
    ? `event ${Text.line(name)}`
    : said(`event ${name}: ${typeof data === "string" ? data : JSON.stringify(data)}`);

/** Who speaks: the agent, or its change on its way into the base. */
const workingIn = (
  { task }: RunEvent.OfKind<"AgentProgress">,
  state: RunState.RunState,
): RunState.Phase => (state.get(task)?.phase === "Landing" ? "Landing" : "Running");

/** The status of an agent run that goes on as expected: a line for each task would hide the others. */
const isStatusOnly = /^Codegen says (?:ACTIVE|RUNNING|PENDING|QUEUED)$/i;

const which = ({ ref }: RunEvent.OfKind<"HeldDecided">): string =>
  ref === undefined ? "" : ` ${Text.line(ref.id, 200)}`;

const attempt = (number: number): string => (number === 1 ? "" : ` (attempt ${number})`);

const failure = (event: RunEvent.OfKind<"RetryScheduled">, state: RunState.RunState): string => {
  const attempts = state.get(event.task)?.attempts ?? [];
  const found = attempts.find(({ number }) => number === event.attempt)?.failure;
  return said(found?.message ?? event.class);
};

const ended = (event: RunEvent.OfKind<"TaskEnded">, state: RunState.RunState): string => {
  const task = state.get(event.task)!;
  const taken = ResultManager.durationSeconds(task);
  const time = taken === undefined ? "" : ` after ${seconds(taken)}`;
  const commit =
    task.commit === undefined ? "" : `, merged as ${Text.line(task.commit, 10).slice(0, 9)}`;
  const link = event.outcome === "Succeeded" ? ResultLink.of(task) : undefined;
  const where = link === undefined ? "" : `: ${said(link)}`;
  // By now the task may have been decided about, or run again.
  const error = ResultManager.error(state, { ...task, reason: event.reason });
  return `${event.outcome.toLowerCase()}${time}${commit}${error === undefined ? where : `: ${said(error)}`}`;
};
