/** Reads commits back, and finds out whether they are what was written. */
import type { JournalError } from "../../Journal.ts";
import type { RunEvent } from "../../RunEvent.ts";
import type { BigEvent, Commit, Head, Sha256 } from "./Commit.ts";
import * as Commits from "./Commit.ts";
import * as Packed from "./packed.ts";

/** Why events cannot be taken for what was written. */
export interface Flaw {
  readonly reason: JournalError["reason"];
  readonly message: string;
}

/** `events 12 to 17 are`, for people. */
const are = (first: number, last: number): string =>
  first === last ? `event ${first} is` : `events ${first} to ${last} are`;

export const damaged = (message: string): Flaw => ({
  reason: "Damaged",
  message: `${message} It was left as it is: restore it from a backup, or start a new run.`,
});

/** The head after a commit, or why the commit does not follow on the head. */
export const follow = (sha256: Sha256, head: Head, commit: Commit): Head | Flaw => {
  const { first, hash, last } = commit;
  if (first > head.last + 1) return missing(head.last + 1, first - 1);
  if (first !== head.last + 1 || last < first) {
    return damaged(`${are(first, last)} where event ${head.last + 1} was expected.`);
  }
  const found = Commits.hashOf(sha256, head.hash, commit);
  return found === hash ? { last, hash } : changed(are(first, last), hash, found);
};

/** The head after commits, or why one of them does not follow on what is before it. */
export const followAll = (
  sha256: Sha256,
  start: Head,
  commits: ReadonlyArray<Commit>,
): Head | Flaw => {
  let head = start;
  for (const commit of commits) {
    const next = follow(sha256, head, commit);
    if (isFlaw(next)) return next;
    head = next;
  }
  return head;
};

/** Why a chain that ended in `found` is not the whole run. */
export const endFlaw = (expected: Head, found: Head): Flaw | undefined => {
  if (found.last < expected.last) return missing(found.last + 1, expected.last);
  if (found.last > expected.last) {
    return damaged(
      `The run has ${expected.last} events by its own account, but ${found.last} are there.`,
    );
  }
  if (found.hash === expected.hash) return undefined;
  return changed(`the end of the run after event ${found.last} is`, expected.hash, found.hash);
};

/** The events of a commit that is as it was written. Many short texts are read faster than few long ones. */
export const parse = ({ body, first, last }: Commit): ReadonlyArray<RunEvent | BigEvent> | Flaw => {
  const items = parsed(body);
  if (!Array.isArray(items) || items.length !== last - first + 1) return badText(first, last);
  for (let index = 0; index < items.length; index++) {
    if (!Commits.isKnown(items[index])) return unknownKind(first + index, items[index]);
  }
  return items;
};

export const isFlaw = (value: object): value is Flaw => "reason" in value;

const parsed = (text: string): unknown => {
  try {
    const body = JSON.parse(text) as unknown;
    return Packed.isPacked(body) ? Packed.unpack(body) : body;
  } catch {
    return undefined;
  }
};

const missing = (first: number, last: number): Flaw => damaged(`${are(first, last)} missing.`);

const changed = (what: string, expected: string, found: string): Flaw =>
  damaged(
    `${what} not as written: expected the SHA-256 ${expected}, found ${found} for what is there.`,
  );

const badText = (first: number, last: number): Flaw =>
  damaged(`${are(first, last)} no list of events in JSON.`);

const unknownKind = (sequence: number, item: unknown): Flaw => ({
  reason: "TooNew",
  message:
    `event ${sequence} is of the kind ${JSON.stringify(Commits.kindOf(item))}, which this version ` +
    "does not know. A later version wrote it: use that one.",
});
