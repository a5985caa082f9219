import type { Fault } from "./Fault.ts";

const both = (fault: Fault): ReadonlyArray<Fault> => [
  { ...fault, effect: "none" } as Fault,
  { ...fault, effect: "done" } as Fault,
];

/** Faults that any endpoint of any service may have and that pass. */
export const passingFaults: ReadonlyArray<Fault> = [
  ...both({ kind: "status", status: 500 }),
  ...both({ kind: "status", status: 502 }),
  ...both({ kind: "status", status: 503 }),
  ...both({ kind: "reset" }),
  ...both({ kind: "delay", seconds: 3 }),
  { kind: "slow-body", seconds: 3 },
  { kind: "truncated" },
  { kind: "malformed" },
  { kind: "html", status: 502 },
  { kind: "html", status: 200 },
  { kind: "empty" },
  { kind: "content-type" },
  { kind: "redirect", location: "https://example.com/moved" },
  { kind: "oversized" },
];

/** Silence: each one costs a client its whole deadline. */
export const silentFaults: ReadonlyArray<Fault> = [
  ...both({ kind: "hang" }),
  { kind: "slow-body" },
];

export interface EveryFaultOptions {
  /** How likely each single kind is, per request; there are about 25 kinds. */
  readonly chance: number;
  /** Whether requests may hang for ever. */
  readonly hangs?: boolean;
}
