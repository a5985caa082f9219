/** The resources and the claims of a run, for people. */
import type { Resources } from "@orchestrator/core";
import type { Paint } from "../terminal/Paint.ts";
import type { RunResources } from "../run/RunResources.ts";
import * as Text from "../terminal/Text.ts";
import * as Width from "../terminal/Width.ts";
import { outcomeWord, roughly, some } from "./Words.ts";

/** Nobody reads more. */
const shown = 20;

/** The whole text, as lines. Without `columns` nothing is cut. */
export const lines = (
  found: RunResources,
  columns: number | undefined,
  paint: Paint,
): ReadonlyArray<string> => {
  const fit = (line: string) => (columns === undefined ? line : Width.fit(line, columns));
  const head = `${Text.line(found.plan, 100)}  ${Text.line(found.run)}  ${outcomeWord(found.status, 1)}`;
  const parts = [...found.resources.map(resource), ...claims(found)];
  if (parts.length === 0) {
    return [
      paint("bold", fit(head)),
      "No resources and no claims: a task needs nothing but a slot.",
    ];
  }
  return [
    paint("bold", fit(head)),
    ...parts.flatMap(({ rows, title }) => [
      "",
      paint("bold", fit(title)),
      ...listed(rows).map((row) => fit(`  ${row}`)),
    ]),
  ];
};

const listed = (rows: ReadonlyArray<string>): ReadonlyArray<string> =>
  rows.length <= shown
    ? rows
    : [...rows.slice(0, shown), `… and ${rows.length - shown} more: --json has all`];

interface Part {
  readonly title: string;
  readonly rows: ReadonlyArray<string>;
}

const resource = ({ capacity, free, held_by, name, used, waiting }: Resources.Resource): Part => ({
  title: `${Text.line(name, 60)}  ${figure(used)} of ${figure(capacity)} in use, ${figure(free)} free`,
  rows: [
    ...held_by.map(
      ({ amount, phase, seconds, task }) =>
        `${Text.line(task, 80)} has ${figure(amount)} for ${roughly(seconds)}${phase === "Held" ? ", held" : ""}`,
    ),
    ...waiting.map(
      ({ amount, fits, seconds, task }) =>
        `${Text.line(task, 80)} waits for ${figure(amount)}, ${roughly(seconds)} so far${fits ? "; so much is free" : ""}`,
    ),
  ],
});

/** Sums of fractions, without what rounding adds to them. */
const figure = (amount: number): string => String(Number(amount.toPrecision(12)));

const claims = (found: RunResources): ReadonlyArray<Part> => {
  const rows = [
    ...found.claims.map(
      ({ claims: all, phase, seconds, task }) =>
        `${Text.line(task, 80)} has ${names(all)} for ${roughly(seconds)}${phase === "Landing" ? ", landing" : ""}`,
    ),
    ...found.claims_waiting.map(
      ({ claim, held_by, seconds, task }) =>
        `${Text.line(task, 80)} waits for ${Text.line(claim, 80)} of ${names(held_by)}, ${roughly(seconds)} so far`,
    ),
  ];
  if (rows.length === 0) return [];
  return [{ title: "Claims on files", rows }];
};

const names = (all: ReadonlyArray<string>): string =>
  some(
    all.map((one) => Text.line(one, 80)),
    3,
  );
