/** Runs as a table for people, which fits on a narrow terminal. */
import type { Paint, Style } from "../terminal/Paint.ts";
import type { Standing } from "../run/RunLook.ts";
import type { RunRow } from "../run/RunStatus.ts";
import * as Text from "../terminal/Text.ts";
import * as Width from "../terminal/Width.ts";
import { outcomeWord } from "./Words.ts";

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
  /** Whether there is something to tell in it. */
  readonly isWanted?: (rows: ReadonlyArray<Row>) => boolean;
}

const figure = (title: string, of: (row: RunRow) => number): Column => ({
  title,
  text: (row) => ("error" in row ? "" : String(of(row))),
  isNumber: true,
});

/** A figure that is left out where it is 0 in every row: the terminal may be narrow. */
const rare = (title: string, of: (row: RunRow) => number): Column => ({
  ...figure(title, of),
  isWanted: (rows) => rows.some((row) => !("error" in row) && of(row) > 0),
});

/** The figures of a row add up to the last one. */
const allColumns: ReadonlyArray<Column> = [
  { title: "RUN", text: ({ run }) => Text.line(run, 40) },
  { title: "STATE", text: (row) => state(row) },
  { title: "AGE", text: (row) => ("error" in row ? "" : age(row.age_seconds)), isNumber: true },
  figure("DONE", ({ succeeded }) => succeeded),
  figure("FAIL", ({ failed }) => failed),
  rare("HELD", ({ held }) => held),
  rare("SKIP", ({ skipped }) => skipped),
  rare("CANC", ({ cancelled }) => cancelled),
  figure("OPEN", (row) => row.at_work + row.waiting),
  figure("OF", ({ total }) => total),
  { title: "PLAN", text: (row) => Text.line("error" in row ? row.error : planOf(row), 200) },
];

const planOf = ({ plan, session }: RunRow): string =>
  session === null ? plan : `${plan} (${session})`;

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
  const columns = allColumns.filter(({ isWanted }) => isWanted?.(rows) ?? true);
  const cells = rows.map((row) => columns.map(({ text }) => text(row)));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((row) => Width.of(row[index]!))),
  );
  const head = line(
    columns.map(({ title }) => title),
    { columns, widths, width },
  );
  const body = cells.map((row, index) => {
    const [start, ...rest] = padded(row, { columns, widths, width });
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
  "error" in row
    ? row.status
    : row.status === "running"
      ? `pid ${row.holder?.pid ?? "?"}`
      : outcomeWord(row.status, row.failed);

interface Layout {
  readonly columns: ReadonlyArray<Column>;
  readonly widths: ReadonlyArray<number>;
  /** Of the terminal. */
  readonly width: number;
}

const padded = (
  cells: ReadonlyArray<string>,
  { columns, width, widths }: Layout,
): ReadonlyArray<string> => {
  const before = widths.slice(0, -1).reduce((sum, one) => sum + one + 2, 0);
  return cells.map((cell, index) => {
    if (index === cells.length - 1) return Width.fit(cell, Math.max(0, width - before));
    const column = Width.column(cell, widths[index]!);
    return columns[index]!.isNumber === true ? column.trimEnd().padStart(widths[index]!) : column;
  });
};

const line = (cells: ReadonlyArray<string>, layout: Layout): string =>
  padded(cells, layout).join("  ").trimEnd();
