/** What GitHub was asked, and what a run would ask, for people to read. */
import type { Account, Remaining, Statement } from "@orchestrator/github/Ledger";
import type { Paint } from "../terminal/Paint.ts";
import type { PlanOutline } from "../plan/PlanOutline.ts";
import * as Text from "../terminal/Text.ts";
import { count, wait } from "./Words.ts";

type Costs = Pick<PlanOutline, "ledger" | "points">;

/** The points and the ledger; with everything, a line for each operation. */
export const lines = (costs: Costs, paint: Paint, isVerbose: boolean): ReadonlyArray<string> => [
  ...facts(costs).map(([name, value]) => `${paint("bold", name.padEnd(15))}${value}`),
  ...(isVerbose ? operations(costs.ledger?.operations ?? []) : []),
];

/** What was spent, and what a run would; nothing where nothing was asked. */
export const facts = ({
  ledger,
  points,
}: Costs): ReadonlyArray<readonly [name: string, value: string]> => {
  if (ledger === null) return [];
  const spent = `${ledger.rest} REST and ${ledger.graphql} GraphQL so far`;
  return [
    [
      "API points",
      points === null || points.run === 0 ? spent : `${spent}; ${expected(points, ledger)}`,
    ],
    ["Ledger", line(ledger)],
  ];
};

/** Who starts a run is told before it that limits will slow it down. */
const expected = (
  { basis, perHour, run }: NonNullable<Costs["points"]>,
  { remaining }: Statement,
): string => {
  const pace = perHour === run ? "" : `, ${perHour} an hour`;
  const limit = remaining.find(({ resource }) => resource === "rest")?.limit ?? Infinity;
  const given = perHour > limit ? `; GitHub gives ${limit} an hour` : "";
  return `a run about ${run} REST${pace} (${basis})${given}`;
};

/** The ledger on one line. */
export const line = ({
  remaining,
  repeated,
  requests,
  unchanged,
  waitedMillis,
}: Statement): string =>
  [
    count(requests, "request"),
    ...(unchanged === 0 ? [] : [`${unchanged} unchanged and free`]),
    ...(repeated === 0 ? [] : [`${repeated} repeated`]),
    ...(waitedMillis === 0 ? [] : [`waited ${wait(waitedMillis / 1000)}`]),
    ...remaining.map(left),
  ].join(", ");

const left = ({ limit, remaining, resetsAt, resource }: Remaining): string => {
  const until = new Date(resetsAt).toISOString().slice(11, 16);
  return `${remaining} of ${limit} ${resource === "rest" ? "REST" : "GraphQL"} points left until ${until} UTC`;
};

const operations = (all: ReadonlyArray<Account>): ReadonlyArray<string> => {
  const width = Math.max(0, ...all.map(({ operation }) => operation.length));
  return all.map(({ graphql, operation, repeated, requests, rest, unchanged }) => {
    const parts = [
      count(requests, "request"),
      ...(unchanged === 0 ? [] : [`${unchanged} unchanged`]),
      ...(repeated === 0 ? [] : [`${repeated} repeated`]),
      ...(rest === 0 ? [] : [`${rest} REST`]),
      ...(graphql === 0 ? [] : [`${graphql} GraphQL`]),
    ];
    return `  ${Text.line(operation).padEnd(width)}  ${parts.join(", ")}`;
  });
};
