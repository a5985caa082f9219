/**
 * From what is known of issues to a plan: what can run, what waits for what, and what is wrong.
 *
 * Pure, and linear in issues and edges, without recursion. An issue that cannot run by itself is
 * left out with everything behind it, each with its reason; nothing else is held up by it.
 */
import * as Edges from "./Edges.ts";
import type { BacklogProblem, GitHubPlan, PlannedDependency, PlannedIssue } from "./GitHubPlan.ts";
import { assess as assessOne, type Assessed, type Rules } from "./internal/Assessed.ts";
import { blockedClause, joined } from "./internal/blockedClause.ts";
import { itemProblems } from "./internal/itemProblems.ts";
import type { Standstill } from "./internal/Standstill.ts";
import { Targets } from "./internal/Targets.ts";
import { toTask } from "./internal/toTask.ts";
import { type Web, weave, type WovenDependency } from "./internal/Web.ts";
import { webProblems } from "./internal/webProblems.ts";
import type { Comment, IssueFacts, LinkedIssue, Lookup, Unusable } from "./IssueFacts.ts";
import * as IssueId from "./IssueId.ts";
import type * as TaskFields from "./TaskFields.ts";
import * as Trust from "./Trust.ts";

export type { Assessed } from "./internal/Assessed.ts";

/** How issues become tasks. What is left out is as usual. */
export interface Options {
  readonly trust?: Partial<Trust.Options> | undefined;
  readonly dependencies?: Edges.Options | undefined;
  readonly values?: TaskFields.Mapping | undefined;
  /** The longest body that an agent is given, in characters (default 100,000). Nothing is ever cut. */
  readonly longestBody?: number | undefined;
}

/** Everything that a plan is made of. */
export interface Material {
  /** What people call the plan. */
  readonly name: string;
  readonly issues: ReadonlyArray<Assessed>;
  /** What became of the references, by the key of the id; one that is not here counts as missing. */
  readonly lookups: ReadonlyMap<string, Lookup>;
  readonly unusable: ReadonlyArray<Unusable>;
  /** Sentences on what could not be read. */
  readonly unsupported: ReadonlyArray<string>;
}

const usualLength = 100_000;

const rulesOf = (options: Options): Rules => ({
  trust: Trust.complete(options.trust),
  dependencies: { ...Edges.usual, ...options.dependencies },
  values: options.values ?? {},
  longestBody: options.longestBody ?? usualLength,
});

/**
 * Reads every issue by itself. An issue that several sources give is one: in the place where it
 * came first, as it was updated last, with the fields of all boards and the relations of all readings.
 */
export const assess = (
  facts: ReadonlyArray<IssueFacts>,
  options: Options = {},
): ReadonlyArray<Assessed> => {
  const rules = rulesOf(options);
  const known = new Map<string, IssueFacts>();
  for (const issue of facts) {
    const key = IssueId.key(issue.id);
    const before = known.get(key);
    known.set(key, before === undefined ? issue : join(before, issue));
  }
  return Array.from(known.values(), (issue) => assessOne(issue, rules));
};

/** A new blocker is no update for GitHub: what either reading tells of relations counts. */
const join = (first: IssueFacts, second: IssueFacts): IssueFacts => {
  const [last, before] = second.updatedAt > first.updatedAt ? [second, first] : [first, second];
  return {
    ...last,
    id: first.id,
    source: first.source,
    fields: { ...second.fields, ...first.fields },
    blockedBy: united(last.blockedBy, before.blockedBy, linkKey),
    subIssues: united(last.subIssues, before.subIssues, linkKey),
    comments: united(last.comments, before.comments, commentKey),
    hidden: {
      blockers: Math.max(last.hidden.blockers, before.hidden.blockers),
      subIssues: Math.max(last.hidden.subIssues, before.hidden.subIssues),
    },
  };
};

const linkKey = ({ id, state }: LinkedIssue): string => `${state} ${IssueId.key(id)}`;

const commentKey = ({ body, url }: Comment): string => `${url} ${body}`;

