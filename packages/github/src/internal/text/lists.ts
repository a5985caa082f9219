/** Reads references that belong together: `#1, #2 (until merged) and #3`. */
import type { Task } from "@orchestrator/core";
import * as IssueId from "../../IssueId.ts";
import { gateAt } from "./gates.ts";
import { isKind, isOneOf, isWord, type Kinds, near, type Tokens } from "./tokenTests.ts";
import type { Token } from "./tokens.ts";
import * as words from "./words.ts";
import type { Work } from "./Work.ts";

/** A reference with its gate. */
export interface Item {
  readonly on: string;
  readonly line: number;
  readonly until: Task.Gate | undefined;
}

/** References that belong together. */
export interface List {
  readonly items: ReadonlyArray<Item>;
  /** The places of their tokens. */
  readonly used: ReadonlyArray<number>;
  readonly end: number;
}

/** As many references as a range may stand for; of a longer one only its ends are taken. */
const longestRange = 50;

/** As many as all ranges of a text may stand for. */
const mostRanged = 1000;

const softs: Kinds = new Set(["Other", "Gap", "Colon"]);
const commas: Kinds = new Set(["Comma", "Gap"]);
const openings: Kinds = new Set(["Open", "Dash"]);

/** Goes past a remark in parentheses. */
const afterRemark = (tokens: Tokens, at: number): number => {
  if (!isKind(tokens[at], "Open")) return at;
  for (let close = at; close < at + near * 2; close++) {
    if (isKind(tokens[close], "Close")) return close + 1;
  }
  return at;
};

/** Whether a token may stand between a reference and the sign that continues its list. */
export const isSoft = (token: Token | undefined): boolean =>
  isOneOf(token, softs) ||
  isWord(token, words.nouns) ||
  isWord(token, words.fillers) ||
  isWord(token, words.links);

/** Whether a token continues a list. */
export const isJoint = (token: Token | undefined): boolean =>
  isOneOf(token, commas) || isWord(token, words.joints);

/**
 * The place of the reference that continues a list, or -1.
 *
 * It follows directly, or behind a comma or "and"; some words about the reference
 * before may stand in between. A line break ends a list unless one of its sides
 * has such a sign, or the list stands in lines of its own.
 */
const nextInList = (tokens: Tokens, from: number, inLines: boolean): number => {
  let at = afterRemark(tokens, isKind(tokens[from], "Close") ? from + 1 : from);
  const first = at;
  while (at - first < near && isSoft(tokens[at])) at++;
  const hasWords = at > first;
  let joints = 0;
  let breaks = 0;
  let hasOthers = false;
  for (let steps = 0; steps < near; steps++, at++) {
    if (isJoint(tokens[at])) joints++;
    else if (isKind(tokens[at], "Break")) breaks++;
    else if (isKind(tokens[at], "Other")) hasOthers = true;
    else if (!isWord(tokens[at], words.nouns) && !isOneOf(tokens[at], openings)) break;
  }
  const follows = joints > 0 || (breaks === 0 && !hasWords) || (breaks > 0 && inLines);
  // As in `the API (#1), the page (#2)`: other words name what the reference behind them is.
  const isNamed = !hasOthers || isKind(tokens[at - 1], "Open");
  return follows && isNamed && isKind(tokens[at], "Reference") ? at : -1;
};

/** The place behind a sign that makes a range of two references: `#1-#3`, `#1 to #3`. */
const rangeEnd = (tokens: Tokens, at: number): number =>
  (isKind(tokens[at], "Range") || isWord(tokens[at], words.rangeWords)) &&
  isKind(tokens[at + 1], "Reference")
    ? at + 1
    : -1;

const range = (from: string, to: string, work: Work): ReadonlyArray<string> => {
  const name = from.slice(0, from.indexOf("#") + 1);
  const first = Number(from.slice(name.length));
  const count = Number(to.slice(to.indexOf("#") + 1)) - first;
  const isShort = count >= 1 && count < longestRange && work.ranged + count <= mostRanged;
  if (!isShort || IssueId.key(name) !== IssueId.key(to.slice(0, to.indexOf("#") + 1))) return [to];
  work.ranged += count;
  return Array.from({ length: count }, (_, index) => `${name}${first + index + 1}`);
};

/** Reads the list that begins with the reference at a place. */
export const listAt = (tokens: Tokens, from: number, inLines: boolean, work: Work): List => {
  const items: Array<{ on: string; line: number; until: Task.Gate | undefined }> = [];
  const used: Array<number> = [];
  let open = 0;
  let end = from;
  for (let at = from; at !== -1; at = nextInList(tokens, end, inLines)) {
    const { text, line } = tokens[at]!;
    items.push({ on: text, line, until: undefined });
    used.push(at);
    end = at + 1;
    const last = rangeEnd(tokens, end);
    if (last !== -1) {
      for (const on of range(text, tokens[last]!.text, work))
        items.push({ on, line, until: undefined });
      used.push(last);
      end = last + 1;
    }
    const gate = gateAt(tokens, isKind(tokens[end], "Close") ? end + 1 : end);
    work.steps += near;
    if (gate === undefined) continue;
    for (; open < items.length; open++) items[open]!.until = gate.gate;
    end = gate.end;
  }
  return { items, used, end };
};
