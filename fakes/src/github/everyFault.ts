import type { Fault } from "../shared/Fault.ts";
import type { FaultRule } from "../shared/Faults.ts";
import { type EveryFaultOptions, passingFaults, silentFaults } from "../shared/passingFaults.ts";

/** Passing faults of any endpoint, both limits among them. */
const anywhere: ReadonlyArray<Fault> = [
  { kind: "refusal", name: "primary" },
  { kind: "refusal", name: "secondary" },
  { kind: "status", status: 429, retryAfter: 2 },
  ...passingFaults,
];

/** Rules with every kind of passing fault on every endpoint, each drawn on its own. */
export const everyFault = ({ chance, hangs = true }: EveryFaultOptions): ReadonlyArray<FaultRule> =>
  [...anywhere, ...(hangs ? silentFaults : [])].map((fault) => ({ fault, chance }));
