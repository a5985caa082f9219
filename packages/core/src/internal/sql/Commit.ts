/** How a commit, one append to a run, is written down and read back. */
import type { RunEvent } from "../../RunEvent.ts";
import { RunEvent as RunEventSchema } from "../../RunEvent.ts";
import type { Row } from "./Database.ts";
import * as Packed from "./packed.ts";

/** The hex form of a text's SHA-256. */
export type Sha256 = (text: string) => string;

/** The end of a run's chain. */
export interface Head {
  /** How many events there are. */
  readonly last: number;
  readonly hash: string;
}

export interface Commit {
  readonly first: number;
  readonly last: number;
  readonly epoch: number;
  readonly wallMillis: number;
  readonly monotonicMillis: number;
  /** The events in one JSON array, each as an object or all of them packed: see `packed`. */
  readonly body: string;
  readonly hash: string;
}

/** The columns of a commit, in the order of `fromRow`. */
export const columns = "first, last, epoch, wall_millis, monotonic_millis, body, hash";

export const fromRow = (row: Row): Commit => ({
  first: Number(row[0]),
  last: Number(row[1]),
  epoch: Number(row[2]),
  wallMillis: Number(row[3]),
  monotonicMillis: Number(row[4]),
  body: String(row[5]),
  hash: String(row[6]),
});

/** The hash that stands before the first commit of a run, so that no commit passes for another run's. */
export const genesis = (sha256: Sha256, run: string): string =>
  sha256(`orchestrator journal\n${JSON.stringify(run)}`);

/** The hash of a commit and of everything before it. */
export const hashOf = (sha256: Sha256, previous: string, commit: Omit<Commit, "hash">): string =>
  sha256(
    `${previous}\n${commit.first} ${commit.last} ${commit.epoch} ` +
      `${commit.wallMillis} ${commit.monotonicMillis}\n${commit.body}`,
  );

/** Stands in a commit for an event that lies elsewhere because it is big. */
export interface BigEvent {
  readonly _tag: "@blob";
  readonly sha256: string;
  /** What kind of event it is and of which task, for people. */
  readonly kind: string;
  readonly task?: string;
}

export interface Blob {
  readonly hash: string;
  readonly text: string;
}

/** Events as text, the big ones apart. Throws where an event is no JSON. */
export interface Encoded {
  readonly count: number;
  readonly body: string;
  readonly blobs: ReadonlyArray<Blob>;
}

export const encode = (
  events: ReadonlyArray<RunEvent>,
  sha256: Sha256,
  inlineBytes: number,
): Encoded => {
  const packed = events.length < fewest ? undefined : Packed.pack(events, inlineBytes / mostBytes);
  if (packed !== undefined) return { count: events.length, body: packed, blobs: [] };
  const blobs: Array<Blob> = [];
  const texts: Array<string> = [];
  for (let at = 0; at < events.length; at += atOnce) {
    const some = events.slice(at, at + atOnce);
    const text = JSON.stringify(some);
    if (text.length * mostBytes <= inlineBytes) texts.push(text.slice(1, -1));
    else for (const event of some) texts.push(encodeOne(event, sha256, inlineBytes, blobs));
  }
  return { count: events.length, body: `[${texts.join(",")}]`, blobs };
};

/** Fewer events are shorter as they are. */
const fewest = 10;

/** Together, so many events take two thirds of the time that they take one by one. */
const atOnce = 50;

/** What a unit of a text takes at most, in bytes. */
const mostBytes = 3;

const encodeOne = (
  event: RunEvent,
  sha256: Sha256,
  inlineBytes: number,
  blobs: Array<Blob>,
): string => {
  const text = JSON.stringify(event);
  if (!isLonger(text, inlineBytes)) return text;
  const hash = sha256(text);
  blobs.push({ hash, text });
  const task = "task" in event ? event.task : undefined;
  return JSON.stringify({
    _tag: "@blob",
    sha256: hash,
    kind: event._tag,
    ...(task === undefined ? {} : { task }),
  } satisfies BigEvent);
};

const encoder = new TextEncoder();

/** A text has at least a byte for each of its units. */
const isLonger = (text: string, bytes: number): boolean =>
  text.length > bytes || (text.length * mostBytes > bytes && encoder.encode(text).length > bytes);

const kinds = new Set<unknown>([
  "@blob",
  ...RunEventSchema.members.map((member) => member.fields._tag.schema.literal),
]);

/** Whether something read from a commit is an event that this version knows. */
export const isKnown = (item: unknown): item is RunEvent | BigEvent => kinds.has(kindOf(item));

/** What kind of event something says it is. */
export const kindOf = (item: unknown): unknown =>
  typeof item === "object" && item !== null ? (item as { readonly _tag?: unknown })._tag : item;
