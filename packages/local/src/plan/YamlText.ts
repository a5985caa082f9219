/**
 * Reads YAML 1.2 and keeps where each value stood.
 *
 * Plain data only: keys are text, custom tags and merge keys are refused, and
 * what aliases may multiply is limited.
 */
import * as Yaml from "yaml";
import { suggestion } from "./Suggest.ts";
import { quote } from "@orchestrator/core/Quote";
import {
  forbiddenKeys,
  type Located,
  type Marks,
  maxDepth,
  nulMessage,
  type Reading,
  type TextProblem,
} from "./SourceText.ts";

/** How many values all aliases of a file may stand for together. */
const maxAliased = 100_000;

interface Anchored {
  /** Undefined while the anchored value is being read. */
  result: { readonly value: unknown; readonly size: number } | undefined;
}

class Walker {
  readonly problems: Array<TextProblem> = [];
  readonly marks = new Map<object, Marks>();
  readonly #anchors = new Map<string, Anchored>();
  #size = 0;
  #aliased = 0;
  #depth = 0;

  value(node: unknown): unknown {
    this.#size++;
    if (Yaml.isAlias(node)) return this.#alias(node);
    if (!Yaml.isNode(node) || node.anchor === undefined) return this.#plain(node);
    const anchored: Anchored = { result: undefined };
    this.#anchors.set(node.anchor, anchored);
    const before = this.#size;
    const value = this.#plain(node);
    anchored.result = { value, size: this.#size - before + 1 };
    return value;
  }

  #plain(node: unknown): unknown {
    if (Yaml.isScalar(node)) return this.#scalar(node);
    if (!Yaml.isCollection(node)) return null;
    if (this.#depth === maxDepth) {
      return this.#problem(offsetOf(node), `nested more than ${maxDepth} levels deep`);
    }
    this.#depth++;
    const value = Yaml.isSeq(node) ? this.#list(node) : this.#mapping(node as Yaml.YAMLMap);
    this.#depth--;
    return value;
  }

  #scalar(node: Yaml.Scalar): unknown {
    const { value } = node;
    if (typeof value === "string" && value.includes("\0")) {
      this.#problem(offsetOf(node), nulMessage);
    }
    return value;
  }

  #list(node: Yaml.YAMLSeq): Array<unknown> {
    const offsets = node.items.map(offsetOf);
    const items = node.items.map((item) => this.value(item));
    this.marks.set(items, { offsets });
    return items;
  }

  #mapping(node: Yaml.YAMLMap): Record<string, unknown> {
    const mapping: Record<string, unknown> = {};
    const names: Array<string> = [];
    const offsets: Array<number> = [];
    this.marks.set(mapping, { names, offsets });
    for (const pair of node.items) {
      const offset = offsetOf(pair.key);
      const key = this.#key(pair.key);
      const value = this.value(pair.value);
      if (key === undefined || !this.#allowed(mapping, key, offset)) continue;
      mapping[key] = value;
      names.push(key);
      offsets.push(offset, Yaml.isNode(pair.value) ? offsetOf(pair.value) : offset);
    }
    return mapping;
  }

  #key(node: unknown): string | undefined {
    if (Yaml.isScalar(node) && node.value !== null) return node.source ?? String(node.value);
    this.#problem(
      offsetOf(node),
      Yaml.isCollection(node)
        ? 'a key must be text, found a list or a mapping; a value that begins with "{" needs quotes'
        : "a key must be text, found nothing or an alias",
    );
    return undefined;
  }

  #allowed(mapping: object, key: string, offset: number): boolean {
    if (forbiddenKeys.has(key)) {
      this.#problem(offset, `the key ${quote(key)} is not allowed; remove it`);
      return false;
    }
    if (Object.hasOwn(mapping, key)) {
      this.#problem(offset, `the key ${quote(key)} is given twice; keep one`);
      return false;
    }
    return true;
  }

  #alias(node: Yaml.Alias): unknown {
    const anchored = this.#anchors.get(node.source);
    if (anchored === undefined) {
      const hint = suggestion(node.source, this.#anchors.keys());
      return this.#problem(offsetOf(node), `no anchor &${node.source} stands before this${hint}`);
    }
    if (anchored.result === undefined) {
      return this.#problem(
        offsetOf(node),
        `the alias *${node.source} stands inside its own anchor`,
      );
    }
    const { value, size } = anchored.result;
    const before = this.#aliased;
    this.#aliased += size;
    this.#size += size;
    if (this.#aliased <= maxAliased) return value;
    if (before > maxAliased) return null;
    return this.#problem(
      offsetOf(node),
      `the aliases of this file stand for more than ${maxAliased} values; write them out`,
    );
  }

  #problem(offset: number, message: string): null {
    this.problems.push({ offset, message });
    return null;
  }
}

