/** Checks as GitHub gives them, made comparable. */
import type { Check, CheckState, MergeState } from "../../PullRequestView.ts";
import type { CheckRun, Rollup, StatusContext } from "../queries/checks.ts";

/** Whatever is not known to be good or bad has not ended. */
export const stateOf = (word: string | null | undefined): CheckState => {
  switch (word) {
    case "SUCCESS":
    case "NEUTRAL":
    case "SKIPPED":
      return "success";
    case "FAILURE":
    case "ERROR":
    case "CANCELLED":
    case "TIMED_OUT":
    case "STARTUP_FAILURE":
    case "STALE":
      return "failure";
    default:
      return "pending";
  }
};

/** Why checks are not known, as their name. */
export const hiddenName = "checks that the token may not read";

/**
 * The checks of a head. What of them may not be read counts as one check that is required: it is
 * as good as all of them together, or as GitHub's word on whether the pull request may be merged.
 */
export const checksOf = (
  rollup: Rollup | undefined,
  isHidden: boolean,
  mergeState: MergeState,
): ReadonlyArray<Check> => {
  if (isHidden) return [hidden(impliedBy(mergeState))];
  if (rollup === null || rollup === undefined) return [];
  const nodes = rollup.contexts?.nodes ?? [];
  const known = latest(nodes.filter((node) => node !== null)).map(toCheck);
  const isWhole = rollup.contexts?.pageInfo.hasNextPage === false && !nodes.includes(null);
  return isWhole ? known : [...known, hidden(stateOf(rollup.state))];
};

const impliedBy = (mergeState: MergeState): CheckState =>
  mergeState === "clean" || mergeState === "has-hooks" ? "success" : "pending";

const hidden = (state: CheckState): Check => ({
  id: undefined,
  name: hiddenName,
  state,
  isRequired: true,
  url: undefined,
  says: undefined,
  mark: "",
  rerun: undefined,
});

type Node = CheckRun | StatusContext;

/** Of a check that ran several times, only the last time counts. */
const latest = (nodes: ReadonlyArray<Node>): ReadonlyArray<Node> => {
  const found = new Map<string, Node>();
  for (const node of nodes) {
    const key = keyOf(node);
    const before = found.get(key);
    if (before === undefined || startOf(before) <= startOf(node)) found.set(key, node);
  }
  return [...found.values()];
};

/** A workflow runs the same job for each event apart. */
const keyOf = (node: Node): string =>
  node.__typename === "StatusContext"
    ? `status ${node.context}`
    : JSON.stringify([
        node.checkSuite?.app?.slug,
        node.checkSuite?.workflowRun?.workflow?.name,
        node.checkSuite?.workflowRun?.event,
        node.name,
      ]);

/** What has not begun is the newest. */
const startOf = (node: Node): number => {
  const text = node.__typename === "CheckRun" ? node.startedAt : node.createdAt;
  return text === null || text === undefined ? Infinity : Date.parse(text);
};

const toCheck = (node: Node): Check =>
  node.__typename === "CheckRun" ? ofRun(node) : ofStatus(node);

const ofRun = (run: CheckRun): Check => {
  const workflow = run.checkSuite?.workflowRun?.workflow?.name;
  return {
    id: run.id,
    name: workflow === undefined ? run.name : `${workflow} / ${run.name}`,
    state: run.status === "COMPLETED" ? stateOf(run.conclusion) : "pending",
    isRequired: run.isRequired,
    url: run.permalink ?? undefined,
    says: run.title ?? undefined,
    mark: `${run.id} ${run.startedAt ?? ""}`,
    rerun: rerunOf(run),
  };
};

const rerunOf = ({ checkSuite, databaseId }: CheckRun): Check["rerun"] => {
  if (databaseId === null || databaseId === undefined) return undefined;
  const isJob = checkSuite?.app?.slug === "github-actions";
  return { of: isJob ? "actions" : "app", number: databaseId };
};

const ofStatus = (status: StatusContext): Check => ({
  id: status.id,
  name: status.context,
  state: stateOf(status.state),
  isRequired: status.isRequired,
  url: status.targetUrl ?? undefined,
  says: status.description ?? undefined,
  mark: `${status.id} ${status.createdAt ?? ""}`,
  rerun: undefined,
});
