/** "Did you mean …?" for words that people write: names of keys, of tasks, of placeholders. */

/** Cells of the distance tables that one question may fill: some thousand candidates of usual length. */
const workLimit = 1_000_000;

/** One typo for every three letters, three at most. */
const tolerance = (word: string): number => Math.min(3, Math.floor(word.length / 3));

/**
 * The edit distance (insert, delete, replace, swap two neighbours) in UTF-16 units,
 * or undefined if it is greater than `max`. Looks only at the band where it can be at most `max`.
 */
export const distance = (a: string, b: string, max: number): number | undefined => {
  if (Math.abs(a.length - b.length) > max) return undefined;
  const far = max + 1;
  let beforeLast = new Uint32Array(b.length + 2);
  let last = Uint32Array.from({ length: b.length + 2 }, (_, j) => j);
  let row = new Uint32Array(b.length + 2);
  for (let i = 1; i <= a.length; i++) {
    const from = Math.max(1, i - max);
    const to = Math.min(b.length, i + max);
    row[from - 1] = from === 1 ? i : far;
    for (let j = from; j <= to; j++) {
      const changed = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + changed);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      }
      row[j] = cost;
    }
    row[to + 1] = far;
    [beforeLast, last, row] = [last, row, beforeLast];
  }
  const result = last[b.length]!;
  return result > max ? undefined : result;
};

/**
 * The candidate nearest to a word, or undefined if none is near enough.
 *
 * Upper and lower case count as equal; among equals the first candidate wins.
 * `maxDistance` is the number of typos allowed (default: a third of the word's
 * length, three at most). After a bounded amount of work, reached with some ten
 * thousand candidates of nearly the same length, the rest is not looked at.
 */
export const closest = (
  word: string,
  candidates: Iterable<string>,
  maxDistance: number = tolerance(word),
): string | undefined => {
  const wanted = word.toLowerCase();
  let allowed = maxDistance;
  let best: string | undefined;
  let work = 0;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > allowed) continue;
    work += (word.length + 1) * (2 * allowed + 1);
    if (work > workLimit) break;
    const found = distance(wanted, candidate.toLowerCase(), allowed);
    if (found === undefined) continue;
    best = candidate;
    if (found === 0) break;
    allowed = found - 1;
  }
  return best;
};
