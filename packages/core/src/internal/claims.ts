/**
 * Whether two claims on files may touch the same path.
 *
 * A claim is a glob of `/`-separated segments: `?` is one character, `*` any run
 * of them within a segment, `**` as a whole segment any number of segments (none
 * included), `\` takes the next character literally, `{a,b}` is one or the other.
 * Wildcards match names that begin with a dot, too.
 *
 * - A claim without `*` and `?` covers the path itself and everything under it,
 *   and so does a claim that ends in `/`: `src/auth` is `src/auth/**`.
 * - `./`, `//`, a leading `/` and `..` are resolved; a claim on the root covers everything.
 * - Where a claim is not read exactly it covers more, never less: `[ab]` and braces
 *   without a comma (`{1..3}`) count as `*`; from an extended glob (`@(a|b)`) or
 *   braces with too many alternatives on, everything is covered.
 *
 * The answer is exact for plain characters, `?`, `*` and `**`. The cost is at
 * most the product of the lengths, braces expanded; both are bounded.
 */

const run = Symbol("run");
const one = Symbol("one");
const unread = Symbol("unread");
const bracket = Symbol("bracket");
const extended = Symbol("extended");
const open = Symbol("open");
const comma = Symbol("comma");
const close = Symbol("close");
const anySegments = Symbol("anySegments");

/**
 * A literal character or something with a meaning: `unread` for a class or braces
 * without a comma, `bracket` for a `[` that opens no class that we read.
 */
type Token = string | symbol;
type Tokens = ReadonlyArray<Token>;
/** A plain name, the tokens of a name with wildcards, or `anySegments`. */
type Segment = string | Tokens | typeof anySegments;

/** A claim in the form that is compared: the alternatives it stands for. */
export type Claim = ReadonlyArray<ReadonlyArray<Segment>>;

/** As many characters as a path may have; of longer claims nothing is read. */
const longestClaim = 4096;
const mostAlternatives = 64;

const everything: Claim = [[anySegments]];

/** Reads a claim. Every text is one. */
export const parse = (claim: string): Claim =>
  claim.length > longestClaim ? everything : expand(readable(tokens(claim))).map(segments);

/** Whether some path is covered by both claims. */
export const overlaps = (a: Claim, b: Claim): boolean =>
  a.some((left) => b.some((right) => meet(left, right, anySegments, segmentsMeet)));

