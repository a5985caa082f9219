/** Finds phrases that state dependencies, and what before them changes what they say. */
import { isKind, isOneOf, isText, isWord, type Kinds, near, type Tokens } from "./tokenTests.ts";
import * as words from "./words.ts";

const starts: Kinds = new Set(["Stop", "Break", "Open", "Dash", "Colon", "Question"]);

const byFirst = new Map<string, Array<words.Phrase>>();
for (const phrase of words.phrases) {
  byFirst.set(phrase.words[0]!, [...(byFirst.get(phrase.words[0]!) ?? []), phrase]);
}

/** A phrase and the place behind it. */
export interface Match {
  readonly phrase: words.Phrase;
  readonly end: number;
}

/** The phrase that stands at a place. A line may end within it. */
export const phraseAt = (tokens: Tokens, at: number): Match | undefined => {
  const first = tokens[at];
  if (first?.kind !== "Word") return undefined;
  for (const phrase of byFirst.get(first.text) ?? []) {
    let end = at + 1;
    for (const word of phrase.words.slice(1)) {
      if (isKind(tokens[end], "Break")) end++;
      end = isText(tokens[end], word) ? end + 1 : Number.NaN;
    }
    if (!Number.isNaN(end)) return { phrase, end };
  }
  return undefined;
};

/** What stands before a phrase and changes what it says. */
export interface Before {
  readonly isNegated: boolean;
  /** Whether the sentence is about another issue: `#7 depends on #1`. */
  readonly isForeign: boolean;
  /** Whether it stands where a phrase must that means much else. */
  readonly isFirst: boolean;
}

/** Goes back over a remark in parentheses. */
const beforeRemark = (tokens: Tokens, at: number): number => {
  if (!isKind(tokens[at], "Close")) return at;
  for (let open = at; open > at - near && open >= 0; open--) {
    if (isKind(tokens[open], "Open")) return open - 1;
  }
  return at;
};

/** Looks at what stands before a phrase. */
export const lookBack = (tokens: Tokens, phrase: number): Before => {
  let isNegated = false;
  let at = phrase - 1;
  for (; at >= 0 && at > phrase - near; at--) {
    if (isWord(tokens[at], words.negations)) isNegated = true;
    else if (!isWord(tokens[at], words.fillers)) break;
  }
  const subject = tokens[beforeRemark(tokens, at)];
  const wraps = isKind(tokens[at], "Break") && isWord(tokens[at - 1], words.negations);
  return {
    isNegated: isNegated || wraps,
    isForeign: isKind(subject, "Reference"),
    isFirst:
      tokens[at] === undefined ||
      isOneOf(tokens[at], starts) ||
      isWord(tokens[phrase - 1], words.leaders),
  };
};
