/** Rows of texts under each other, as wide as the terminal at most. */
import * as Width from "../terminal/Width.ts";

export interface Column {
  readonly title: string;
  readonly isRight?: boolean;
  /** Takes what the others leave; at least so many columns. One of a table. */
  readonly least?: number;
}

/** A text, and how it looks once it has its width. */
export interface Cell {
  readonly text: string;
  readonly draw?: (fitted: string) => string;
}

const gap = 2;

/** The titles and the rows as lines. Without `columns` nothing is cut. */
export const lines = (
  all: ReadonlyArray<Column>,
  rows: ReadonlyArray<ReadonlyArray<Cell>>,
  columns: number | undefined,
  draw: (title: string) => string,
): ReadonlyArray<string> => {
  const titles = all.map(({ title }) => ({ text: title, draw }));
  const wanted = all.map((_, index) =>
    Math.max(...[titles, ...rows].map((row) => Width.of(row[index]!.text))),
  );
  const widths = columns === undefined ? wanted : fitting(all, wanted, columns);
  return [titles, ...rows].map((row) => line(all, row, widths));
};

/** The elastic column gives way first, then the widest ones. */
const fitting = (
  all: ReadonlyArray<Column>,
  wanted: ReadonlyArray<number>,
  columns: number,
): ReadonlyArray<number> => {
  const widths = [...wanted];
  const over = (): number =>
    widths.reduce((sum, width) => sum + width, 0) + gap * (all.length - 1) - columns;
  const shrink = (index: number, to: number): void => {
    widths[index]! -= Math.max(0, Math.min(over(), widths[index]! - to));
  };
  const elastic = all.findIndex(({ least }) => least !== undefined);
  if (elastic >= 0) shrink(elastic, all[elastic]!.least!);
  while (over() > 0 && Math.max(...widths) > 1) {
    const widest = widths.indexOf(Math.max(...widths));
    shrink(widest, widths[widest]! - 1);
  }
  return widths;
};

const line = (
  all: ReadonlyArray<Column>,
  row: ReadonlyArray<Cell>,
  widths: ReadonlyArray<number>,
): string => {
  const lastShown = row.findLastIndex(({ text }) => text !== "");
  const cells = row.slice(0, lastShown + 1).map(({ draw, text }, index) => {
    const fitted = Width.fit(text, widths[index]!);
    const space = " ".repeat(widths[index]! - Width.of(fitted));
    const drawn = draw === undefined ? fitted : draw(fitted);
    if (all[index]!.isRight === true) return space + drawn;
    return index === lastShown ? drawn : drawn + space;
  });
  return cells.join(" ".repeat(gap));
};
