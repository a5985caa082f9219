import type { Fault } from "../shared/Fault.ts";
import type { FaultRule } from "../shared/Faults.ts";

const both = (fault: Fault): ReadonlyArray<Fault> => [
  { ...fault, effect: "none" } as Fault,
  { ...fault, effect: "done" } as Fault,
];

/** Faults that any endpoint may have, without those that end everything (401, 402, 403). */
const anywhere: ReadonlyArray<Fault> = [
  { kind: "status", status: 429, retryAfter: 2 },
  { kind: "status", status: 429 },
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
const silent: ReadonlyArray<Fault> = [...both({ kind: "hang" }), { kind: "slow-body" }];

const onLists: ReadonlyArray<Fault> = [
  { kind: "list-lag", seconds: 20 },
  { kind: "insert", count: 3 },
  { kind: "stale", seconds: 20 },
];

export interface EveryFaultOptions {
  /** How likely each single kind is, per request; there are about 25 kinds. */
  readonly chance: number;
  /** Whether requests may hang for ever. */
  readonly hangs?: boolean;
}

/** Rules with every kind of passing fault on every endpoint, each drawn on its own. */
export const everyFault = ({
  chance,
  hangs = true,
}: EveryFaultOptions): ReadonlyArray<FaultRule> => [
  ...[...anywhere, ...(hangs ? silent : [])].map((fault) => ({ fault, chance })),
  ...onLists.map((fault) => ({ fault, chance, on: "list" })),
];
