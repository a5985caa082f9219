import * as DependencyLabels from "../DependencyLabels.ts";
import * as DependencyText from "../DependencyText.ts";
import * as Edges from "../Edges.ts";
import type { IssueFacts } from "../IssueFacts.ts";
import * as TaskFields from "../TaskFields.ts";
import * as Trust from "../Trust.ts";
import { placeOf } from "./placeOf.ts";
import { seenText } from "./seenText.ts";

/** What is needed to make sense of an issue by itself. */
export interface Rules {
  readonly trust: Trust.Options;
  readonly dependencies: Edges.Chosen;
  readonly values: TaskFields.Mapping;
  /** The longest body that an agent is given, in characters. */
  readonly longestBody: number;
}

/** An issue with everything that can be said of it without looking at others. */
export interface Assessed {
  readonly facts: IssueFacts;
  readonly verdict: Trust.Verdict;
  readonly isTooLong: boolean;
  /** For agents; of an issue that had to be approved, only what people see of it. */
  readonly title: string;
  readonly fields: TaskFields.TaskFields;
  /** Values that are not allowed and so do not count, in sentences. */
  readonly mistakes: ReadonlyArray<string>;
  /** What cannot be read where the issue says what it waits for, in sentences. */
  readonly unclear: ReadonlyArray<string>;
  readonly statements: ReadonlyArray<Edges.Statement>;
}

/** Reads what an issue says. */
export const assess = (facts: IssueFacts, rules: Rules): Assessed => {
  const verdict = Trust.judge(facts, rules.trust);
  const isTooLong = facts.body.length > rules.longestBody;
  const isByTrusted = Trust.includes(rules.trust, facts.association);
  const shown = isByTrusted ? (text: string) => text : seenText;
  // What nobody approved and what is too long is not read: its references would all be looked up.
  const body = verdict.isTrusted && !isTooLong ? shown(facts.body) : "";
  const fields = TaskFields.read({ ...facts, body }, rules.values);
  const place = placeOf(facts);
  const labels = rules.dependencies.labels ? DependencyLabels.read(facts.labels, place) : noLabels;
  return {
    facts,
    verdict,
    isTooLong,
    title: shown(facts.title),
    fields,
    mistakes: fields.problems
      .filter((problem) => !fields.lost.includes(problem))
      .map(({ message }) => message),
    unclear: [...labels.problems, ...fields.lost].map(({ message }) => message),
    statements:
      facts.state === "open"
        ? [
            ...ofText(fields, place, rules.dependencies),
            ...ofComments(facts, place, rules),
            ...labels.statements.map(({ label, on }) => stated(on, `label ${label}`)),
            ...ofRelations(facts, rules.dependencies),
          ]
        : [],
  };
};

const noLabels: DependencyLabels.Reading = { statements: [], problems: [] };

const stated = (on: string, source: string): Edges.Statement => ({
  on,
  until: undefined,
  source,
  isNegated: false,
});

const ofText = (
  { body, dependsOn, line }: TaskFields.TaskFields,
  place: DependencyText.Place,
  { text }: Edges.Chosen,
): ReadonlyArray<Edges.Statement> => {
  if (!text) return [];
  const front = dependsOn.map(({ line: at, on, stack, until }) => ({
    on,
    until,
    ...(stack === true ? { stack } : {}),
    source: `front matter line ${at}`,
    isNegated: false,
  }));
  return [...front, ...scanned(body, { ...place, line }, "body")];
};

const ofComments = (
  { comments }: IssueFacts,
  place: DependencyText.Place,
  { dependencies, trust }: Rules,
): ReadonlyArray<Edges.Statement> =>
  dependencies.comments
    ? comments
        .filter(({ association }) => Trust.includes(trust, association))
        .flatMap(({ author = "ghost", body }) => scanned(body, place, `comment by ${author}`))
    : [];

const scanned = (
  text: string,
  place: DependencyText.Place,
  where: string,
): ReadonlyArray<Edges.Statement> =>
  DependencyText.scan(text, place).map(({ isNegated, line, on, until }) => ({
    on,
    until,
    source: `${where} line ${line}`,
    isNegated,
  }));

const ofRelations = (
  { blockedBy, subIssues }: IssueFacts,
  { native, subIssues: children }: Edges.Chosen,
): ReadonlyArray<Edges.Statement> => [
  ...(native ? blockedBy.map(({ id }) => stated(id, "blocked by")) : []),
  ...(children ? subIssues.map(({ id }) => stated(id, Edges.subIssueSource)) : []),
];
