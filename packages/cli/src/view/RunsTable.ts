/** Runs as a table for people, which fits on a narrow terminal. */
import type { Paint, Style } from "../Paint.ts";
import type { Standing } from "../RunLook.ts";
import type { RunRow } from "../RunStatus.ts";
import * as Text from "../Text.ts";
import * as Width from "../Width.ts";

/** A run that cannot be read, with why. */
export interface Unreadable {
  readonly run: string;
  readonly status: "damaged" | "too new" | "unreadable";
  readonly error: string;
}

type Row = RunRow | Unreadable;

interface Column {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly isNumber?: boolean;
}

const figure = (title: string, of: (row: RunRow) => number): Column => ({
  title,
  text: (row) => ("error" in row ? "" : String(of(row))),
  isNumber: true,
});

const columns: ReadonlyArray<Column> = [
  { title: "RUN", text: ({ run }) => Text.line(run, 40) },
  { title: "STATE", text: (row) => state(row) },
  { title: "AGE", text: (row) => ("error" in row ? "" : age(row.age_seconds)), isNumber: true },
  figure("DONE", ({ succeeded }) => succeeded),
  figure("FAIL", ({ failed }) => failed),
  figure("HELD", ({ held }) => held),
  figure("WAIT", ({ waiting }) => waiting),
  figure("OF", ({ total }) => total),
  { title: "PLAN", text: (row) => Text.line("error" in row ? row.error : row.plan, 200) },
];

const styles: Readonly<Record<Standing, Style>> = {
  running: "blue",
  suspended: "yellow",
  interrupted: "yellow",
  succeeded: "green",
  failed: "red",
  held: "yellow",
  cancelled: "dim",
};

/** A line for the titles and one for each run; only the last column is cut to fit. */
export const lines = (
  rows: ReadonlyArray<Row>,
  width: number,
  paint: Paint,
): ReadonlyArray<string> => {
  const cells = rows.map((row) => columns.map(({ text }) => text(row)));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((row) => Width.of(row[index]!))),
  );
  const head = line(
    columns.map(({ title }) => title),
    widths,
    width,
  );
  const body = cells.map((row, index) => {
    const [start, ...rest] = padded(row, widths, width);
    const style = "error" in rows[index]! ? "red" : styles[(rows[index] as RunRow).status];
    return [start, paint(style, rest[0]!), ...rest.slice(1)].join("  ").trimEnd();
  });
  return [paint("bold", head), ...body];
};

/** How long ago, in one unit: `45s`, `12m`, `3h`, `5d`. */
export const age = (seconds: number): string => {
  const units = [
    [86_400, "d"],
    [3600, "h"],
    [60, "m"],
  ] as const;
  const [size, unit] = units.find(([most]) => seconds >= most) ?? [1, "s"];
  return `${Math.floor(seconds / size)}${unit}`;
};

const state = (row: Row): string =>
  "error" in row || row.status !== "running" ? row.status : `pid ${row.holder?.pid ?? "?"}`;

const padded = (
  cells: ReadonlyArray<string>,
  widths: ReadonlyArray<number>,
  width: number,
): ReadonlyArray<string> => {
  const before = widths.slice(0, -1).reduce((sum, one) => sum + one + 2, 0);
  return cells.map((cell, index) => {
    if (index === cells.length - 1) return Width.fit(cell, Math.max(4, width - before));
    const column = Width.column(cell, widths[index]!);
    return columns[index]!.isNumber === true ? column.trimEnd().padStart(widths[index]!) : column;
  });
};

const line = (cells: ReadonlyArray<string>, widths: ReadonlyArray<number>, width: number): string =>
  padded(cells, widths, width).join("  ").trimEnd();
