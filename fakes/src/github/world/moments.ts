import type { Moment } from "./input.ts";

/** Milliseconds since 1970. */
export const toTime = (moment: Moment): number => {
  const time = typeof moment === "number" ? moment : Date.parse(moment);
  if (Number.isFinite(time)) return time;
  throw new Error(`"${moment}" is no date; write 2026-01-31 or 2026-01-31T12:00:00Z`);
};

/** Who did it, the first user by default, and when, now by default. */
export interface Doing {
  readonly by?: string;
  readonly at?: Moment;
  /** Whether it was asked for over the API. */
  readonly isApi?: boolean;
}
