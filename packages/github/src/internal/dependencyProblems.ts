import * as Edges from "../Edges.ts";
import type { BacklogProblem, PlannedDependency } from "../GitHubPlan.ts";
import type { LinkedIssue } from "../IssueFacts.ts";

/** Why a dependency keeps an issue from running, as a clause behind the issue's id; undefined if it does not. */
export const reason = (
  id: string,
  { issue, on, satisfied, status }: PlannedDependency,
): string | undefined => {
  if (satisfied) return undefined;
  if (on === id) return "waits for itself";
  switch (status) {
    case "missing":
      return `waits for ${on}, which was not found`;
    case "outside":
      return `waits for ${on}, which is ${open(issue)} and not part of the plan`;
    case "not-planned":
      return `waits for ${on}, which ${closed(issue)}`;
    default:
      return undefined;
  }
};

/** What people should know of a dependency that keeps an issue from running. */
export const problem = (id: string, dependency: PlannedDependency): BacklogProblem | undefined => {
  const { issue, on, satisfied, source, status } = dependency;
  if (satisfied) return undefined;
  if (on === id) return selfDependency(id, source);
  const wait = `${id} waits for ${on} (${source}), which`;
  switch (status) {
    case "missing":
      return {
        kind: "MissingDependency",
        tasks: [id],
        message: `${wait} does not exist or may not be seen with this token. Correct the number, remove the statement, or let the token read ${repositoryOf(on)}.`,
      };
    case "outside":
      return {
        kind: "OutsideDependency",
        tasks: [id],
        message: `${wait} is ${open(issue)} and not part of the plan. ${outsideHint(issue)}`,
      };
    case "not-planned":
      return {
        kind: "NotPlannedDependency",
        tasks: [id],
        message: `${wait} ${closed(issue)}. Remove the dependency if it is no longer needed, or reopen ${on}.`,
      };
    case "untrusted":
      return {
        kind: "UntrustedDependency",
        tasks: [id, on],
        message: `${wait} is not trusted and so is not run. Approve ${on}, or remove the dependency.`,
      };
    default:
      return undefined;
  }
};

const outsideHint = (issue: LinkedIssue | undefined): string =>
  issue?.kind === "pull-request"
    ? "The task can start once it is merged."
    : "Add it to the sources, pull it in with --with-dependencies, or close it when it is done.";

const open = (issue: LinkedIssue | undefined): string =>
  issue?.kind === "pull-request" ? "an open pull request" : "open";

const closed = (issue: LinkedIssue | undefined): string => {
  if (issue?.kind === "pull-request")
    return "is a pull request that was closed without being merged";
  return issue?.state === "duplicate" ? "was closed as a duplicate" : "was closed as not planned";
};

const repositoryOf = (id: string): string => id.slice(0, Math.max(0, id.lastIndexOf("#")));

const selfDependency = (id: string, source: string): BacklogProblem => ({
  kind: "SelfDependency",
  tasks: [id],
  message: `${id} waits for itself (${source}). Remove that statement.`,
});

/** Statements that cannot all be meant. */
export const conflict = (id: string, { against, edge, kind }: Edges.Conflict): BacklogProblem => {
  const { on, sources, until } = edge;
  const stated = Edges.provenance(sources);
  const message =
    kind === "denied"
      ? `${id} waits for ${on} (${stated}), and it is also said that it does not (${Edges.provenance(against)}). The dependency holds; remove one of the two statements.`
      : `${id} waits for ${on} until ${against.join(" and until ")} (${stated}). The strongest counts, ${until}; keep one of them.`;
  return { kind: "ConflictingStatements", tasks: [id], message };
};

const shownSteps = 10;

/** Issues that wait for each other in a circle; each step is the dependency on the next issue. */
export const cycle = (
  ids: ReadonlyArray<string>,
  steps: ReadonlyArray<PlannedDependency>,
): BacklogProblem => {
  const rest = steps.length - shownSteps;
  const shown = steps.slice(0, shownSteps).map(({ on, source }) => `waits for ${on} (${source})`);
  const way = rest > 0 ? [...shown, `waits, by way of ${rest} more, for ${ids[0]}`] : shown;
  return {
    kind: "Cycle",
    tasks: ids,
    message: `${ids[0]} ${way.join(", which ")}. None of them can start; remove one of these dependencies.`,
  };
};
