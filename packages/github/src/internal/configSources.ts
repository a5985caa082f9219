/** Where tasks come from, as the section `github` says it. */
import * as Result from "effect/Result";
import { at, type Problem } from "./configProblem.ts";
import type { Section } from "./configSection.ts";
import type { Source } from "../GitHubSource.ts";
import type { Filter } from "../IssueSource.ts";
import { isSet } from "./isSet.ts";

interface Sources {
  readonly repository: string | undefined;
  readonly filter: Filter;
  readonly sources: ReadonlyArray<Source>;
}

/**
 * The sources of a section: those of its list; else its board; else the issues of its repository.
 *
 * Beside a board the issues of the repository count only if `issues` is stated:
 * nobody is to be surprised by a whole backlog.
 */
export const sourcesOf = (section: Section): Result.Result<Sources, ReadonlyArray<Problem>> => {
  const repository = whole(section.repository, section.organization);
  const { found, problems } = isSet(section.sources)
    ? listed(section, section.sources, repository)
    : usual(section, repository);
  const all = [...aloneProblems(section, repository), ...problems];
  const filter = isSet(section.issues) ? filterOf(section.issues) : {};
  return all.length > 0 ? Result.fail(all) : Result.succeed({ repository, filter, sources: found });
};

interface Found {
  readonly found: ReadonlyArray<Source>;
  readonly problems: ReadonlyArray<Problem>;
}

/** `owner/name`, if both are known. */
const whole = (
  repository: string | null | undefined,
  organization: string | null | undefined,
): string | undefined => {
  if (!isSet(repository) || repository.includes("/")) return repository ?? undefined;
  return isSet(organization) ? `${organization}/${repository}` : undefined;
};

const withoutOwner = (path: ReadonlyArray<string | number>): Problem =>
  at(path, "has no owner; write owner/name, or add organization");

const withoutRepository = (path: ReadonlyArray<string | number>): Problem =>
  at(path, "needs to know of which repository; add repository: owner/name");

/** Keys that do not go together, and those that miss others. */
const aloneProblems = (
  section: Section,
  repository: string | undefined,
): ReadonlyArray<Problem> => {
  const beside = (["issues", "project", "project_number"] as const).filter(
    (key) => isSet(section.sources) && isSet(section[key]),
  );
  const isTwice = isSet(section.project) && isSet(section.project_number);
  const isNameless = isSet(section.repository) && repository === undefined;
  const isLost = isSet(section.issues) && !isSet(section.repository) && !isSet(section.sources);
  return [
    ...beside.map((key) => at([key], "does not go with sources; make it one of them")),
    ...(isTwice
      ? [at(["project_number"], "does not go with project; write its number there")]
      : []),
    ...(isNameless ? [withoutOwner(["repository"])] : []),
    ...(isLost ? [withoutRepository(["issues"])] : []),
  ];
};

const usual = (section: Section, repository: string | undefined): Found => {
  const { issues, project, project_number: number } = section;
  const owner = section.organization ?? repository?.split("/")[0];
  const board = isSet(project) ? project : isSet(number) ? { number } : undefined;
  const problems: Array<Problem> = [];
  const found: Array<Source> = [];
  if (board !== undefined) {
    const made = boardOf(board, owner);
    if (made === undefined)
      problems.push(lacksOwner(isSet(project) ? ["project"] : ["project_number"]));
    else found.push(made);
  }
  const isWanted = board === undefined || isSet(issues);
  if (isWanted && repository !== undefined) {
    found.push(issuesOf(repository, isSet(issues) ? filterOf(issues) : {}));
  }
  return { found, problems };
};

const lacksOwner = (path: ReadonlyArray<string | number>): Problem =>
  at(path, "needs to know whose board it is; add organization, or an owner to project");

const listed = (
  section: Section,
  sources: NonNullable<Section["sources"]>,
  repository: string | undefined,
): Found => {
  const owner = section.organization ?? repository?.split("/")[0];
  const problems: Array<Problem> = [];
  const found: Array<Source> = [];
  sources.forEach(({ issues, project }, index) => {
    if (isSet(project)) {
      const board = boardOf(project, owner);
      if (board === undefined) problems.push(lacksOwner(["sources", index, "project"]));
      else found.push(board);
    }
    if (!isSet(issues)) return;
    const own = isSet(issues.repository)
      ? whole(issues.repository, section.organization)
      : repository;
    if (own !== undefined) {
      found.push(issuesOf(own, filterOf(issues)));
    } else if (isSet(issues.repository)) {
      problems.push(withoutOwner(["sources", index, "issues", "repository"]));
    } else {
      problems.push(withoutRepository(["sources", index, "issues"]));
    }
  });
  return { found, problems };
};

const boardOf = (
  board: Pick<NonNullable<Section["project"]>, "number"> & Partial<NonNullable<Section["project"]>>,
  otherwise: string | undefined,
): Source | undefined => {
  const owner = board.owner ?? otherwise;
  if (owner === undefined) return undefined;
  const { fields, number, status, status_field: statusField } = board;
  const filter = {
    ...(isSet(status) ? { status } : {}),
    ...(isSet(fields) ? { fields: textsOf(fields) } : {}),
  };
  return { project: { owner, number, filter, ...(isSet(statusField) ? { statusField } : {}) } };
};

/** The issues of a repository, `owner/name`, as a source. */
export const issuesOf = (name: string, filter: Filter): Source => {
  const [owner = "", repository = ""] = name.split("/");
  return { issues: { owner, repository, filter } };
};

const textsOf = (
  fields: Readonly<Record<string, ReadonlyArray<string | number>>>,
): Readonly<Record<string, ReadonlyArray<string>>> =>
  Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, values.map(String)]));

const filterOf = (issues: NonNullable<Section["issues"]>): Filter => {
  const { assignee, author, labels, milestone, since, state, type } = issues;
  const withoutLabels = issues.without_labels;
  const all = { assignee, author, labels, milestone, since, state, type, withoutLabels };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => isSet(value)));
};
