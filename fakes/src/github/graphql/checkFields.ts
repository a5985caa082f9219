import { checkUrl } from "../rest/checkAnswer.ts";
import { toText, toTextOrNull } from "../rest/place.ts";
import { notAccessible } from "../refusals.ts";
import { appOf, latestChecks, nameOf, standingOf, stateOf } from "../world/checks.ts";
import type { Check, CheckRun, Repo, Status } from "../world/model.ts";
import { protectionOf } from "../world/requirements.ts";
import { fullName } from "../world/World.ts";
import { type Args, connect } from "./connection.ts";
import { failure } from "./errors.ts";
import type { Context, Fields } from "./fields.ts";

interface Rolled {
  readonly repo: Repo;
  readonly sha: string;
  readonly state: string;
}

const nowOf = ({ access }: Context): number => access.world.clock.now();

const areas = { CheckRun: "checks", StatusContext: "statuses" } as const;

const mayRead = ({ access, token }: Context, repo: Repo, area: string): boolean =>
  access.may(token, repo, { area, level: "read" });

/** All checks of a commit; a token that may read no kind of them gets none. */
export const rollup = (context: Context, { repo, sha, state }: Rolled) => {
  const { token } = context;
  if (!Object.values(areas).some((area) => mayRead(context, repo, area)))
    throw failure("FORBIDDEN", notAccessible(token.kind));
  return { kind: "Rollup", nodeId: `SCR_${sha}`, repo, sha, state };
};

type Rollup = ReturnType<typeof rollup>;

export const rollupFields: Fields<Rollup> = {
  id: ({ nodeId }) => nodeId,
  state: ({ state }) => state,
  contexts: ({ repo, sha }, args, context) => {
    const checks = latestChecks(repo, sha, nowOf(context));
    const page = connect(checks, args, "contexts");
    return {
      ...page,
      nodes: page.nodes.map((check) => readable(context, check as Check)),
      checkRunCount: checks.filter(({ kind }) => kind === "CheckRun").length,
      statusContextCount: checks.filter(({ kind }) => kind === "StatusContext").length,
    };
  },
};

/** The check, or in its place why the token may not read it. */
const readable = (context: Context, check: Check) => {
  const isHidden = check.script.hidden === true && context.token.kind === "fine-grained";
  return !isHidden && mayRead(context, check.repo, areas[check.kind])
    ? check
    : failure("FORBIDDEN", notAccessible(context.token.kind));
};

/** Whether a pull request, by number or node id, needs the check. */
const isRequired = (check: Check, args: Args, { access }: Context): boolean => {
  const { pullRequestNumber: number, pullRequestId: id } = args;
  const found =
    typeof number === "number"
      ? check.repo.issues.get(number)
      : access.world.node(String(id ?? ""));
  if (found?.kind !== "Issue" || found.pull === null)
    throw failure("NOT_FOUND", "Could not resolve to a PullRequest.");
  return protectionOf(found).checks.includes(nameOf(check));
};

export const checkFields: Fields<CheckRun> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ id }) => id,
  name: (check) => nameOf(check),
  status: (check, _args, context) => standingOf(check, nowOf(context)).status.toUpperCase(),
  conclusion: (check, _args, context) =>
    standingOf(check, nowOf(context)).conclusion?.toUpperCase() ?? null,
  startedAt: (check, _args, context) => toTextOrNull(standingOf(check, nowOf(context)).startedAt),
  completedAt: (check, _args, context) => toTextOrNull(standingOf(check, nowOf(context)).endedAt),
  title: (check, _args, context) => told(check, context, "title"),
  summary: (check, _args, context) => told(check, context, "summary"),
  text: (check, _args, context) => told(check, context, "text"),
  permalink: (check, _args, { place }) => checkUrl(place, check),
  detailsUrl: (check, _args, { place }) => checkUrl(place, check),
  url: (check, _args, { place }) => checkUrl(place, check),
  externalId: () => null,
  repository: ({ repo }) => repo,
  isRequired,
  checkSuite: (check, _args, { place }) => suiteOf(check, place.web),
};

/** The output is there when the check is over. */
const told = (check: CheckRun, context: Context, name: "title" | "summary" | "text") =>
  standingOf(check, nowOf(context)).status === "completed" ? (check.script[name] ?? null) : null;

const suiteOf = (check: CheckRun, web: string) => {
  const slug = appOf(check);
  const databaseId = check.id + 1;
  const workflow = { name: check.script.workflow ?? "CI", databaseId: 1 };
  const url = `${web}/${fullName(check.repo)}/actions/runs/${databaseId}`;
  const workflowRun = { databaseId, event: "pull_request", runNumber: 1, url, workflow };
  return {
    id: `CS_${databaseId}`,
    databaseId,
    app: { id: `A_${slug}`, slug, name: slug, databaseId: 1 },
    workflowRun: slug === "github-actions" ? workflowRun : null,
  };
};

export const statusFields: Fields<Status> = {
  id: ({ nodeId }) => nodeId,
  context: (status) => nameOf(status),
  state: (status, _args, context) => stateOf(status, nowOf(context)).toUpperCase(),
  description: ({ script }) => script.title ?? null,
  targetUrl: ({ script }) => script.summary ?? null,
  createdAt: ({ createdAt }) => toText(createdAt),
  creator: ({ creator }) => creator,
  isRequired,
};
