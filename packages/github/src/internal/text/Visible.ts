/**
 * What of a block people see: without code spans, comments, tags and struck text.
 *
 * The result is as long as the block, so that places stay what they are. What is
 * hidden is replaced by marks that stand in no text.
 */
import type { Block } from "./Blocks.ts";
import type { Work } from "./Work.ts";

/** Stands for every character of what is hidden. */
export const hidden = "\u0000";
/** Stands for every character of a code span. */
export const code = "\u0001";
/** Stands for a line break within what is hidden. */
export const hiddenBreak = "\u0002";
/** Stands for a tag that begins a line of its own. */
export const breakTag = "\u0003";

/** A text without the characters that serve as marks. */
export const withoutMarks = (text: string): string => text.replace(/[\u0000-\u0003]/g, " ");

/** Elements that hide what stands in them until their end, even in later blocks. */
const hiding = new Set(
  "blockquote code del kbd pre s samp script strike style template textarea tt var".split(" "),
);

const breaking = new Set(
  "br dd details div dl dt h1 h2 h3 h4 h5 h6 hr li ol p summary table td th tr ul".split(" "),
);

/** What an element hides beyond the block it began in. */
export interface Hiding {
  tag: string;
  /** How many elements of this name are open; 0: nothing is hidden. */
  depth: number;
}

interface Range {
  readonly from: number;
  to: number;
  readonly mark: string;
}

interface Tag {
  readonly name: string;
  readonly isEnd: boolean;
  readonly isVoid: boolean;
  readonly end: number;
}

/** Comments and their kin. */
const declarations: ReadonlyArray<readonly [string, string]> = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", "?>"],
];

const lessThan = 0x3c;
const backslash = 0x5c;
const backtick = 0x60;
const tilde = 0x7e;

class Pass {
  readonly #text: string;
  readonly #isHtml: boolean;
  readonly #state: Hiding;
  readonly #work: Work;
  readonly #ranges: Array<Range> = [];
  /** Ends that do not come again in this block. */
  #gone: Set<string> | undefined;
  /** Where runs of backticks of each length begin, the last one first. */
  #fences: Map<number, Array<number>> | undefined;
  /** Where one and two tildes may begin struck text. */
  #single = -1;
  #double = -1;
  #at = 0;

  constructor(block: Block, state: Hiding, work: Work) {
    this.#text = block.text;
    this.#isHtml = block.isHtml;
    this.#state = state;
    this.#work = work;
  }