const united = <A>(
  all: ReadonlyArray<A>,
  more: ReadonlyArray<A>,
  keyOf: (one: A) => string,
): ReadonlyArray<A> => {
  const known = new Set(all.map(keyOf));
  return [...all, ...more.filter((one) => !known.has(keyOf(one)))];
};

const targetsOf = (issues: Material["issues"], lookups: Material["lookups"]): Targets => {
  const facts = issues.map((issue) => issue.facts);
  return new Targets(facts, lookups);
};

/** The ids that the issues name and that nothing known so far explains, each once. */
export const references = ({
  issues,
  lookups,
}: Pick<Material, "issues" | "lookups">): ReadonlyArray<string> => {
  const targets = targetsOf(issues, lookups);
  const unknown = new Map<string, string>();
  for (const { statements } of issues) {
    for (const { isNegated, on } of statements) {
      const key = IssueId.key(on);
      if (isNegated || lookups.has(key) || unknown.has(key)) continue;
      if (targets.isUnknown(on)) unknown.set(key, on);
    }
  }
  return [...unknown.values()];
};

/** The open issues outside of the plan that a trusted issue waits for, each once. */
export const outside = ({
  issues,
  lookups,
}: Pick<Material, "issues" | "lookups">): ReadonlyArray<string> => {
  const targets = targetsOf(issues, lookups);
  const ids = new Set<string>();
  for (const { statements, verdict } of issues) {
    if (!verdict.isTrusted) continue;
    for (const { isNegated, on } of statements) {
      const { id, linked } = targets.of(on);
      if (!isNegated && linked?.kind === "issue" && linked.state === "open") ids.add(id);
    }
  }
  return [...ids];
};

/** Makes a plan of what issues and sources tell. */
export const complete = (material: Material, options: Options = {}): GitHubPlan => {
  const web = weave(material.issues, material.lookups, rulesOf(options));
  const issues = material.issues.map((issue, place) => plannedIssue(issue, place, web));
  return {
    name: material.name,
    issues,
    tasks: issues.flatMap(({ blocked, task }) => (blocked === undefined ? [task] : [])),
    problems: [
      ...webProblems(web),
      ...itemProblems(material.unusable),
      ...Array.from(new Set(material.unsupported), unsupported),
    ],
  };
};

/** Makes a plan in one step, where everything is known from the start. */
export const assemble = (
  facts: ReadonlyArray<IssueFacts>,
  lookups: ReadonlyMap<string, Lookup>,
  unusable: ReadonlyArray<Unusable> = [],
  options: Options & { readonly name?: string } = {},
): GitHubPlan => {
  const issues = assess(facts, options);
  const name = options.name ?? "plan";
  return complete({ name, issues, lookups, unusable, unsupported: [] }, options);
};

const unsupported = (message: string): BacklogProblem => ({
  kind: "Unsupported",
  tasks: [],
  message,
});

const plannedIssue = (issue: Assessed, place: number, web: Web): PlannedIssue => {
  const { id, number, repository, state, title, url } = issue.facts;
  const { isTrusted, because: trust } = issue.verdict;
  const dependencies = web.dependencies[place]!;
  const via = web.standstill.via(place);
  return {
    id,
    repository,
    number,
    title,
    url,
    state,
    isTrusted,
    trust,
    dependencies: dependencies.map(({ dependency }) => dependency),
    blocked: blockedClause(place, web),
    ownReason: joined(web.reasons[place]!.own),
    because: via === undefined ? undefined : web.issues[via]!.facts.id,
    task: toTask(issue, runnable(dependencies, web.standstill)),
  };
};

/** The dependencies that are tasks to run themselves. */
const runnable = (
  dependencies: ReadonlyArray<WovenDependency>,
  { isBlocked }: Standstill,
): ReadonlyArray<PlannedDependency> =>
  dependencies.flatMap(({ dependency, holder }) =>
    holder === undefined || isBlocked(holder) ? [] : [dependency],
  );
