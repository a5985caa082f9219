/** What a log says of an event of a run, or of what an adapter wants people to know. */
import type { Journal, RunEvent } from "@orchestrator/core";
import type { Severity } from "../terminal/Log.ts";
import * as Text from "../terminal/Text.ts";
import { seconds } from "../view/Words.ts";
import type { Stretch } from "./Timeline.ts";

/** The least first. */
export const severities: ReadonlyArray<Severity> = ["debug", "info", "warning", "error"];

/** One line of a log. What does not apply is absent. */
export interface LogRecord {
  /** ISO 8601 in UTC. */
  readonly timestamp: string;
  readonly level: Severity;
  /** The kind of event; `Log` for what an adapter says. */
  readonly event: string;
  /** The run: what all its lines, spans and metrics have in common. */
  readonly run: string;
  /** The place of the event in the journal. */
  readonly sequence?: number;
  readonly task?: string;
  readonly agent?: string;
  readonly attempt?: number;
  /** Of what ended with the event. */
  readonly duration_seconds?: number;
  readonly message: string;
}

/** What is told of an event, with what ended with it. */
export const ofEvent = (
  { event, run, sequence }: Journal.JournalEntry,
  ended: ReadonlyArray<Stretch>,
): LogRecord => {
  const stretch = ended[0];
  const agent = "agent" in event ? event.agent : stretch?.agent;
  return {
    timestamp: new Date(event.at).toISOString(),
    level: severityOf(event),
    event: event._tag,
    run,
    sequence,
    ...("task" in event && event.task !== undefined ? { task: event.task } : {}),
    ...(agent === undefined ? {} : { agent }),
    ...("attempt" in event ? { attempt: event.attempt } : {}),
    ...(stretch === undefined
      ? {}
      : { duration_seconds: (stretch.endedAt - stretch.startedAt) / 1000 }),
    message: messageOf(event),
  };
};

const quiet: ReadonlySet<string> = new Set<RunEvent.RunEvent["_tag"]>([
  "TaskReady",
  "LaunchIntended",
  "AgentProgress",
  "GateReached",
  "ReportIntended",
  "ReportCreated",
  "ReportUpdated",
]);

const remarkable: ReadonlySet<string> = new Set<RunEvent.RunEvent["_tag"]>([
  "Warning",
  "LaunchFailed",
  "LaunchAbsent",
  "CancelUnconfirmed",
  "RetryScheduled",
  "LandingFailed",
  "SlotQuarantined",
  "ReportFailed",
  "RunStopping",
]);

const severityOf = (event: RunEvent.RunEvent): Severity => {
  if (quiet.has(event._tag)) return "debug";
  if (remarkable.has(event._tag)) return "warning";
  switch (event._tag) {
    case "LaunchDuplicated":
      return "error";
    case "AgentRunEnded":
      return event.end._tag === "Failed" ? "warning" : "info";
    case "TaskEnded":
      if (event.outcome === "Failed") return "error";
      return event.outcome === "Held" ? "warning" : "info";
    case "RunEnded":
      return event.outcome === "failed" ? "error" : "info";
    default:
      return "info";
  }
};

const messageOf = (event: RunEvent.RunEvent): string => {
  switch (event._tag) {
    case "RunStarted":
      return `plan ${event.plan}, ${event.mode}, agents at once: ${event.concurrency}`;
    case "RunResumed":
      return `gone on with, agents at once: ${event.concurrency}`;
    case "TasksAdded":
      return `tasks: ${event.tasks.length}${event.by === undefined ? "" : `, found by ${event.by}`}`;
    case "LaunchIntended":
      return `on ${event.slot}`;
    case "AgentRunStarted":
      return event.ref.url ?? event.ref.id;
    case "LaunchFailed":
      return `${event.reason}: ${event.message}`;
    case "AgentRunEnded":
      return endOf(event);
    case "RetryScheduled":
      return `failed (${event.class}), again in ${seconds(event.delayMillis / 1000)}`;
    case "LandingEnded":
      return event.commit ?? "landed";
    case "LandingFailed":
      return `${event.failure.class}: ${event.failure.message}`;
    case "TaskEnded":
      return outcomeOf(event);
    case "GateReached":
      return event.gate;
    case "HeldDecided":
      return event.decision;
    case "RunEnded":
      return event.outcome;
    case "Emitted":
      return event.data === undefined ? event.name : `${event.name}: ${JSON.stringify(event.data)}`;
    default:
      return "message" in event && event.message !== undefined ? event.message : wordsOf(event);
  }
};

const endOf = ({ end }: RunEvent.OfKind<"AgentRunEnded">): string => {
  switch (end._tag) {
    case "Succeeded":
      return end.summary ?? "succeeded";
    case "Failed":
      return `${end.failure.class}: ${end.failure.message}`;
    case "Waiting":
      return end.question;
  }
};

const outcomeOf = ({ outcome, reason }: RunEvent.OfKind<"TaskEnded">): string => {
  const word = outcome.toLowerCase();
  switch (reason?._tag) {
    case undefined:
      return word;
    case "AttemptFailed":
      return `${word}: ${reason.failure.message}`;
    case "DependencyFailed":
      return `${word}: depends on ${reason.dependency} (${reason.outcome.toLowerCase()})`;
    case "Stopped":
      return `${word}: ${reason.message}`;
    case "NeedsDecision":
      return `${word}: ${reason.question}`;
  }
};

/** `SlotRecovered` as `slot recovered`. */
const wordsOf = ({ _tag }: RunEvent.RunEvent): string =>
  _tag.replace(/(?!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();

/** A record as a line of JSON that acts on no terminal. */
export const encode = (record: LogRecord): string => Text.json(JSON.stringify(record));

/** A record for people, on one line. */
export const line = (record: LogRecord): string => {
  const { agent, attempt, duration_seconds: duration, event, level, message, task } = record;
  const facts = [
    task,
    attempt === undefined ? undefined : `attempt ${attempt}`,
    agent,
    duration === undefined ? undefined : seconds(duration),
  ].filter((fact) => fact !== undefined);
  const about = facts.length === 0 ? "" : ` ${facts.join(", ")}`;
  const time = record.timestamp.slice(11, 23);
  return Text.line(`${time} ${level.padEnd(7)} ${event}${about}: ${message}`);
};
