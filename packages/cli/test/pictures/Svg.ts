/** What is on a terminal as an SVG, its letters as text. */
import type { IBufferCell, Terminal } from "@xterm/headless";

/** The size of a character, in pixels. */
const [width, height, size, margin] = [8.4, 18, 14, 14];

const colours = {
  back: "#0d1117",
  text: "#d1d7e0",
  // As terminals number them.
  palette: ["#6e7681", "#ff7b72", "#3fb950", "#d29922", "#58a6ff", "#bc8cff", "#39c5cf", "#d1d7e0"],
} as const;

/** Characters that look alike and stand side by side. */
interface Run {
  readonly column: number;
  readonly columns: number;
  readonly text: string;
  readonly style: string;
}

/** The screen from its first row to the last one that shows something. */
export const of = (terminal: Terminal, title: string): string => {
  const shown = frame(terminal);
  return page([shown.text], terminal.cols, shown.rows, title, "");
};

/** What a screen shows at a moment, for a moving picture. */
export interface Frame {
  readonly text: string;
  readonly rows: number;
}

/** What is on the screen now. */
export const frame = (terminal: Terminal): Frame => {
  const { baseY: top } = terminal.buffer.active;
  const rows = Array.from({ length: terminal.rows }, (_, row) => runs(terminal, top + row));
  const lines = rows.flatMap((row, index) => row.map((run) => text(run, index)));
  return { text: lines.join("\n"), rows: rows.findLastIndex((row) => row.length > 0) + 1 };
};

/** Frames one after the other, each so many seconds long, again and again; viewers that move nothing show the last. */
export const moving = (
  frames: ReadonlyArray<Frame>,
  seconds: number,
  columns: number,
  title: string,
): string => {
  const share = 100 / frames.length;
  const rules = frames.map((_, index) => {
    const [from, to] = [px(index * share), px((index + 1) * share)];
    const hide = index === 0 ? "" : "0%{visibility:hidden}";
    const end = index === frames.length - 1 ? "" : `${to}%{visibility:hidden}`;
    const name = `f${index}`;
    const still = end === "" ? "" : "visibility:hidden;";
    const length = px(frames.length * seconds);
    return `#${name}{${still}animation:${name} ${length}s step-end infinite}@keyframes ${name}{${hide}${from}%{visibility:visible}${end}}`;
  });
  const groups = frames.map((one, index) => `<g id="f${index}">\n${one.text}\n</g>`);
  const rows = Math.max(...frames.map((one) => one.rows));
  return page(groups, columns, rows, title, rules.join(""));
};

const page = (
  content: ReadonlyArray<string>,
  columns: number,
  rows: number,
  title: string,
  rules: string,
): string => {
  const [w, h] = [columns * width + 2 * margin, rows * height + 2 * margin];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${px(w)}" height="${px(h)}" viewBox="0 0 ${px(w)} ${px(h)}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<style>text{font:${size}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:${colours.text};white-space:pre}${rules}</style>
<rect width="100%" height="100%" rx="8" fill="${colours.back}"/>
${content.join("\n")}
</svg>
`;
};

const px = (value: number): string => String(Math.round(value * 10) / 10);

const runs = (terminal: Terminal, row: number): ReadonlyArray<Run> => {
  const line = terminal.buffer.active.getLine(row);
  const found: Array<Run> = [];
  for (let column = 0; column < terminal.cols; column++) {
    const cell = line?.getCell(column);
    // The second half of a wide character has no width.
    if (cell === undefined || cell.getWidth() === 0) continue;
    const next = {
      column,
      columns: cell.getWidth(),
      text: cell.getChars() || " ",
      style: look(cell),
    };
    const before = found.at(-1);
    if (before === undefined || !fits(before, next)) found.push(next);
    else found.splice(-1, 1, joined(before, next));
  }
  return found.flatMap(trimmed);
};

/** Wide characters stand alone, as fonts do not give all of them two columns. */
const fits = (before: Run, next: Run): boolean =>
  before.style === next.style && next.columns === 1 && before.columns === before.text.length;

const joined = (one: Run, next: Run): Run => ({
  ...one,
  columns: one.columns + next.columns,
  text: one.text + next.text,
});

/** Without the spaces around it; nothing if there is nothing else. */
const trimmed = (run: Run): ReadonlyArray<Run> => {
  const kept = run.text.trim();
  const before = run.text.length - run.text.trimStart().length;
  const after = run.text.length - run.text.trimEnd().length;
  const columns = run.columns - before - after;
  return kept === "" ? [] : [{ ...run, column: run.column + before, columns, text: kept }];
};

const look = (cell: IBufferCell): string => {
  const colour = colours.palette[cell.getFgColor() % 8];
  return [
    cell.isFgPalette() ? `fill:${colour}` : "",
    cell.isBold() ? "font-weight:bold" : "",
    cell.isDim() ? "opacity:.6" : "",
  ]
    .filter((part) => part !== "")
    .join(";");
};

const text = ({ column, columns, style, text: shown }: Run, row: number): string => {
  const [x, y] = [margin + column * width, margin + row * height + size];
  // Whatever the font is, columns stand one below the other.
  const length = `textLength="${px(columns * width)}" lengthAdjust="spacingAndGlyphs"`;
  return `<text x="${px(x)}" y="${px(y)}" ${length}${style === "" ? "" : ` style="${style}"`}>${escaped(shown)}</text>`;
};

const escaped = (shown: string): string =>
  shown
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
