/**
 * Values for a task at the very beginning of an issue's body, as YAML.
 *
 * They stand between two lines `---`, or in a comment that begins with
 * `<!-- orchestrator` and that nobody sees in the rendered issue. What stands
 * between two rules but is no mapping is text. Plain data only: without aliases,
 * tags and merge keys.
 */
import * as Yaml from "yaml";
import { type Frame, frame } from "./internal/text/frame.ts";

/** Something that cannot be read, and where. */
export interface Problem {
  /** The line of the body, from 1. */
  readonly line: number;
  /** What is wrong and what to try, in one line. */
  readonly message: string;
}

/** A value and the line of its key. */
export interface Value {
  readonly value: unknown;
  readonly line: number;
}

/** A body, taken apart. */
export interface FrontMatter {
  /** The values by key, as the author wrote them; empty if there are none. */
  readonly values: ReadonlyMap<string, Value>;
  /** What remains for people and agents to read. */
  readonly body: string;
  /** The line of the whole text at which `body` begins, from 1. */
  readonly line: number;
  readonly problems: ReadonlyArray<Problem>;
}

const deepest = 8;

class Refused extends Error {
  readonly offset: number;
  constructor(node: unknown, message: string) {
    super(message);
    this.offset = Yaml.isNode(node) ? (node.range?.[0] ?? 0) : 0;
  }
}

/** The plain value of a node. A mapping cannot reach a prototype: its keys are its own. */
const plain = (node: unknown, depth = 0): unknown => {
  if (depth > deepest) throw new Refused(node, `nested more than ${deepest} levels deep`);
  if (Yaml.isAlias(node))
    throw new Refused(node, "an alias (*) is not allowed; write the value out");
  if (Yaml.isSeq(node)) return node.items.map((item) => plain(item, depth + 1));
  if (!Yaml.isMap(node)) return Yaml.isScalar(node) ? node.value : null;
  return Object.fromEntries(
    node.items.map((pair) => [keyOf(pair.key), plain(pair.value, depth + 1)]),
  );
};

const keyOf = (node: unknown): string => {
  if (Yaml.isScalar(node) && node.value !== null) return String(node.value);
  throw new Refused(node, "a key must be text");
};

const parse = (text: string): Yaml.Document.Parsed =>
  Yaml.parseDocument(text, {
    schema: "core",
    merge: false,
    uniqueKeys: (a, b) =>
      Yaml.isScalar(a) && Yaml.isScalar(b) && String(a.value) === String(b.value),
    prettyErrors: false,
    logLevel: "error",
  });

interface Parsed {
  readonly values: ReadonlyMap<string, Value>;
  readonly problem: { readonly offset: number; readonly message: string } | undefined;
  /** Whether the text is YAML at all. */
  readonly isYaml: boolean;
}

const failed = (offset: number, message: string, isYaml: boolean): Parsed => ({
  values: new Map(),
  problem: { offset, message },
  isYaml,
});

const lineAt = (text: string, offset: number): number =>
  text.slice(0, offset).split(/\r\n|\r|\n/).length;

/** Undefined: no mapping, and so no front matter. */
const valuesIn = (text: string, firstLine: number): Parsed | undefined => {
  try {
    const document = parse(text);
    const error = document.errors[0] ?? document.warnings[0];
    if (error !== undefined) return failed(error.pos[0], `not valid YAML: ${error.message}`, false);
    if (!Yaml.isMap(document.contents)) return undefined;
    const values = new Map<string, Value>();
    for (const { key, value } of document.contents.items) {
      const line = firstLine - 1 + lineAt(text, Yaml.isNode(key) ? (key.range?.[0] ?? 0) : 0);
      values.set(keyOf(key), { value: plain(value), line });
    }
    return { values, problem: undefined, isYaml: true };
  } catch (error) {
    if (error instanceof Refused) return failed(error.offset, error.message, true);
    // The parser recurses and may run out of stack.
    if (error instanceof RangeError)
      return failed(0, "not valid YAML: nested far too deeply", false);
    throw error;
  }
};

const looksLikeValues = (text: string): boolean => /^\s*["']?[\w-]+["']?[ \t]*:(?:\s|$)/.test(text);

const untouched = (body: string): FrontMatter => ({
  values: new Map(),
  body,
  line: 1,
  problems: [],
});

const taken = (found: Frame, values: FrontMatter["values"], problems: FrontMatter["problems"]) => ({
  values,
  body: found.body,
  line: found.bodyLine,
  problems,
});

/** Takes the front matter off a body. */
export const read = (text: string): FrontMatter => {
  const found = frame(text);
  if (found === undefined) return untouched(text);
  if (found.inside === undefined) {
    const message = "the comment with values is not closed with --> within 16 KiB";
    return { ...untouched(text), problems: [{ line: found.line, message }] };
  }
  const parsed = valuesIn(found.inside, found.line);
  if (parsed === undefined && !found.isComment) return untouched(text);
  if (parsed?.problem !== undefined) {
    if (!found.isComment && !parsed.isYaml && !looksLikeValues(found.inside))
      return untouched(text);
    const line = found.line - 1 + lineAt(found.inside, parsed.problem.offset);
    return taken(found, new Map(), [{ line, message: parsed.problem.message }]);
  }
  if (parsed !== undefined || found.inside.trim() === "") {
    return taken(found, parsed?.values ?? new Map(), []);
  }
  const message = 'values must stand as "priority: high", one in each line';
  return taken(found, new Map(), [{ line: found.line, message }]);
};
