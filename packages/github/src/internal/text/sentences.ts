/** Finds what the tokens of a block state: which references, under which phrase, until which gate. */
import { isJoint, isSoft, type Item, type List, listAt } from "./lists.ts";
import { lookBack, type Match, phraseAt } from "./phrases.ts";
import type { Token } from "./tokens.ts";
import { isKind, isOneOf, isText, isWord, type Kinds, near, type Tokens } from "./tokenTests.ts";
import * as words from "./words.ts";
import type { Work } from "./Work.ts";

/** A phrase at the end of a block: the list that follows belongs to it. */
export interface Opening {
  readonly phrase: string;
  readonly isNegated: boolean;
}

/** A reference that is stated. */
export interface Stated extends Item, Opening {}

/** What a block states. */
export interface Found {
  readonly stated: ReadonlyArray<Stated>;
  /** 1 at the places of the references that a sentence has used, whatever it says of them. */
  readonly used: Readonly<Uint8Array>;
  readonly opening: Opening | undefined;
}

const leads: Kinds = new Set(["Colon", "Dash", "Comma", "Gap", "Open", "Break"]);
const parentheses: Kinds = new Set(["Open", "Close"]);

/** Goes past what may stand between a phrase and its first reference. */
const toReference = (tokens: Tokens, from: number): number => {
  let at = from;
  while (
    at - from < near &&
    (isOneOf(tokens[at], leads) || isJoint(tokens[at]) || isWord(tokens[at], words.nouns))
  ) {
    at++;
  }
  return at;
};

const looseKinds: Kinds = new Set(["Other", "Gap", "Colon", "Open"]);

/** Goes past other words, too, as in `Depends on the work in #1`, up to what ends the thought. */
const pastWords = (tokens: Tokens, from: number): number => {
  let at = from;
  while (
    at - from < near &&
    (isOneOf(tokens[at], looseKinds) ||
      [words.nouns, words.fillers, words.links].some((set) => isWord(tokens[at], set)))
  ) {
    at++;
  }
  return at;
};

/** Whether only words follow and a colon at the very end: `Depends on the following issues:`. */
const announcesList = (tokens: Tokens, from: number): boolean => {
  if (tokens.length - from > near || !isKind(tokens.at(-1), "Colon")) return false;
  return tokens
    .slice(from)
    .every(({ kind }) => looseKinds.has(kind) || kind === "Word" || kind === "Close");
};

/** Whether the sentence turns out to be a question. */
const asks = (tokens: Tokens, from: number): boolean => {
  let at = from;
  while (at - from < near && (isSoft(tokens[at]) || isOneOf(tokens[at], parentheses))) at++;
  return isKind(tokens[at], "Question");
};

/** Where the references begin in `…, but not on #2`, or -1. */
const exceptionAt = (tokens: Tokens, from: number): number => {
  let at = from;
  while (at - from < 3 && (isJoint(tokens[at]) || isText(tokens[at], "but"))) at++;
  if (!isText(tokens[at], "not")) return -1;
  at++;
  if (tokens[at]?.kind === "Word" && /^(?:on|by|for|upon)$/.test(tokens[at]!.text)) at++;
  return isKind(tokens[at], "Reference") ? at : -1;
};

class Sentences {
  readonly stated: Array<Stated> = [];
  readonly used: Uint8Array;
  opening: Opening | undefined;
  readonly #tokens: Tokens;
  readonly #work: Work;

  constructor(tokens: Tokens, work: Work) {
    this.#tokens = tokens;
    this.#work = work;
    this.used = new Uint8Array(tokens.length);
  }

  run(): void {
    for (let at = 0; at < this.#tokens.length;) {
      this.#work.steps++;
      const match = phraseAt(this.#tokens, at);
      if (match !== undefined) at = this.#phrase(at, match);
      else if (isWord(this.#tokens[at], words.mentions)) at = this.#mention(at + 1);
      else at++;
    }
  }

  /** References that are only mentioned are used up. */
  #mention(from: number): number {
    let at = from;
    while (
      at - from < 3 &&
      (isWord(this.#tokens[at], words.links) || isKind(this.#tokens[at], "Colon"))
    ) {
      at++;
    }
    if (!isKind(this.#tokens[at], "Reference")) return from;
    return this.#use(listAt(this.#tokens, at, false, this.#work));
  }

  #use(list: List): number {
    for (const place of list.used) this.used[place] = 1;
    return list.end;
  }

  #phrase(at: number, { phrase, end }: Match): number {
    const before = lookBack(this.#tokens, at);
    this.#work.steps += near;
    if (phrase.isFirst && !before.isFirst) return end;
    const first = this.#firstReference(end, phrase);
    const hasColon = this.#has("Colon", end, first);
    const said = { phrase: phrase.words.join(" "), isNegated: before.isNegated };
    if (first === this.#tokens.length && !before.isForeign) {
      const isWhole = at === 0 && first === end;
      if (hasColon || isWhole || phrase.colon === "never") this.opening = said;
    } else if (!before.isForeign && announcesList(this.#tokens, end)) this.opening = said;
    if (!isKind(this.#tokens[first], "Reference")) return end;
    if (phrase.colon === "always" && !hasColon) return end;
    return this.#list(first, this.#has("Break", end, first), said, before.isForeign);
  }

  /** A phrase that means nothing else may say something of its references before it names them. */
  #firstReference(from: number, { colon, isFirst }: words.Phrase): number {
    const first = toReference(this.#tokens, from);
    if (isFirst || colon !== "never" || isKind(this.#tokens[first], "Reference")) return first;
    const later = pastWords(this.#tokens, from);
    return isKind(this.#tokens[later], "Reference") ? later : first;
  }

  #has(kind: Token["kind"], from: number, to: number): boolean {
    for (let at = from; at < to; at++) if (isKind(this.#tokens[at], kind)) return true;
    return false;
  }

  #list(first: number, inLines: boolean, said: Opening, isForeign: boolean): number {
    const list = listAt(this.#tokens, first, inLines, this.#work);
    const end = this.#use(list);
    if (isForeign || asks(this.#tokens, end)) return end;
    const { phrase, isNegated } = said;
    for (const { on, line, until } of list.items) {
      this.stated.push({ on, line, until, isNegated, phrase });
    }
    const exception = exceptionAt(this.#tokens, end);
    return exception === -1
      ? end
      : this.#list(exception, false, { ...said, isNegated: !said.isNegated }, false);
  }
}

const nothing: Found = { stated: [], used: new Uint8Array(0), opening: undefined };

/** What the sentences of a block state. */
export const find = (tokens: Tokens, work: Work): Found => {
  if (!tokens.some(({ kind }) => kind === "Word")) return nothing;
  const sentences = new Sentences(tokens, work);
  sentences.run();
  return sentences;
};