/** An escape, a class, braces without a comma, the start of an extended glob, or one character. */
const lexeme =
  /\\(?<escaped>[^])|(?<unread>\[(?![!^]?\])[^[\]{},/\\]+\]|\{[^[\]{},/\\]*\})|(?<extended>[@+!?*]\()|[^]/gu;

const meanings: ReadonlyMap<string, symbol> = new Map([
  ["*", run],
  ["?", one],
  ["[", bracket],
  ["{", open],
  [",", comma],
  ["}", close],
]);

const spellings: ReadonlyMap<Token, string> = new Map([
  [open, "{"],
  [comma, ","],
  [close, "}"],
]);

const meaningOf = (character: string): Token => meanings.get(character) ?? character;

const tokens = (claim: string): Tokens => {
  // Most claims have single characters only, and claims are compared often.
  if (!/[\\[{(]/.test(claim)) return Array.from(claim, meaningOf);
  return Array.from(claim.matchAll(lexeme), ({ 0: text, groups }) => {
    if (groups?.["escaped"] !== undefined) return groups["escaped"];
    if (groups?.["unread"] !== undefined) return unread;
    if (groups?.["extended"] !== undefined) return extended;
    return meaningOf(text);
  });
};

/** The same claim, covering everything from the segment on that holds the token at `at`. */
const coverFrom = (pattern: Tokens, at: number): Tokens => {
  const braces = pattern.indexOf(open);
  const from = braces === -1 ? at : Math.min(at, braces);
  return [...pattern.slice(0, pattern.lastIndexOf("/", from) + 1), run, run];
};

/** Without what we cannot read: extended globs, and brackets that may hold braces or be held by them. */
const readable = (pattern: Tokens): Tokens => {
  const braces = pattern.includes(open);
  const at = pattern.findIndex((token) => token === extended || (token === bracket && braces));
  return at === -1 ? pattern : coverFrom(pattern, at);
};

/** The positions of the first braces that list alternatives, with their commas; braces inside them list none. */
const innermost = (pattern: Tokens): ReadonlyArray<number> | undefined => {
  const groups: Array<Array<number>> = [];
  for (const [at, token] of pattern.entries()) {
    if (token === open) groups.push([at]);
    else if (token === comma) groups.at(-1)?.push(at);
    else if (token === close) {
      const marks = groups.pop();
      if (marks !== undefined && marks.length > 1) return [...marks, at];
    }
  }
  return undefined;
};

const expand = (pattern: Tokens): ReadonlyArray<Tokens> => {
  const waiting = [pattern];
  const done: Array<Tokens> = [];
  let length = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const marks = innermost(next);
    if (marks === undefined) {
      done.push(next);
      length += next.length;
    }
    const choices = marks === undefined ? 0 : marks.length - 1;
    if (done.length + waiting.length + choices > mostAlternatives || length > longestClaim) {
      return [coverFrom(pattern, pattern.length)];
    }
    for (let choice = 0; choice < choices; choice++) {
      waiting.push([
        ...next.slice(0, marks![0]),
        ...next.slice(marks![choice]! + 1, marks![choice + 1]),
        ...next.slice(marks!.at(-1)! + 1),
      ]);
    }
  }
  return done;
};

const split = (pattern: Tokens): ReadonlyArray<Tokens> => {
  const found: Array<Array<Token>> = [[]];
  for (const token of pattern) {
    if (token === "/") found.push([]);
    else found.at(-1)!.push(token);
  }
  return found;
};

const segment = (written: Tokens): Segment => {
  if (written.length === 2 && written[0] === run && written[1] === run) return anySegments;
  if (written.includes(bracket)) return [run];
  const read = written.map((token) => (token === unread ? run : (spellings.get(token) ?? token)));
  return read.every((token) => typeof token === "string") ? read.join("") : read;
};

const isHere = (name: Segment | undefined): boolean => name === "" || name === ".";

const segments = (pattern: Tokens): ReadonlyArray<Segment> => {
  const written = split(pattern).map(segment);
  const found: Array<Segment> = [];
  for (const next of written) {
    const last = found.at(-1);
    if (isHere(next)) continue;
    if (next !== ".." || last === undefined || last === "..") found.push(next);
    else if (last === anySegments) return [anySegments];
    else found.pop();
  }
  const isDirectory = isHere(written.at(-1)) || written.at(-1) === "..";
  const isPlain = !pattern.includes(run) && !pattern.includes(one);
  return isDirectory || isPlain ? [...found, anySegments] : found;
};

const tokensMeet = (a: Token, b: Token): boolean => a === b || a === one || b === one;

const segmentsMeet = (a: Segment, b: Segment): boolean =>
  typeof a === "string" && typeof b === "string"
    ? a === b
    : meet(Array.from(a as Tokens | string), Array.from(b as Tokens | string), run, tokensMeet);

/**
 * Whether two patterns, in which `star` stands for any number of elements, have a
 * common instance. Row by row: `reached[j]` says that the part of `a` before `i`
 * and the part of `b` before `j` have one.
 */
const meet = <A>(
  a: ReadonlyArray<A>,
  b: ReadonlyArray<A>,
  star: A,
  agree: (left: A, right: A) => boolean,
): boolean => {
  let reached = new Uint8Array(b.length + 1);
  let below = new Uint8Array(b.length + 1);
  reached[0] = 1;
  for (let i = 0; i <= a.length; i++) {
    below.fill(0);
    for (let j = 0; j <= b.length; j++) {
      if (reached[j] === 0) continue;
      const left = a[i];
      const right = b[j];
      if (left === star || right === star) {
        if (j < b.length) reached[j + 1] = 1;
        if (i < a.length) below[j] = 1;
      } else if (left !== undefined && right !== undefined && agree(left, right)) {
        below[j + 1] = 1;
      }
    }
    if (i < a.length) [reached, below] = [below, reached];
  }
  return reached[b.length] === 1;
};
