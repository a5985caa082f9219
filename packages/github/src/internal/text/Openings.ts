/** What a line can begin, by the rules of CommonMark and GitHub's additions to it. */
import { isDigit } from "./characters.ts";
import type { LineCursor } from "./LineCursor.ts";

/** A fence of code: three or more of one character. */
export interface Fence {
  readonly char: string;
  readonly length: number;
}

/** What a list item begins with. */
export interface Marker {
  /** The characters of the marker. */
  readonly length: number;
  /** Whether the item may begin within a paragraph. */
  readonly mayInterrupt: boolean;
}

const rest = (line: LineCursor, most: number): string =>
  line.text.slice(line.printed, Math.min(line.end, line.printed + most));

const runLength = (line: LineCursor, char: string): number => {
  let at = line.printed;
  while (at < line.end && line.text[at] === char) at++;
  return at - line.printed;
};

/** The fence that the line opens. */
export const fence = (line: LineCursor): Fence | undefined => {
  const char = line.text[line.printed];
  if (char !== "`" && char !== "~") return undefined;
  const length = runLength(line, char);
  if (length < 3) return undefined;
  const info = line.text.slice(line.printed + length, line.end);
  return char === "`" && info.includes("`") ? undefined : { char, length };
};

/** Whether the line closes a fence. */
export const closes = (line: LineCursor, { char, length }: Fence): boolean => {
  if (line.indent > 3) return false;
  const found = runLength(line, char);
  return found >= length && line.text.slice(line.printed + found, line.end).trim() === "";
};

/** The level of the heading that the line is, or 0. */
export const headingLevel = (line: LineCursor): number => {
  if (line.char !== 0x23) return 0;
  return /^#{1,6}(?=[ \t]|$)/.exec(rest(line, 7))?.[0].length ?? 0;
};

/** The text of a heading without the marks that may stand at its end. */
export const headingText = (line: LineCursor): string => {
  const text = line.text.slice(line.printed, line.end).trimEnd();
  let end = text.length;
  while (text[end - 1] === "#") end--;
  return end === 0 || text[end - 1] === " " || text[end - 1] === "\t" ? text.slice(0, end) : text;
};

/** The level that an underline gives to the paragraph before it, or 0. */
export const underlineLevel = (line: LineCursor): number => {
  const char = line.text[line.printed];
  if (char !== "=" && char !== "-") return 0;
  const after = line.text.slice(line.printed + runLength(line, char), line.end);
  return after.trim() === "" ? (char === "=" ? 1 : 2) : 0;
};

const isSpace = (char: number): boolean => char === 0x20 || char === 0x09;

/** How many characters of a number and its `.` or `)` begin an item; 0: none do. */
const numberLength = (line: LineCursor): number =>
  /^[0-9]{1,9}[.)]/.exec(rest(line, 10))?.[0].length ?? 0;

/** The marker of a list item that begins here. */
export const marker = (line: LineCursor): Marker | undefined => {
  const { char, end, printed, text } = line;
  const isBullet = char === 0x2a || char === 0x2b || char === 0x2d;
  if (!isBullet && !isDigit(char)) return undefined;
  const length = isBullet ? 1 : numberLength(line);
  let after = printed + length;
  if (length === 0 || (after < end && !isSpace(text.charCodeAt(after))) || line.isRule) {
    return undefined;
  }
  while (after < end && isSpace(text.charCodeAt(after))) after++;
  const isFirst = isBullet || Number.parseInt(rest(line, length), 10) === 1;
  return { length, mayInterrupt: isFirst && after < end };
};

/** What ends the raw HTML that a line begins; its lines are not Markdown. */
export type HtmlEnd = RegExp;

const htmlBlocks: ReadonlyArray<readonly [RegExp, HtmlEnd]> = [
  [/^<!--/, /-->/],
  [/^<(?:script|pre|style|textarea)(?:[\s>]|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^<!\[CDATA\[/, /\]\]>/],
  [/^<![a-z]/i, />/],
  [/^<\?/, /\?>/],
];

/** The end of the raw HTML that the line begins. */
export const html = (line: LineCursor): HtmlEnd | undefined => {
  if (line.char !== 0x3c) return undefined;
  const start = rest(line, 12);
  return htmlBlocks.find(([begins]) => begins.test(start))?.[1];
};

/** How much of a definition has been read: nothing is missing, maybe a title, or its address. */
export type Definition = "whole" | "untitled" | "needs target";

/** What a line defines that nothing but definitions precede in its paragraph: a link, which nobody sees. */
export const definition = (line: LineCursor, before: Definition): Definition | undefined => {
  const text = line.text.slice(line.printed, line.end).trim();
  if (before === "needs target") return target(text);
  if (before === "untitled" && /^(?:"[^"]*"|'[^']*'|\([^()]*\))$/.test(text)) return "whole";
  if (!text.startsWith("[")) return undefined;
  const end = text.slice(0, 1002).indexOf("]:");
  if (end < 2 || text[1] === "^" || text.lastIndexOf("[", end) > 0) return undefined;
  const after = text.slice(end + 2).trim();
  return after === "" ? "needs target" : target(after);
};

/** An address, and maybe a title in quotes. */
const target = (text: string): Definition | undefined => {
  const space = text.search(/\s/);
  if (space === -1) return "untitled";
  return /^["'(]/.test(text.slice(space).trimStart()) ? "whole" : undefined;
};
