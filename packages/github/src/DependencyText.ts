/**
 * Dependencies that people state in the text of an issue or a comment.
 *
 * The grammar is in docs/guides/dependencies.md. Every step reads the text once
 * from left to right, so that no text takes longer than its length allows.
 */
import type { Task } from "@orchestrator/core";
import type { Repository } from "./IssueId.ts";
import { counted } from "./internal/text/counted.ts";
import * as Work from "./internal/text/Work.ts";

/** Where the text stands, for what it leaves out. */
export interface Place extends Repository {
  /** The host whose addresses are read, as `github.example.com`; absent: `github.com`. */
  readonly host?: string | undefined;
  /** The number of the text's first line, if a part before it was cut off; absent: 1. */
  readonly line?: number | undefined;
}

/** A dependency as a text states it. */
export interface Statement {
  /** `owner/repo#123`, as written; a bare number is in the repository of the text. */
  readonly on: string;
  /** Counted from 1. */
  readonly line: number;
  /** The gate that is stated; undefined if none is. */
  readonly until: Task.Gate | undefined;
  /** Whether it says that there is no such dependency: `no longer blocked by #3`. */
  readonly isNegated: boolean;
  /** Whether words state it or an item of a list under a heading. */
  readonly kind: "keyword" | "task-list";
  /** The words or the heading in small letters, as `depends on`. */
  readonly phrase: string;
}

/** The dependencies that a text states, in the order of the text. */
export const scan = (text: string, place: Place): ReadonlyArray<Statement> =>
  counted(text, place, Work.begin());

const sentence = ({ isNegated, phrase, on }: Statement): string =>
  `- ${isNegated ? "Not " : ""}${phrase}: ${on}`;

/** A text that states the same, with lines of its own. */
export const print = (statements: ReadonlyArray<Statement>): string => {
  const lines: Array<string> = [];
  let heading: string | undefined;
  for (const statement of statements) {
    const { kind, phrase, on, until } = statement;
    if (kind === "task-list" && heading !== phrase) {
      heading = phrase;
      lines.push("", `## ${phrase}`, "");
    }
    const stated = kind === "task-list" ? `- [ ] ${on}` : sentence(statement);
    lines.push(until === undefined ? stated : `${stated} (until ${until})`);
  }
  return lines.join("\n");
};
