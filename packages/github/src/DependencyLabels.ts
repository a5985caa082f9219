/**
 * Dependencies that labels state: `depends:#12`, `depends-on:issue-12`, `blocked-by:acme/api#5`.
 *
 * One label names one issue. Labels that begin otherwise say nothing here.
 */
import type { Place } from "./DependencyText.ts";
import * as IssueId from "./IssueId.ts";

/** A dependency as a label states it. */
export interface Statement {
  /** `owner/repo#123`, as written; a bare number is in the repository of the issue. */
  readonly on: string;
  /** The name of the label. */
  readonly label: string;
}

/** A label that begins as one of ours but names no issue. */
export interface Problem {
  readonly label: string;
  /** What is wrong and what to try, in one line. */
  readonly message: string;
}

/** What the labels of an issue say. */
export interface Reading {
  readonly statements: ReadonlyArray<Statement>;
  readonly problems: ReadonlyArray<Problem>;
}

/** GitHub's own limit is 50. */
const longest = 200;

const beginning = /^(?:depends(?:[-_ ](?:on|upon))?|blocked[-_ ]by)[ \t]*:/i;
const number = /^(?:(?:issue|pr|gh)-|#)?([0-9]{1,10})$/i;

/** The id that a label, a field or a front matter names: `#12`, `12`, `issue-12`, `acme/api#5`. */
export const reference = (text: string, { owner, repository }: Place): string | undefined => {
  const bare = number.exec(text);
  const parsed = IssueId.parseNumber(bare?.[1] ?? "");
  if (parsed !== undefined) return IssueId.of({ owner, repository, number: parsed });
  return IssueId.parse(text) === undefined ? undefined : text;
};

const problem = (label: string, start: string): Problem => ({
  label,
  message: `the label ${JSON.stringify(label)} names no issue; write ${start}#12, ${start}issue-12 or ${start}owner/repo#12, one label for each issue`,
});

/** The dependencies that labels state. */
export const read = (labels: ReadonlyArray<string>, place: Place): Reading => {
  const statements: Array<Statement> = [];
  const problems: Array<Problem> = [];
  for (const label of labels) {
    const start = beginning.exec(label.slice(0, longest).trimStart())?.[0];
    if (start === undefined) continue;
    const on = reference(label.trim().slice(start.length).trim(), place);
    if (on === undefined) problems.push(problem(label, start));
    else statements.push({ on, label });
  }
  return { statements, problems };
};
