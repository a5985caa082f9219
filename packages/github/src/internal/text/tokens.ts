/** Takes visible text apart into the words, references and marks that dependencies are made of. */
import type { Place } from "../../DependencyText.ts";
import { isApostrophe, isDigit, isWord } from "./characters.ts";
import * as references from "./references.ts";
import { breakTag, code } from "./Visible.ts";
import { meant } from "./words.ts";
import type { Work } from "./Work.ts";

/**
 * A word that means something here, a reference, or a mark.
 *
 * `Gap` stands where a reference could: a code span, an address, what looks like
 * a reference and is none. All the rest is `Other`, once for any number.
 */
export interface Token {
  readonly kind:
    | "Word"
    | "Reference"
    | "Other"
    | "Gap"
    | "Comma"
    | "Colon"
    | "Dash"
    | "Range"
    | "Open"
    | "Close"
    | "Question"
    | "Stop"
    | "Break";
  /** The word in small letters, or the id. */
  readonly text: string;
  /** From 0, within the block. */
  readonly line: number;
}

const marks: ReadonlyMap<number, Token["kind"]> = new Map(
  (
    [
      [",", "Comma"],
      ["&", "Comma"],
      ["+", "Comma"],
      [";", "Comma"],
      ["\uff0c", "Comma"],
      ["\u3001", "Comma"],
      [":", "Colon"],
      ["\uff1a", "Colon"],
      ["\u2013", "Dash"],
      ["\u2014", "Dash"],
      ["(", "Open"],
      [")", "Close"],
      ["?", "Question"],
      ["!", "Stop"],
      ["|", "Stop"],
      ["\u3002", "Stop"],
      [code, "Gap"],
      [breakTag, "Break"],
      ["/", "Other"],
      ["\\", "Other"],
      ["=", "Other"],
      ["@", "Other"],
    ] as const
  ).map(([char, kind]) => [char.charCodeAt(0), kind]),
);

/** Kinds of which one says as much as many. */
const merged = new Set<Token["kind"]>(["Other", "Gap", "Comma", "Stop", "Break", "Question"]);

