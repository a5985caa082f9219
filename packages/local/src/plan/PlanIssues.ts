/** Turns what valibot finds wrong into problems with a place in the text. */
import type { BaseIssue } from "valibot";
import {
  formatPath,
  keyOffset,
  type Located,
  type TextProblem,
  valueOffset,
} from "./SourceText.ts";

type Path = ReadonlyArray<string | number>;
type Item = NonNullable<BaseIssue<unknown>["path"]>[number];

/** An issue with its whole path; `onKey` when the key itself is wrong. */
interface Flat {
  readonly issue: BaseIssue<unknown>;
  readonly items: ReadonlyArray<Item>;
}

/**
 * Where all alternatives fail, the ones that fail deeper inside are meant: for
 * `dependsOn: [{ taks: a }]` the misspelt key says more than "must be text".
 */
const flatten = (issue: BaseIssue<unknown>, before: ReadonlyArray<Item> = []): Array<Flat> => {
  const items = [...before, ...((issue.path ?? []) as ReadonlyArray<Item>)];
  const deeper = (issue.issues ?? []).filter((inner) => (inner.path?.length ?? 0) > 0);
  return deeper.length === 0
    ? [{ issue, items }]
    : deeper.flatMap((inner) => flatten(inner as BaseIssue<unknown>, items));
};

const isMissingKey = ({ issue, items }: Flat): boolean =>
  issue.type === "object_with_rest" && items.at(-1)?.origin === "key";

const isAboutKey = ({ issue, items }: Flat): boolean =>
  issue.type === "never" || items.at(-1)?.origin === "key";

/** Where the value at a path begins, or the nearest value around it. */
export const offsetAt = (located: Located, path: Path): number => {
  let offset = located.offset;
  let value = located.value;
  for (const key of path) {
    const next = valueOffset(located, value, key);
    if (next === undefined) return offset;
    offset = next;
    value = (value as Record<string | number, unknown>)[key];
  }
  return offset;
};

const parentOf = (located: Located, path: Path): unknown =>
  path
    .slice(0, -1)
    .reduce<unknown>(
      (value, key) => (value as Record<string | number, unknown>)[key],
      located.value,
    );

const at = (offset: number, path: Path, message: string): TextProblem =>
  path.length === 0 ? { offset, message } : { offset, path: formatPath(path), message };

const problem = (located: Located, flat: Flat): TextProblem => {
  const path = flat.items.map((item) => item.key as string | number);
  const { message } = flat.issue;
  if (isMissingKey(flat)) {
    const parent = path.slice(0, -1);
    return at(offsetAt(located, parent), parent, message);
  }
  const parent = isAboutKey(flat) ? parentOf(located, path) : undefined;
  const key =
    typeof parent === "object" && parent !== null
      ? keyOffset(located, parent, String(path.at(-1)))
      : undefined;
  return at(key ?? offsetAt(located, path), path, message);
};

/** All problems that a list of issues stands for. */
export const problems = (
  located: Located,
  issues: ReadonlyArray<BaseIssue<unknown>>,
): Array<TextProblem> => {
  const seen = new Set<string>();
  return issues
    .flatMap((issue) => flatten(issue))
    .map((flat) => problem(located, flat))
    .filter(({ offset, path, message }) => {
      const key = `${offset} ${path} ${message}`;
      return !seen.has(key) && seen.add(key);
    });
};
