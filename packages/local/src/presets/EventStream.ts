/**
 * Reads what a coding agent prints: events, one JSON object a line, and between them whatever it
 * has to complain about.
 */
import type { Agent } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Stream from "effect/Stream";
import * as Tail from "../internal/Tail.ts";
import * as EventLines from "./EventLines.ts";
import type { Account, Fields, Preset } from "./Preset.ts";

/** What one line says: a sentence on what the agent does, or text that is no event. */
export type Heard =
  | { readonly _tag: "Doing"; readonly sentence: string }
  | { readonly _tag: "Text"; readonly text: string };

/** All that was printed, in few words. */
export interface Printed extends Account {
  /** The last lines that are no events. */
  readonly complaints: string;
  /** How many lines began as events and are none, or were too long to be read. */
  readonly brokenLines: number;
}

export interface EventStream {
  readonly take: (chunk: string) => ReadonlyArray<Heard>;
  readonly end: () => Printed;
}

/** Reads events from the beginning, or from the first whole line on. */
export const make = (preset: Preset, folder: string, isFromMiddle = false): EventStream => {
  const reader = preset.reader(folder);
  const lines = EventLines.make();
  const complaints = Tail.make();
  let brokenLines = 0;
  let isFirst = isFromMiddle;
  const hear = (line: string | undefined): ReadonlyArray<Heard> => {
    const isFragment = isFirst;
    isFirst = false;
    const event = line === undefined ? undefined : eventIn(line);
    if (event !== undefined) {
      const sentence = reader.take(event);
      return sentence === undefined ? [] : [{ _tag: "Doing", sentence }];
    }
    if (isFragment || line?.trim() === "") return [];
    if (line === undefined || line.startsWith("{")) brokenLines++;
    if (line === undefined || line.startsWith("{")) return [];
    complaints.add(`${line}\n`);
    return [{ _tag: "Text", text: line }];
  };
  return {
    take: (chunk) => lines.add(chunk).flatMap(hear),
    end: () => {
      lines.end().forEach(hear);
      return { ...reader.account(), complaints: complaints.read(), brokenLines };
    },
  };
};

/** An event may follow text that lacks the end of its line. */
const eventIn = (line: string): Fields | undefined => {
  const start = line.indexOf('{"');
  if (start < 0) return undefined;
  try {
    const value: unknown = JSON.parse(line.slice(start));
    return typeof value === "object" && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
};

/** Tells people what a coding agent does, as it prints that; the same thing only once in a row. */
export const tellingTo = (
  report: Pick<Agent.AgentReport, "output" | "progress">,
  preset: Preset,
  folder: string,
  isFromMiddle: boolean,
): Agent.AgentReport["output"] => {
  const events = make(preset, folder, isFromMiddle);
  let last = "";
  const tell = (heard: Heard): Effect.Effect<void> => {
    if (heard._tag === "Text") return report.output(`${heard.text}\n`);
    if (heard.sentence === last) return Effect.void;
    last = heard.sentence;
    return Effect.andThen(report.output(`${last}\n`), report.progress(last));
  };
  return (chunk) =>
    Effect.suspend(() => Effect.forEach(events.take(chunk), tell, { discard: true }));
};

/** Reads a whole log, however long it is. One that cannot be read tells nothing. */
export const ofLog = Effect.fnUntraced(function* (preset: Preset, log: string) {
  const fs = yield* FileSystem.FileSystem;
  const events = make(preset, "");
  const decoder = new TextDecoder();
  const take = (bytes: Uint8Array) =>
    Effect.sync(() => void events.take(decoder.decode(bytes, { stream: true })));
  yield* Effect.ignore(Stream.runForEach(fs.stream(log), take));
  return events.end();
});
