/** The text of a plan file with its line numbers, and the values read from it with their places. */
import { quote } from "@orchestrator/core/Quote";

/** A place in a text, as editors count: both begin at 1, columns in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Something wrong at an offset of the text. */
export interface TextProblem {
  readonly offset: number;
  /** The value concerned, as `tasks[3].retry.attempts`. */
  readonly path?: string;
  readonly message: string;
}

/** Where the parts of one list or mapping begin in the text. */
export interface Marks {
  /** The keys of a mapping, in the order of the text; absent: it is a list. */
  readonly names?: Array<string>;
  /** Of a list one offset per item; of a mapping two per entry, key and value. */
  readonly offsets: Array<number>;
}

/** A JSON value read from a text that still knows where each part stood. */
export interface Located {
  readonly value: unknown;
  /** Where the value begins. */
  readonly offset: number;
  readonly marks: ReadonlyMap<object, Marks>;
}

/** What a reader of YAML or JSON gives: the value, if there is one, and all that is wrong. */
export interface Reading {
  readonly located: Located | undefined;
  readonly problems: ReadonlyArray<TextProblem>;
}

/** The deepest nesting a reader accepts; a plan needs five levels. */
export const maxDepth = 64;

/** Keys that would reach into the prototype of an object. */
export const forbiddenKeys: ReadonlySet<string> = new Set([
  "__proto__",
  "constructor",
  "prototype",
]);

/** What is wrong with a text that holds `\0`. */
export const nulMessage =
  "the text holds a NUL character, which no command or file name can carry; remove it";

/** Gives the position of an offset in a text. */
export const positions = (text: string): ((offset: number) => Position) => {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  };
};

/** Where each key of a mapping stands among its names; a file may have thousands of keys, and mistakes. */
const indexes = new WeakMap<ReadonlyArray<string>, ReadonlyMap<string, number>>();

const indexOf = (names: ReadonlyArray<string>, key: string): number => {
  let index = indexes.get(names);
  if (index?.size !== names.length) {
    index = new Map(names.map((name, at) => [name, at]));
    indexes.set(names, index);
  }
  return index.get(key) ?? -1;
};

const entryIndex = (marks: Marks, key: string | number): number =>
  marks.names === undefined ? Number(key) : indexOf(marks.names, String(key));

/** Where the item or the entry's value begins, or undefined if there is none. */
export const valueOffset = (
  { marks }: Located,
  parent: unknown,
  key: string | number,
): number | undefined => {
  const own = typeof parent === "object" && parent !== null ? marks.get(parent) : undefined;
  if (own === undefined) return undefined;
  const index = entryIndex(own, key);
  return index < 0 ? undefined : own.offsets[own.names === undefined ? index : index * 2 + 1];
};

/** Where the key of an entry begins, or undefined if there is none. */
export const keyOffset = ({ marks }: Located, parent: object, key: string): number | undefined => {
  const own = marks.get(parent);
  const index = own?.names === undefined ? -1 : indexOf(own.names, key);
  return index < 0 ? undefined : own!.offsets[index * 2];
};

/** Writes a path for people: `tasks[3].retry.attempts`. */
export const formatPath = (path: ReadonlyArray<string | number>): string =>
  path
    .map((key, index) =>
      typeof key === "number"
        ? `[${key}]`
        : /^[\w$-]+$/.test(key)
          ? (index > 0 ? "." : "") + key
          : `[${quote(key)}]`,
    )
    .join("");
