/**
 * The parts of a Markdown file that are written by the orchestrator: between two
 * comments, `<!-- orchestrator:begin NAME -->` and `<!-- orchestrator:end NAME -->`,
 * each on a line of its own. Everything around them belongs to people, and so
 * do comments that a block of code shows.
 */
import { quote } from "@orchestrator/core/Quote";

/** Spaces of any number are no reason for a slow search: the line is trimmed before. */
const marker = /^<!-- ?orchestrator:(begin|end) ([a-z]+)\b[^>]*-->$/;

export interface Updated {
  readonly text: string;
  /** The names of the parts, in their order. */
  readonly parts: ReadonlyArray<string>;
  /** What is wrong with its comments, each with its line: then nothing of it is changed. */
  readonly problems: ReadonlyArray<string>;
}

/** The two comments around some lines. */
export const marked = (name: string, lines: ReadonlyArray<string>): ReadonlyArray<string> => [
  `<!-- orchestrator:begin ${name} (kept up to date by orchestrator project docs) -->`,
  ...lines,
  `<!-- orchestrator:end ${name} -->`,
];

/** Writes the parts of a text anew; `linesOf` answers undefined for a part that it does not know. */
export const update = (
  text: string,
  linesOf: (name: string) => ReadonlyArray<string> | undefined,
): Updated => {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const out: Array<string> = [];
  const parts: Array<string> = [];
  const problems: Array<string> = [];
  let fence: string | undefined;
  let open: { readonly name: string; readonly line: number } | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (open === undefined) fence = fenceAfter(line, fence);
    const found = fence === undefined ? marker.exec(line.trim()) : null;
    const [, kind, name = ""] = found ?? [];
    const tell = (message: string) => problems.push(`${index + 1}: ${message}`);
    if (kind === undefined) {
      if (open === undefined) out.push(line);
      continue;
    }
    if (kind === "begin") {
      const lines = linesOf(name);
      if (open !== undefined)
        tell(`the part ${quote(name)} begins within the part ${quote(open.name)}`);
      else if (lines === undefined) tell(`nothing is known of the part ${quote(name)}`);
      else if (parts.includes(name)) tell(`the part ${quote(name)} is there twice`);
      else out.push(line, ...lines);
      parts.push(name);
      open = { name, line: index + 1 };
    } else {
      if (open?.name !== name) tell(`the part ${quote(name)} ends where it has not begun`);
      out.push(line);
      open = undefined;
    }
  }
  if (open !== undefined) problems.push(`${open.line}: the part ${quote(open.name)} has no end`);
  return problems.length > 0
    ? { text, parts, problems }
    : { text: out.join(newline), parts, problems };
};

/** The fence of the block of code that is open after a line. */
const fenceAfter = (line: string, fence: string | undefined): string | undefined => {
  const found = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
  if (found === undefined) return fence;
  if (fence === undefined) return found;
  return found.startsWith(fence) && line.trim() === found ? undefined : fence;
};
