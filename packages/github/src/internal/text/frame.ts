/** Finds the two ends of a front matter. */

/** What stands between the ends, and what after them. */
export interface Frame {
  readonly isComment: boolean;
  /** Undefined: a comment without an end. */
  readonly inside: string | undefined;
  /** The line at which `inside` begins, from 1. */
  readonly line: number;
  readonly body: string;
  /** The line at which `body` begins, from 1. */
  readonly bodyLine: number;
}

/** Longer ones are no values but a text. */
const longest = 16 * 1024;

const linesIn = (text: string): number => text.split(/\r\n|\r|\n/).length;

const between = (text: string, from: number, to: number, end: number): Frame => ({
  isComment: text.startsWith("<", text.search(/\S/)),
  inside: text.slice(from, to),
  line: linesIn(text.slice(0, from)),
  body: text.slice(end),
  bodyLine: linesIn(text.slice(0, end)),
});

const unclosed = (text: string, from: number): Frame => ({
  isComment: true,
  inside: undefined,
  line: linesIn(text.slice(0, from)),
  body: text,
  bodyLine: 1,
});

/** The front matter that a text begins with; white space may stand before it. */
export const frame = (text: string): Frame | undefined => {
  const start = text.slice(0, longest);
  const comment = /^\s*<!--[ \t]*orchestrator(?=\s|-->)/i.exec(start)?.[0].length;
  if (comment !== undefined) {
    const end = start.indexOf("-->", comment);
    return end === -1 ? unclosed(text, comment) : between(text, comment, end, end + 3);
  }
  const rule = /^\s*---[ \t]*(?:\r\n|\r|\n)/.exec(start)?.[0].length;
  if (rule === undefined) return undefined;
  const close = /^---[ \t]*(?:\r\n|\r|\n|$)/m.exec(start.slice(rule));
  if (close === null) return undefined;
  const end = rule + close.index;
  return between(text, rule, end, end + close[0].length);
};