const offsetOf = (node: unknown): number => (Yaml.isNode(node) ? (node.range?.[0] ?? 0) : 0);

const hints: Readonly<Record<string, string>> = {
  BAD_INDENT:
    "check that the lines of one list or mapping begin in the same column and that brackets are closed",
  BLOCK_AS_IMPLICIT_KEY: 'check the indentation, and put a text that holds ": " in quotes',
  BLOCK_IN_FLOW: "inside [ ] and { } there are no lists with - and no indented mappings",
  MISSING_CHAR: "check indentation, quotes, brackets, commas and colons before this place",
  MULTILINE_IMPLICIT_KEY: 'check the indentation, and put a text that holds ": " in quotes',
  TAB_AS_INDENT: "indent with spaces",
  TAG_RESOLVE_FAILED: "remove the tag; the file holds plain data",
  UNEXPECTED_TOKEN: "check quotes, brackets, commas and indentation before this place",
};

/** One mistake in YAML makes the parser complain many times; the first complaints say most. */
const maxComplaints = 5;

const complaint = (code: string, message: string): string => {
  if (message.includes("call stack")) return tooDeep;
  if (code === "MULTIPLE_DOCS")
    return "the file holds more than one document; remove what follows ---";
  const hint = hints[code];
  return `not valid YAML: ${message}${hint === undefined ? "" : `; ${hint}`}`;
};

const complaints = (document: Yaml.Document.Parsed): ReadonlyArray<TextProblem> => {
  const byOffset = new Map<number, TextProblem>();
  for (const { pos, code, message } of [...document.errors, ...document.warnings]) {
    if (byOffset.has(pos[0])) continue;
    byOffset.set(pos[0], {
      offset: pos[0],
      message: complaint(code, message),
    });
  }
  const found = [...byOffset.values()].sort((a, b) => a.offset - b.offset);
  // Where the stack ends says nothing about the text.
  if (found.some(({ message }) => message === tooDeep)) return [{ offset: 0, message: tooDeep }];
  return found.slice(0, maxComplaints);
};

/** The parser recurses, and so runs out of stack on brackets thousands deep. */
const tooDeep = "not valid YAML: nested far too deeply";

const unreadable = (message: string): Reading => ({
  located: undefined,
  problems: [{ offset: 0, message }],
});

const compose = (text: string): Yaml.Document.Parsed =>
  Yaml.parseDocument(text, {
    schema: "core",
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error",
  });

/** Reads one YAML document. A text that is not YAML has no value; an empty one has the value null. */
export const read = (text: string): Reading => {
  try {
    const document = compose(text);
    const problems = complaints(document);
    if (problems.length > 0) return { located: undefined, problems };
    const walker = new Walker();
    const value = walker.value(document.contents);
    const located: Located = { value, offset: offsetOf(document.contents), marks: walker.marks };
    return { located, problems: walker.problems };
  } catch (error) {
    if (error instanceof RangeError) return unreadable(tooDeep);
    throw error;
  }
};
