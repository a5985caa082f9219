/**
 * The ids of traces and spans. They follow from what they stand for, so that a run that is resumed
 * goes on in its trace, and whatever is told twice is told under the same id.
 */
import { createHash } from "node:crypto";

const hash = (parts: ReadonlyArray<string | number>): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex");

/** The trace of a run: 16 bytes in hexadecimal. */
export const ofRun = (run: string): string => hash(["trace", run]).slice(0, 32);

/** A span of a run: 8 bytes in hexadecimal. */
export const ofSpan = (run: string, ...parts: ReadonlyArray<string | number>): string =>
  hash(["span", run, ...parts]).slice(0, 16);

/** The span of a whole run, from its beginning to its end for the so many-th time, from 0. */
export const rootOf = (run: string, round = 0): string => ofSpan(run, "run", round);

/** The span of one attempt at a task. */
export const ofAttempt = (run: string, task: string, attempt: number): string =>
  ofSpan(run, "attempt", task, attempt);

/** The span of the landing of what an attempt delivered. */
export const ofLanding = (run: string, task: string, attempt: number): string =>
  ofSpan(run, "landing", task, attempt);