  run(): string {
    while (this.#at < this.#text.length) {
      this.#work.steps++;
      if (this.#state.depth > 0) this.#inElement();
      else this.#step(this.#text.charCodeAt(this.#at));
    }
    return this.#ranges.length === 0 ? this.#text : this.#masked();
  }

  #step(char: number): void {
    if (char === lessThan) this.#angle();
    else if (this.#isHtml) this.#at++;
    else if (char === backslash) this.#at += 2;
    else if (char === backtick) this.#codeSpan();
    else if (char === tilde) this.#tildes();
    else this.#at++;
  }

  #run(char: string): number {
    let end = this.#at;
    while (this.#text[end] === char) end++;
    this.#work.steps += end - this.#at;
    return end - this.#at;
  }

  #codeSpan(): void {
    const length = this.#run("`");
    const start = this.#at;
    this.#at += length;
    this.#fences ??= this.#findFences();
    const starts = this.#fences.get(length) ?? [];
    while (starts.length > 0 && starts.at(-1)! < this.#at) starts.pop();
    const end = starts.pop();
    if (end !== undefined) this.#hide(start, end + length, code);
  }

  #findFences(): Map<number, Array<number>> {
    const found = new Map<number, Array<number>>();
    for (let end = this.#text.lastIndexOf("`"); end !== -1;) {
      let start = end;
      while (this.#text[start - 1] === "`") start--;
      const starts = found.get(end + 1 - start);
      if (starts === undefined) found.set(end + 1 - start, [start]);
      else starts.push(start);
      end = start === 0 ? -1 : this.#text.lastIndexOf("`", start - 1);
    }
    this.#work.steps += this.#text.length;
    return found;
  }

  /** Text between equal runs of one or two tildes is struck. */
  #tildes(): void {
    const length = this.#run("~");
    const start = this.#at;
    const end = start + length;
    this.#at = end;
    if (length > 2) return;
    const opening = length === 1 ? this.#single : this.#double;
    if (opening !== -1 && !isSpace(this.#text[start - 1])) {
      this.#single = -1;
      this.#double = -1;
      this.#hide(opening, end, hidden);
    } else if (isSpace(this.#text[end])) return;
    else if (length === 1) this.#single = start;
    else this.#double = start;
  }

  #angle(): void {
    const start = this.#at;
    for (const [begins, ends] of declarations) {
      if (!this.#text.startsWith(begins, start)) continue;
      const end = this.#find(ends, start + 2);
      if (end !== -1) return this.#hide(start, end + ends.length, hidden);
      if (this.#isHtml) return this.#hide(start, this.#text.length, hidden);
    }
    const tag = this.#tag(start);
    if (tag === undefined) this.#at++;
    else this.#take(tag, start);
  }

  #take(tag: Tag, start: number): void {
    this.#hide(start, tag.end, breaking.has(tag.name) ? breakTag : hidden);
    if (tag.isEnd || tag.isVoid || !hiding.has(tag.name)) return;
    this.#state.tag = tag.name;
    this.#state.depth = 1;
  }

  /** Goes to the next beginning or end of the element that hides. */
  #inElement(): void {
    const start = this.#at;
    const next = this.#find("<", start);
    if (next === -1) return this.#hide(start, this.#text.length, hidden);
    const tag = this.#tag(next);
    this.#hide(start, tag?.end ?? next + 1, hidden);
    if (tag === undefined || tag.name !== this.#state.tag || tag.isVoid) return;
    this.#state.depth += tag.isEnd ? -1 : 1;
  }

  /** The tag that begins here. Its values in quotes may hold anything. */
  #tag(start: number): Tag | undefined {
    const isEnd = this.#text[start + 1] === "/";
    const from = start + (isEnd ? 2 : 1);
    const name = /^[A-Za-z][A-Za-z0-9-]*(?=[\s/>])/.exec(this.#text.slice(from, from + 20))?.[0];
    if (name === undefined) return undefined;
    const end = this.#tagEnd(from + name.length);
    if (end === -1) return undefined;
    return {
      name: name.toLowerCase(),
      isEnd,
      isVoid: this.#text[end - 2] === "/",
      end,
    };
  }

  #tagEnd(from: number): number {
    for (let at = from; at < this.#text.length; at++) {
      this.#work.steps++;
      const char = this.#text[at]!;
      if (char === ">") return at + 1;
      if (char === "<") return -1;
      if (char !== '"' && char !== "'") continue;
      if (this.#text[at - 1] !== "=") return -1;
      at = this.#find(char, at + 1);
      if (at === -1) return -1;
    }
    return -1;
  }

  #find(what: string, from: number): number {
    if (this.#gone?.has(what)) return -1;
    const found = this.#text.indexOf(what, from);
    if (found === -1) (this.#gone ??= new Set()).add(what);
    this.#work.steps += (found === -1 ? this.#text.length : found) - from;
    return found;
  }

  #hide(from: number, to: number, mark: string): void {
    while ((this.#ranges.at(-1)?.from ?? -1) >= from) this.#ranges.pop();
    const last = this.#ranges.at(-1);
    if (last?.to === from && last.mark === mark) last.to = to;
    else this.#ranges.push({ from, to, mark });
    this.#at = to;
  }

  #masked(): string {
    let at = 0;
    const parts: Array<string> = [];
    for (const { from, to, mark } of this.#ranges) {
      parts.push(this.#text.slice(at, from), masked(this.#text.slice(from, to), mark));
      at = to;
    }
    this.#work.steps += this.#text.length;
    return parts.join("") + this.#text.slice(at);
  }
}

const masked = (text: string, mark: string): string =>
  text.includes("\n")
    ? text
        .split("\n")
        .map((line) => mark.repeat(line.length))
        .join(hiddenBreak)
    : mark.repeat(text.length);

const isSpace = (char: string | undefined): boolean => char === undefined || /\s/.test(char);

/** The block as people see it. `state` goes on from one block of a text to the next. */
export const visible = (block: Block, state: Hiding, work: Work): string =>
  state.depth === 0 && !/[`~<]/.test(block.text) ? block.text : new Pass(block, state, work).run();
