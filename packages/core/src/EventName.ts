/**
 * The names of events for people who write hooks: `task-failed`, `run-ended`, `emitted.deployed`.
 *
 * An event has the name of its kind; the end of a task or of a run has also one that says how it
 * ended, and an event of somebody's own also the one that it was given.
 */
import { RunEvent } from "./RunEvent.ts";
import { Outcome } from "./Task.ts";
import { closest } from "./Suggest.ts";
import { quote } from "./Quote.ts";

/** Every kind of event there is. */
export const kinds: ReadonlyArray<RunEvent["_tag"]> = RunEvent.members.map(
  (member) => member.fields._tag.schema.literal,
);

const named = (kind: string): string =>
  kind.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

const ended = RunEvent.members.find((member) => member.fields._tag.schema.literal === "RunEnded")!;

/** How the names of somebody's own events begin. */
const own = `${named("Emitted")}.`;

/** All names but those of somebody's own events. */
export const all: ReadonlyArray<string> = [
  ...kinds.map(named),
  ...Outcome.literals.map((outcome) => `task-${named(outcome)}`),
  ...("outcome" in ended.fields ? ended.fields.outcome.literals : []).map((one) => `run-${one}`),
];

/** The names of an event, the most general first. */
export const of = (event: RunEvent): ReadonlyArray<string> => {
  const kind = named(event._tag);
  switch (event._tag) {
    case "TaskEnded":
      return [kind, `task-${named(event.outcome)}`];
    case "RunEnded":
      return [kind, `run-${event.outcome}`];
    case "Emitted":
      return [kind, `${own}${event.name}`];
    default:
      return [kind];
  }
};

/** What is wrong with a text that is to name events; undefined if it does. */
export const problem = (name: string): string | undefined => {
  if (all.includes(name) || (name.startsWith(own) && name.length > own.length)) return undefined;
  const near = closest(name, all);
  const hint =
    near === undefined
      ? `. Some are task-ended, task-failed, run-ended, emitted; ${own}NAME is one of your own`
      : `; did you mean ${near}?`;
  return `${quote(name)} is not the name of an event${hint}`;
};
