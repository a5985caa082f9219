/** Which runs may go: the rules, apart from what removes them. */
import type { RunLook } from "../run/RunLook.ts";

export interface Wish {
  /** Ended runs that are younger stay, in milliseconds; undefined: age does not matter. */
  readonly olderThan: number | undefined;
  /** So many of the newest ended runs stay. */
  readonly keep: number;
}

/** Without other wishes, a run stays for 30 days after its end. */
export const defaultAge = 30 * 86_400_000;

/** Whether a run is over and nobody is asked about it any more. */
export const isOver = ({ holder, standing, state }: RunLook): boolean =>
  holder === undefined &&
  (standing === "succeeded" || standing === "failed" || standing === "cancelled") &&
  state.count("Held") === 0;

/** Those of the given runs, the newest first, that may go. */
export const choose = (
  looks: ReadonlyArray<RunLook>,
  { keep, olderThan }: Wish,
  now: number,
): ReadonlyArray<RunLook> =>
  looks
    .filter(isOver)
    .slice(keep)
    .filter(({ state }) => olderThan === undefined || now - state.endedAt! >= olderThan);

const units: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** `30d`, `12h`, `90m`, `2w` in milliseconds; undefined if it is none of these. */
export const age = (text: string): number | undefined => {
  const [, digits, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * units[unit!]!;
};
