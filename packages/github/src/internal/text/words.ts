/** The words that state dependencies, and those that take them back. */

/** A way to state a dependency. */
export interface Phrase {
  /** The words, without a hyphen between them. */
  readonly words: ReadonlyArray<string>;
  /** Whether it counts only at the beginning of a line or sentence or behind a leader, since it means much else. */
  readonly isFirst: boolean;
  /** Where a colon must follow: before references on its line, before a list below it, or nowhere. */
  readonly colon: "always" | "before a list" | "never";
  /** Whether a heading that says nothing else makes the items below it dependencies. */
  readonly isHeading: boolean;
}

const phrase = (text: string, rest: Partial<Phrase> = {}): Phrase => ({
  words: text.split(" "),
  isFirst: false,
  colon: "never",
  isHeading: true,
  ...rest,
});

const plain = { isHeading: false, colon: "before a list" } as const;

/** All phrases, the longer ones first. */
export const phrases: ReadonlyArray<Phrase> = [
  ...["depends on", "depends upon", "depend on", "depend upon", "dependent on"].map((text) =>
    phrase(text),
  ),
  ...["blocked by", "blocked on", "waits for", "wait for", "waiting for", "waits on"].map((text) =>
    phrase(text),
  ),
  ...["waiting on", "dependency on"].map((text) => phrase(text)),
  ...["requires", "require", "needs", "need"].map((text) => phrase(text, plain)),
  phrase("after", { ...plain, isFirst: true }),
  ...["dependencies", "dependency"].map((text) => phrase(text, { isFirst: true, colon: "always" })),
];

const set = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Words that turn a phrase into its opposite. Apostrophes are left out. */
export const negations = set(
  "not no never nothing without nor neither isnt arent wasnt werent doesnt dont didnt wont cant cannot shouldnt neednt un formerly previously used",
);

/** What may stand between a negation and its phrase, or between an issue and what it does. */
export const fillers = set(
  "longer yet any anymore more be been being is are was were to do does a an the have has had also still now currently directly actually really strictly technically necessarily it this which that itself",
);

/** Words behind which a phrase counts that else must be the first of a sentence: `to be done after #1`. */
export const leaders = set("only start starts begin begins do done come comes go goes land merge");

/** What people call a reference. */
export const nouns = set(
  "issue issues pr prs pull request requests task tasks ticket tickets the both",
);

/** Words after which a reference is only mentioned, or depends on this issue. */
export const mentions = set(
  "blocks blocking unblocks unblocking required needed see cf related duplicate duplicates part follow followup closes closed close fixes fixed fix resolves resolved resolve replaces supersedes",
);

/** What may stand between such a word and its reference. */
export const links = set("by for to of from with up");

export const joints = set("and or plus");

export const rangeWords = set("to through");

const others = "but until on for by upon agent ended pr open checks green merged they its";

/** Every known word by itself, so that words that mean something are the same text and quickly found. */
const known: ReadonlyMap<string, string> = new Map(
  [
    ...phrases.flatMap(({ words }) => words),
    ...[negations, fillers, leaders, nouns, mentions, links, joints, rangeWords].flatMap(
      (words) => [...words],
    ),
    ...others.split(" "),
  ].map((word) => [word, word]),
);

/** The word, if it means anything here. It is given in small letters. */
export const meant = (word: string): string | undefined => known.get(word);