/** What may not stand directly before a reference. */
const attached = /[\w/#&@\\.]/;

class Tokenizer {
  readonly #text: string;
  readonly #place: Place;
  readonly #work: Work;
  readonly #tokens: Array<Token> = [];
  /** For every bracket that is open: whether it is an image's, and the number of tokens before it. */
  #brackets: Array<number> | undefined;
  #at = 0;
  #line = 0;
  /** Where the last name ended: what stands directly behind it is no reference of its own. */
  #nameEnd = -1;
  /** Where a parenthesis closes; -1: none does from here on. */
  #closing = 0;

  constructor(text: string, place: Place, work: Work) {
    this.#text = text;
    this.#place = place;
    this.#work = work;
  }

  run(): ReadonlyArray<Token> {
    while (this.#at < this.#text.length) {
      const before = this.#at;
      const char = this.#text.charCodeAt(before);
      if (isWord(char)) this.#word(char);
      else this.#mark(char);
      this.#work.steps += this.#at - before;
    }
    return this.#tokens;
  }

  #push(kind: Token["kind"], text = ""): void {
    const last = this.#tokens.at(-1);
    if (last?.kind === kind && merged.has(kind)) return;
    this.#tokens.push({ kind, text, line: this.#line });
  }

  #refer({ id, end }: references.Read): void {
    if (id === undefined) this.#push("Gap");
    else this.#push("Reference", id);
    this.#at = end;
    this.#nameEnd = end;
  }

  #word(char: number): void {
    const start = this.#at;
    if (start >= this.#nameEnd && char < 0x80) {
      if (references.isAddress(this.#text, start)) {
        return this.#refer(references.address(this.#text, start, this.#place));
      }
      this.#nameEnd = references.nameEnd(this.#text, start);
      this.#work.steps += this.#nameEnd - start;
      const found = references.named(this.#text, start, this.#nameEnd, this.#place);
      if (found !== undefined && this.#isDetached(start)) return this.#refer(found);
    }
    this.#plainWord(start);
  }

  #isDetached(start: number): boolean {
    return start === 0 || !/[/@\\.]/.test(this.#text[start - 1]!);
  }

  #plainWord(start: number): void {
    let end = start;
    while (end < this.#text.length && isPart(this.#text, end)) end++;
    this.#at = end;
    const isOther = end - start > longestWord || end - start < 2;
    const word = isOther ? undefined : meant(simple(this.#text.slice(start, end)));
    this.#push(word === undefined ? "Other" : "Word", word);
  }

  #mark(char: number): void {
    const start = this.#at++;
    if (char === 0x20) return;
    if (char === 0x23) this.#hash(start);
    else if (char === 0x5b) this.#bracket(start);
    else if (char === 0x5d) this.#closeBracket();
    else if (char === 0x2d || char === 0x2e) this.#point(char, start);
    else if (char === 0x2f && this.#dividesReferences(start)) this.#push("Comma");
    else if (char === 0x0a) this.#break();
    else if (char === 0x02) this.#line++;
    else {
      const kind = marks.get(char);
      if (kind !== undefined) this.#push(kind);
    }
  }

  #break(): void {
    this.#push("Break");
    this.#line++;
  }

  #hash(start: number): void {
    const isFree = start === 0 || (start !== this.#nameEnd && !this.#isAttached(start));
    if (isFree) this.#refer(references.bare(this.#text, start, this.#place));
    else this.#push("Other");
  }

  /** Whether a slash stands between a reference and a number, as in `#1/#2`. */
  #dividesReferences(slash: number): boolean {
    return slash === this.#nameEnd && this.#text[slash + 1] === "#";
  }

  #isAttached(start: number): boolean {
    const before = this.#text[start - 1]!;
    if (before === "/" && this.#dividesReferences(start - 1)) return false;
    // An ellipsis, or emphasis as in _#1_.
    if (before === "_") return false;
    if (before === ".") return this.#text[start - 2] !== ".";
    return attached.test(before) || isWord(before.charCodeAt(0));
  }

  /** Between two references a range, within a word nothing or another word, else a dash or the end of a sentence. */
  #point(char: number, start: number): void {
    const before = this.#text.charCodeAt(start - 1);
    const isInside = isWord(before) && isWord(this.#text.charCodeAt(start + 1));
    if (char === 0x2e) this.#push(isInside ? "Other" : "Stop");
    else if (isDigit(before) && this.#text[start + 1] === "#") this.#push("Range");
    else if (!isInside) this.#push("Dash");
  }

  #bracket(start: number): void {
    (this.#brackets ??= []).push(
      this.#text[start - 1] === "!" ? -1 - this.#tokens.length : this.#tokens.length,
    );
  }

  #closeBracket(): void {
    const opened = this.#brackets?.pop();
    if (opened === undefined || this.#text[this.#at] !== "(") return;
    const target = this.#target();
    if (target === undefined) return;
    const isAddress = references.isAddress(this.#text, target);
    const id = isAddress ? references.address(this.#text, target, this.#place).id : undefined;
    if (opened < 0) this.#tokens.length = -1 - opened;
    else if (id !== undefined) this.#link(opened, id);
  }

  /** An address of an issue stands for the text that leads to it, but for the words that mean something. */
  #link(opened: number, id: string): void {
    let kept = opened;
    while (kept < this.#tokens.length && this.#tokens[kept]!.kind === "Word") kept++;
    this.#work.steps += this.#tokens.length - opened;
    this.#tokens.length = kept;
    this.#push("Reference", id);
    this.#brackets = undefined;
  }

  /** Goes past `(address "title")` and says where the address begins. */
  #target(): number | undefined {
    const start = this.#at + (this.#text[this.#at + 1] === "<" ? 2 : 1);
    const end = this.#parenthesis(start);
    if (end === -1) return undefined;
    const address = this.#text.slice(start, end);
    const space = address.search(/[\s[\]]/);
    this.#work.steps += space === -1 ? address.length : space;
    if (space !== -1 && !/^\s*["'(]/.test(address.slice(space, space + 10))) return undefined;
    this.#line += address.split(/[\n\u0002]/).length - 1;
    this.#at = end + 1;
    return start;
  }

  /** Where the next closing parenthesis stands. */
  #parenthesis(from: number): number {
    if (this.#closing < from && this.#closing !== -1) {
      this.#closing = this.#text.indexOf(")", from);
      this.#work.steps += (this.#closing === -1 ? this.#text.length : this.#closing) - from;
    }
    return this.#closing;
  }
}

const isPart = (text: string, at: number): boolean => {
  const char = text.charCodeAt(at);
  return isWord(char) || (isApostrophe(char) && isWord(text.charCodeAt(at + 1)));
};

const longestWord = 12;

/** A word in small letters without apostrophes. */
const simple = (word: string): string =>
  word.includes("'") || word.includes("\u2019")
    ? word.replace(/['\u2019]/g, "").toLowerCase()
    : word.toLowerCase();

/** The tokens of a visible text. */
export const tokenize = (text: string, place: Place, work: Work): ReadonlyArray<Token> =>
  new Tokenizer(text, place, work).run();
