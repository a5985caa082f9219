import type { Edge, Situated, Situation } from "../Situation.ts";
import { nameOf } from "./reportText.ts";
import { waits } from "./waits.ts";
import * as Taken from "./taken.ts";

/** What is known of the queue and of what is taken. */
export interface Queue {
  /** From 1; undefined if the task is not in it. */
  position(id: string): number | undefined;
  readonly taken: Taken.Taken;
}

/** A moment, to the second. */
const time = (millis: number): string => `${new Date(millis).toISOString().slice(0, 19)}Z`;

/** One clause for every place where a task can be. */
export const clause = (situation: Situation, queue: Queue, found: Situated): string => {
  switch (found.phase) {
    case "Pending":
      return pending(situation, found);
    case "Ready":
      return ready(situation, queue, found);
    case "BackingOff":
      return `backing off until ${time(found.retryAt!)}${after(found)}`;
    case "Launching":
    case "Running":
    case "Landing":
      return atWork(found);
    default:
      return ended(found);
  }
};

const pending = ({ halted }: Situation, found: Situated): string => {
  if (found.blocked !== undefined) return `cannot run: ${found.blocked}`;
  const open = waits(found);
  if (open.length > 0) return waiting(open, found.edges);
  return `waits for nothing any more${halted === undefined ? "" : `; ${halted}`}`;
};

const shownNames = 3;

const waiting = (open: ReadonlyArray<Edge>, all: ReadonlyArray<Edge>): string => {
  const of = all.length === 1 ? "1 dependency" : `${all.length} dependencies`;
  const names = open.slice(0, shownNames).map(({ on }) => nameOf(on));
  const more = open.length > shownNames ? ", …" : "";
  return `waits for ${open.length} of ${of}: ${names.join(", ")}${more}`;
};

const ready = (situation: Situation, queue: Queue, found: Situated): string => {
  const { id } = found.task;
  const { taken } = queue;
  const place = `ready, ${ordinal(queue.position(id)!)} in the queue`;
  if (situation.halted !== undefined) return `${place}; ${situation.halted}`;
  const heldUp = situation.heldUp(found.task);
  if (heldUp !== undefined) return `${place}; ${heldUp}`;
  if (taken.isFirst(id)) return "ready, starts at once";
  const [scarce] = taken.contention(found.task);
  if (scarce !== undefined) return `${place}; ${Taken.sentence(scarce)}`;
  const { resting, slots } = situation;
  const rest = resting.length === 0 ? "" : `, ${resting.length} at rest after a failure`;
  return `${place}; ${taken.slots.length} of ${slots} ${slots === 1 ? "slot" : "slots"} taken${rest}`;
};

const ordinal = (number: number): string => {
  const [ones, tens] = [number % 10, Math.floor(number / 10) % 10];
  return `${number}${(tens === 1 ? undefined : endings[ones]) ?? "th"}`;
};

const endings: Readonly<Record<number, string>> = { 1: "st", 2: "nd", 3: "rd" };

const atWork = ({ attempts, gate, phase, progress }: Situated): string => {
  const { endedAt, number, slot, startedAt } = attempts.at(-1)!;
  const again = number === 1 ? "" : `, attempt ${number}`;
  if (phase !== "Landing") {
    return `${phase.toLowerCase()} since ${time(startedAt)} on ${slot}${again}`;
  }
  const reached = gate === undefined ? "" : `, past ${gate}`;
  const now = progress === undefined ? "" : `: ${progress}`;
  return `landing since ${time(endedAt ?? startedAt)}${again}${reached}${now}`;
};

const after = ({ attempts }: Situated): string => {
  const last = attempts.at(-1);
  if (last === undefined) return "";
  const why = last.failure === undefined ? "" : `: ${last.failure.message}`;
  return `, after attempt ${last.number}${why}`;
};

const ended = ({ endedAt, phase, reason }: Situated): string => {
  const word = phase.toLowerCase();
  switch (reason?._tag) {
    case undefined:
      return endedAt === undefined ? word : `${word} at ${time(endedAt)}`;
    case "AttemptFailed":
      return `${word}: ${reason.failure.message}`;
    case "Stopped":
      return `${word}: ${reason.message}`;
    case "NeedsDecision":
      return `${word}: ${reason.question}`;
    case "DependencyFailed":
      return `${word} because ${reason.dependency} ${became(reason.outcome)}`;
  }
};

const became = (outcome: string): string =>
  outcome === "Failed" ? "failed" : `was ${outcome.toLowerCase()}`;
