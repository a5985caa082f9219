import type { Fault } from "../shared/Fault.ts";
import type { FaultRule } from "../shared/Faults.ts";
import { type EveryFaultOptions, passingFaults, silentFaults } from "../shared/passingFaults.ts";

/** Faults that any endpoint may have, without those that end everything (401, 402, 403). */
const anywhere: ReadonlyArray<Fault> = [
  { kind: "status", status: 429, retryAfter: 2 },
  { kind: "status", status: 429 },
  ...passingFaults,
];

const onLists: ReadonlyArray<Fault> = [
  { kind: "list-lag", seconds: 20 },
  { kind: "insert", count: 3 },
  { kind: "stale", seconds: 20 },
];

/** Rules with every kind of passing fault on every endpoint, each drawn on its own. */
export const everyFault = ({
  chance,
  hangs = true,
}: EveryFaultOptions): ReadonlyArray<FaultRule> => [
  ...[...anywhere, ...(hangs ? silentFaults : [])].map((fault) => ({ fault, chance })),
  ...onLists.map((fault) => ({ fault, chance, on: "list" })),
];
