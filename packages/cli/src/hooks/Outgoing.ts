/** An event as hooks and webhooks are given it. */
import { EventName, type Journal } from "@orchestrator/core";
import * as Scrubber from "../telemetry/Scrubber.ts";

export interface Outgoing {
  /** The same however often it is sent: the run, and the place of the event in it. */
  readonly id: string;
  /** The most general first. */
  readonly names: ReadonlyArray<string>;
  /** JSON without secrets. */
  readonly body: string;
}

/** The longest body, in UTF-16 code units: what is beyond it is in the journal alone. */
const longest = 2 ** 20;

/** Whether an event has one of some names. */
export const isMeant = (
  { event }: Pick<Journal.JournalEntry, "event">,
  names: ReadonlyArray<string>,
): boolean => EventName.of(event).some((name) => names.includes(name));

/** Says what happened. */
export const of = ({ event, run, sequence }: Journal.JournalEntry): Outgoing => {
  const names = EventName.of(event);
  const id = `${run}/${sequence}`;
  const head = { id, run, sequence, time: new Date(event.at).toISOString(), names };
  const whole = JSON.stringify(Scrubber.json({ ...head, event }));
  if (whole.length <= longest) return { id, names, body: whole };
  const { _tag, at } = event;
  const task = "task" in event && event.task !== undefined ? { task: event.task } : {};
  const short = { ...head, event: { _tag, at, ...task }, truncated: true };
  return { id, names, body: JSON.stringify(Scrubber.json(short)) };
};
