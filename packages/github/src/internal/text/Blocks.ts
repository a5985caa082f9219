/**
 * Takes a Markdown text apart into what people read: headings, paragraphs and items.
 *
 * Code and block quotes are left out, with the lines that continue a quote
 * without its mark. Raw HTML is kept as it is; what it hides, is hidden later.
 */
import { LineCursor } from "./LineCursor.ts";
import * as Openings from "./Openings.ts";
import type { Work } from "./Work.ts";

/** A heading, a paragraph, or raw HTML. */
export interface Block {
  /** 1 to 6 for a heading, 0 for others. */
  readonly level: number;
  /** How many lists it stands in. */
  readonly depth: number;
  /** Whether it is the first thing in an item of a list. */
  readonly isItem: boolean;
  readonly isHtml: boolean;
  /** The line on which it begins, from 0. All its lines follow each other. */
  readonly line: number;
  readonly text: string;
}

interface Item {
  readonly _tag: "Item";
  readonly width: number;
  /** Whether nothing has stood in it so far. */
  isFresh: boolean;
  /** Whether its first line was empty. */
  isEmpty: boolean;
}

type Container = Item | { readonly _tag: "Quote" };

type Leaf =
  | { readonly _tag: "None" }
  | { readonly _tag: "Fence"; readonly fence: Openings.Fence }
  | { readonly _tag: "Html"; readonly end: Openings.HtmlEnd; readonly draft: Draft }
  | { readonly _tag: "Paragraph"; readonly draft: Draft };

interface Draft extends Omit<Block, "text"> {
  readonly lines: Array<string>;
  readonly isQuoted: boolean;
  /** While a paragraph has only defined links, which nobody sees: how much of the last one was read. */
  defines: Openings.Definition | undefined;
}

const none: Leaf = { _tag: "None" };

/** As deep as GitHub nests lists. */
const deepest = 100;

const quoteMark = 0x3e;

class Reader {
  readonly blocks: Array<Block> = [];
  readonly #containers: Array<Container> = [];
  #quotes = 0;
  #leaf: Leaf = none;
  #line = 0;

  read(cursor: LineCursor, line: number): void {
    this.#line = line;
    const matched = this.#match(cursor);
    const isWhole = matched === this.#containers.length;
    if (isWhole && this.#continuesRaw(cursor)) return;
    const hasOpened = this.#open(cursor, matched);
    if (!hasOpened && !isWhole && this.#isLazy(cursor)) return;
    if (!hasOpened) this.#close(matched);
    this.#begin(cursor, isWhole && !hasOpened);
  }

  end(): void {
    this.#flush();
  }

  /** How many containers go on in this line. */
  #match(cursor: LineCursor): number {
    if (cursor.isBlank && this.#quotes === 0) return this.#containers.length;
    let matched = 0;
    for (const container of this.#containers) {
      if (container._tag === "Quote") {
        if (!this.#takeQuote(cursor)) break;
      } else if (!cursor.isBlank) {
        if (cursor.indent < container.width) break;
        cursor.dedent(container.width);
      }
      matched++;
    }
    return matched;
  }

  #takeQuote(cursor: LineCursor): boolean {
    if (cursor.indent > 3 || cursor.char !== quoteMark) return false;
    cursor.pass(1);
    if (cursor.indent > 0) cursor.dedent(1);
    return true;
  }

  /** Goes on with code in fences or raw HTML. */
  #continuesRaw(cursor: LineCursor): boolean {
    const leaf = this.#leaf;
    if (leaf._tag === "Fence") {
      if (Openings.closes(cursor, leaf.fence)) this.#leaf = none;
      return true;
    }
    if (leaf._tag === "Html") this.#addHtml(cursor, leaf);
    return leaf._tag === "Html";
  }

  #addHtml(cursor: LineCursor, leaf: Leaf & { _tag: "Html" }): void {
    const text = cursor.text.slice(cursor.at, cursor.end);
    leaf.draft.lines.push(text);
    if (leaf.end.test(text)) this.#flush();
  }

