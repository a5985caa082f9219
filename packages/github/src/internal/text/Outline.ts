import type { Place, Statement } from "../../DependencyText.ts";
import type { Block } from "./Blocks.ts";
import { listAt } from "./lists.ts";
import { phraseAt } from "./phrases.ts";
import { find, type Found, type Opening } from "./sentences.ts";
import { isKind, isWord, type Tokens } from "./tokenTests.ts";
import { type Token, tokenize } from "./tokens.ts";
import { type Hiding, visible } from "./Visible.ts";
import { nouns } from "./words.ts";
import type { Work } from "./Work.ts";

/** A heading, or a phrase such as `Blocked by:`, whose list below states dependencies. */
interface Section extends Opening {
  readonly kind: Statement["kind"];
  /** The level of the heading; 0 for a phrase. */
  readonly level: number;
  readonly depth: number;
}

/** What a heading names that is no dependency, though it stands under one. */
const opposite = new Set(["blocks", "blocking", "unblocks", "related", "not", "no", "closed"]);

const headingPhrase = (tokens: Tokens): string | undefined => {
  const match = phraseAt(tokens, 0);
  if (match === undefined || !match.phrase.isHeading) return undefined;
  const { colon, words } = match.phrase;
  const says = (token: Token): boolean =>
    isKind(token, "Colon") ||
    (colon === "never" && (isKind(token, "Other") || isWord(token, nouns)));
  return tokens.slice(match.end).every(says) ? words.join(" ") : undefined;
};

/** Follows the blocks of a text and collects what they state. */
export class Outline {
  readonly statements: Array<Statement> = [];
  readonly #place: Place;
  readonly #work: Work;
  readonly #hiding: Hiding = { tag: "", depth: 0 };
  #heading: Section | undefined;
  #phrase: Section | undefined;

  constructor(place: Place, work: Work) {
    this.#place = place;
    this.#work = work;
  }

  add(block: Block): void {
    const tokens = tokenize(visible(block, this.#hiding, this.#work), this.#place, this.#work);
    const found = find(tokens, this.#work);
    if (
      this.#phrase !== undefined &&
      block.depth <= this.#phrase.depth &&
      !this.#goesOn(block, tokens)
    ) {
      this.#phrase = undefined;
    }
    this.#collect(block, tokens, found);
    if (block.level > 0) this.#setHeading(block, tokens);
    if (found.opening !== undefined) this.#setPhrase(block, found.opening);
  }

  /** A paragraph that begins with a reference may stand where a list could. */
  #goesOn(block: Block, tokens: Tokens): boolean {
    return block.level === 0 && !block.isItem && tokens[0]?.kind === "Reference";
  }

  #setHeading({ level, depth }: Block, tokens: Tokens): void {
    this.#phrase = undefined;
    const phrase = headingPhrase(tokens);
    if (phrase !== undefined) {
      this.#heading = { phrase, isNegated: false, kind: "task-list", level, depth };
    } else if (
      level <= (this.#heading?.level ?? 0) ||
      tokens.some(({ text }) => opposite.has(text))
    ) {
      this.#heading = undefined;
    }
  }

  #setPhrase({ level, depth }: Block, opening: Opening): void {
    if (level === 0) this.#phrase = { ...opening, kind: "keyword", level: 0, depth };
  }

  #collect(block: Block, tokens: Tokens, found: Found): void {
    const section = block.level > 0 ? undefined : (this.#phrase ?? this.#heading);
    const isListed = section !== undefined && (block.isItem || this.#goesOn(block, tokens));
    const listed = isListed ? this.#listed(block, tokens, found, section) : [];
    const stated = found.stated.map(({ on, line, until, isNegated, phrase }): Statement => {
      return { on, line: this.#line(block, line), until, isNegated, kind: "keyword", phrase };
    });
    for (const statement of merge(stated, listed)) this.statements.push(statement);
  }

  /** The references of an item that its sentences leave over. */
  #listed(
    block: Block,
    tokens: Tokens,
    { used }: Found,
    { phrase, isNegated, kind }: Section,
  ): ReadonlyArray<Statement> {
    const listed: Array<Statement> = [];
    const isParagraph = !block.isItem;
    for (let at = 0; at < tokens.length;) {
      if (tokens[at]!.kind !== "Reference" || used[at] === 1) {
        if (isParagraph) break;
        at++;
        continue;
      }
      const list = listAt(tokens, at, true, this.#work);
      for (const { on, line, until } of list.items) {
        listed.push({ on, line: this.#line(block, line), until, isNegated, kind, phrase });
      }
      at = list.end;
    }
    return listed;
  }

  #line(block: Block, line: number): number {
    return (this.#place.line ?? 1) + block.line + line;
  }
}

/** Both in the order of their lines. */
const merge = (
  stated: ReadonlyArray<Statement>,
  listed: ReadonlyArray<Statement>,
): ReadonlyArray<Statement> => {
  if (stated.length === 0) return listed;
  if (listed.length === 0) return stated;
  return [...listed, ...stated].sort((a, b) => a.line - b.line);
};
