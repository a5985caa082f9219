/** References to issues: `#1`, `GH-1`, `acme/shop#1` and addresses. */
import type { Place } from "../../DependencyText.ts";
import * as IssueId from "../../IssueId.ts";
import { isDigit, isName, isWord } from "./characters.ts";

/** What was read, and where the text goes on. */
export interface Read {
  /** The id; undefined if it is no reference to an issue. */
  readonly id: string | undefined;
  readonly end: number;
}

const official = "github.com";

/** Longer names and addresses are none of an issue. */
const longest = 400;

/** Whether a word goes on here, so that what stands before is only a part of it. */
const goesOn = (text: string, at: number): boolean => {
  const char = text.charCodeAt(at);
  return isWord(char) || (isName(char) && isWord(text.charCodeAt(at + 1)));
};

/** Where the digits end that begin here. */
const digitsEnd = (text: string, from: number): number => {
  let end = from;
  while (end < text.length && end - from < 12 && isDigit(text.charCodeAt(end))) end++;
  return end;
};

/** The number between two places, if no word goes on behind it. */
const numberIn = (text: string, from: number, end: number): number | undefined =>
  goesOn(text, end) ? undefined : IssueId.parseNumber(text.slice(from, end));

const here = ({ owner, repository }: Place, number: number): string =>
  `${owner}/${repository}#${number}`;

/** Reads the number at `#`, which nothing stands directly before. */
export const bare = (text: string, at: number, place: Place): Read => {
  const end = digitsEnd(text, at + 1);
  const number = numberIn(text, at + 1, end);
  return { id: number === undefined ? undefined : here(place, number), end };
};

/** Where the name that begins here ends: letters, digits and `._-/`. */
export const nameEnd = (text: string, at: number): number => {
  let end = at;
  while (end < text.length && isName(text.charCodeAt(end))) end++;
  return end;
};

/** Reads `acme/shop#1` or `GH-1`; `end` is where the name ends. */
export const named = (text: string, at: number, end: number, place: Place): Read | undefined => {
  const isShort = text[end] !== "#";
  if (end - at > longest || (isShort && text[at + 2] !== "-")) return undefined;
  const name = text.slice(at, end);
  if (isShort) return short(name, at, place);
  const after = digitsEnd(text, end + 1);
  const number = numberIn(text, end + 1, after);
  const id = number === undefined ? undefined : `${name}#${number}`;
  return { id: id !== undefined && IssueId.parse(id) !== undefined ? id : undefined, end: after };
};

const short = (name: string, at: number, place: Place): Read | undefined => {
  const found = /^gh-([0-9]+)(?![0-9])(?:[._/-]*)$/i.exec(name.slice(0, 20));
  const number = IssueId.parseNumber(found?.[1] ?? "");
  if (number === undefined || name.length > 20) return undefined;
  return { id: here(place, number), end: at + 3 + found![1]!.length };
};

const isInAddress = (char: string): boolean => !/[\s\u0000-\u0020<>"'`|()[\]{}*\\]/.test(char);

/** Where the address ends that begins here, without what ends a sentence. */
const addressEnd = (text: string, at: number): number => {
  let end = at;
  while (end < text.length && isInAddress(text[end]!)) end++;
  while (/[.,;:!?_~]/.test(text[end - 1]!)) end--;
  return end;
};

/** Whether an address begins here. */
export const isAddress = (text: string, at: number): boolean =>
  (text[at] === "h" || text[at] === "H") && /^https?:\/\//i.test(text.slice(at, at + 8));

/** Reads an address; only that of an issue or a pull request of the host has an id. */
export const address = (text: string, at: number, place: Place): Read => {
  const end = addressEnd(text, at);
  return { id: end - at > longest ? undefined : idOf(text.slice(at, end), place), end };
};

const idOf = (written: string, { host = official }: Place): string | undefined => {
  const [, , at = "", owner = "", repository = "", kind, last = ""] = written.split("/");
  if (at.toLowerCase().replace(/^www\./, "") !== host.toLowerCase()) return undefined;
  if (kind !== "issues" && kind !== "pull") return undefined;
  const number = IssueId.parseNumber(last.split(/[?#]/, 1)[0]!);
  const id = number === undefined ? undefined : IssueId.of({ owner, repository, number });
  return id !== undefined && IssueId.parse(id) !== undefined ? id : undefined;
};
