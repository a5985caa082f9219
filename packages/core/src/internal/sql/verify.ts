/** Reads commits back, and finds out whether they are what was written. */
import type { JournalError } from "../../Journal.ts";
import type { RunEvent } from "../../RunEvent.ts";
import type { BigEvent, Commit, Head, Sha256 } from "./Commit.ts";
import * as Commits from "./Commit.ts";

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

/** The events of commits that follow on each other. */
export const parse = (
  commits: ReadonlyArray<Commit>,
): ReadonlyArray<RunEvent | BigEvent> | Flaw => {
  // One text to parse costs half of many small ones.
  const items = parsed(`[${commits.map(({ body }) => body).join(",")}]`);
  if (items === undefined || items.length !== commits.length) return badText(commits);
  const events: Array<RunEvent | BigEvent> = [];
  for (const [index, list] of items.entries()) {
    const { first, last } = commits[index]!;
    if (!Array.isArray(list) || list.length !== last - first + 1) return badText([commits[index]!]);
    for (const item of list as ReadonlyArray<unknown>) {
      if (!Commits.isKnown(item)) return unknownKind(first + list.indexOf(item), item);
      events.push(item);
    }
  }
  return events;
};

export const isFlaw = (value: object): value is Flaw => "reason" in value;

const parsed = (text: string): ReadonlyArray<unknown> | undefined => {
  try {
    return JSON.parse(text) as ReadonlyArray<unknown>;
  } catch {
    return undefined;
  }
};

const missing = (first: number, last: number): Flaw => damaged(`${are(first, last)} missing.`);

const changed = (what: string, expected: string, found: string): Flaw =>
  damaged(
    `${what} not as written: expected the SHA-256 ${expected}, found ${found} for what is there.`,
  );

const badText = (commits: ReadonlyArray<Commit>): Flaw =>
  damaged(`${are(commits[0]!.first, commits.at(-1)!.last)} no list of events in JSON.`);

const unknownKind = (sequence: number, item: unknown): Flaw => ({
  reason: "TooNew",
  message:
    `event ${sequence} is of the kind ${JSON.stringify(Commits.kindOf(item))}, which this version ` +
    "does not know. A later version wrote it: use that one.",
});