  /** Opens the quotes and items that begin in this line. */
  #open(cursor: LineCursor, matched: number): boolean {
    let hasOpened = false;
    const isParagraph = this.#leaf._tag === "Paragraph" && matched === this.#containers.length;
    while (!cursor.isBlank && cursor.indent < 4 && this.#containers.length < deepest) {
      const found = this.#container(cursor, isParagraph && !hasOpened);
      if (found === undefined) break;
      if (!hasOpened) {
        this.#flush();
        this.#close(matched);
      }
      hasOpened = true;
      this.#containers.push(found);
      if (found._tag === "Quote") this.#quotes++;
    }
    return hasOpened;
  }

  #container(cursor: LineCursor, interrupts: boolean): Container | undefined {
    if (this.#takeQuote(cursor)) return { _tag: "Quote" };
    const marker = Openings.marker(cursor);
    if (marker === undefined || (interrupts && !marker.mayInterrupt)) return undefined;
    const before = cursor.indent;
    cursor.pass(marker.length);
    const after = cursor.isBlank || cursor.indent > 4 ? 1 : cursor.indent;
    cursor.dedent(after);
    return { _tag: "Item", width: before + marker.length + after, isFresh: true, isEmpty: false };
  }

  /** Takes a line that goes on with a paragraph though the marks of its containers are missing. */
  #isLazy(cursor: LineCursor): boolean {
    if (this.#leaf._tag !== "Paragraph" || cursor.isBlank) return false;
    const begins =
      cursor.indent < 4 &&
      (cursor.isRule ||
        Openings.headingLevel(cursor) > 0 ||
        Openings.fence(cursor) !== undefined ||
        Openings.html(cursor) !== undefined);
    if (!begins) this.#addText(cursor, this.#leaf.draft);
    return !begins;
  }

  #begin(cursor: LineCursor, goesOn: boolean): void {
    if (cursor.isBlank) return this.#blank();
    const paragraph = goesOn && this.#leaf._tag === "Paragraph" ? this.#leaf.draft : undefined;
    if (cursor.indent > 3) {
      if (paragraph === undefined) this.#used();
      else this.#addText(cursor, paragraph);
      return;
    }
    if (paragraph !== undefined && this.#underlines(cursor, paragraph)) return;
    if (this.#beginsOther(cursor)) return;
    if (paragraph === undefined) this.#leaf = { _tag: "Paragraph", draft: this.#draft(0, false) };
    if (this.#leaf._tag === "Paragraph") this.#addText(cursor, this.#leaf.draft);
  }

  #underlines(cursor: LineCursor, draft: Draft): boolean {
    const level = Openings.underlineLevel(cursor);
    if (level === 0 || (draft.defines ?? "needs target") !== "needs target") return false;
    this.#leaf = none;
    this.#add({ ...draft, level, defines: undefined });
    return true;
  }

  /** Rules, headings, fences, raw HTML: whatever ends a paragraph. */
  #beginsOther(cursor: LineCursor): boolean {
    if (cursor.isRule) {
      this.#flush();
      this.#used();
      return true;
    }
    const level = Openings.headingLevel(cursor);
    if (level > 0) {
      this.#flush();
      cursor.pass(level);
      const draft = this.#draft(level, false);
      draft.lines.push(Openings.headingText(cursor));
      this.#add(draft);
      return true;
    }
    return this.#beginsRaw(cursor);
  }

  #beginsRaw(cursor: LineCursor): boolean {
    const fence = Openings.fence(cursor);
    if (fence !== undefined) {
      this.#flush();
      this.#used();
      this.#leaf = { _tag: "Fence", fence };
      return true;
    }
    const end = Openings.html(cursor);
    if (end === undefined) return false;
    this.#flush();
    const leaf = { _tag: "Html" as const, end, draft: this.#draft(0, true) };
    this.#leaf = leaf;
    this.#addHtml(cursor, leaf);
    return true;
  }

  #blank(): void {
    this.#flush();
    const last = this.#containers.at(-1);
    // An item may begin with one line that is empty, not with two.
    if (last?._tag !== "Item" || !last.isFresh) return;
    if (last.isEmpty) this.#containers.pop();
    last.isEmpty = true;
  }

  #draft(level: number, isHtml: boolean): Draft {
    return {
      level,
      depth: this.#containers.length - this.#quotes,
      isItem: this.#used(),
      isHtml,
      line: this.#line,
      lines: [],
      isQuoted: this.#quotes > 0,
      defines: level === 0 && !isHtml ? "whole" : undefined,
    };
  }

  /** Whether something now begins an item. */
  #used(): boolean {
    const last = this.#containers.at(-1);
    if (last?._tag !== "Item" || !last.isFresh) return false;
    last.isFresh = false;
    return true;
  }

  #addText(cursor: LineCursor, draft: Draft): void {
    if (draft.defines !== undefined) draft.defines = Openings.definition(cursor, draft.defines);
    const isHidden = draft.defines !== undefined;
    if (draft.isQuoted) return;
    draft.lines.push(isHidden ? "" : cursor.text.slice(cursor.printed, cursor.end));
  }

  #close(kept: number): void {
    if (kept === this.#containers.length) return;
    this.#flush();
    while (this.#containers.length > kept) {
      if (this.#containers.pop()?._tag === "Quote") this.#quotes--;
    }
  }

  #flush(): void {
    const leaf = this.#leaf;
    this.#leaf = none;
    if (leaf._tag === "Paragraph" || leaf._tag === "Html") this.#add(leaf.draft);
  }

  #add(draft: Draft): void {
    if (draft.isQuoted || draft.defines !== undefined) return;
    const { level, depth, isItem, isHtml, line, lines } = draft;
    const text = lines.length === 1 ? lines[0]! : lines.join("\n");
    this.blocks.push({ level, depth, isItem, isHtml, line, text });
  }
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** The blocks of a text that people read, in its order. */
export const read = (text: string, work: Work): ReadonlyArray<Block> => {
  const reader = new Reader();
  const cursor = new LineCursor(text);
  let line = 0;
  for (let start = 0; start < text.length; line++) {
    let end = start;
    for (; end < text.length; end++) {
      const char = text.charCodeAt(end);
      if (char === lineFeed || char === carriageReturn) break;
    }
    cursor.move(start, end);
    reader.read(cursor, line);
    const isPair = text.charCodeAt(end) === carriageReturn && text.charCodeAt(end + 1) === lineFeed;
    work.steps += end - start + 1;
    start = end + (isPair ? 2 : 1);
  }
  reader.end();
  return reader.blocks;
};
