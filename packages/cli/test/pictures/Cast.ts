/** Recordings of terminals, as asciicast v2: https://docs.asciinema.org/manual/asciicast/v2/ */
import { readFileSync } from "node:fs";
import * as Emulator from "../support/Emulator.ts";

export interface Cast {
  readonly columns: number;
  readonly rows: number;
  readonly events: ReadonlyArray<Event>;
}

/** Seconds since the start; output, input, or a new size as `80x24`. */
export type Event = readonly [at: number, kind: "o" | "i" | "r", data: string];

/** Reads a recording from a file. */
export const read = (file: string): Cast => {
  const [first = "{}", ...rest] = readFileSync(file, "utf8").trimEnd().split("\n");
  const { height, width } = JSON.parse(first) as {
    readonly width: number;
    readonly height: number;
  };
  const events = rest.map((line) => JSON.parse(line) as Event);
  return { columns: width, rows: height, events };
};

/** The terminal as it was at a moment. */
export const play = async (cast: Cast, until: number): Promise<Emulator.Emulator> => {
  const emulator = Emulator.make(cast);
  for (const [at, kind, data] of cast.events) {
    if (at > until) break;
    if (kind === "o") emulator.stream.write(data);
    if (kind === "r") await emulator.resize(sizeOf(data));
  }
  return emulator;
};

/** Moments at equal distances, the last one its end. */
export const moments = ({ events }: Cast, many: number): ReadonlyArray<number> => {
  const end = events.at(-1)?.[0] ?? 0;
  return Array.from({ length: many }, (_, index) => (end * (index + 1)) / many);
};

const sizeOf = (text: string): Emulator.Size => {
  const [columns = 80, rows = 24] = text.split("x").map(Number);
  return { columns, rows };
};
