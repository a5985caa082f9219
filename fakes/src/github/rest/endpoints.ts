import type { Reply } from "../../shared/Service.ts";
import type { Standing } from "../Limits.ts";
import { notAccessible, refuse } from "../refusals.ts";
import { isAtLeast, type Need } from "../world/Access.ts";
import type { Issue, Milestone, Permission } from "../world/model.ts";
import { permissionOf } from "../world/World.ts";
import { labelAnswer, milestoneAnswer } from "./issueAnswer.ts";
import { issueEndpoints } from "./issueEndpoints.ts";
import { filterIssues } from "./issueFilter.ts";
import { pullAnswer, wholePullAnswer } from "./pullAnswer.ts";
import { repoAnswer } from "./repoAnswer.ts";
import { type Endpoint, listed, ok, type RepoRequest, type Request } from "./Request.ts";
import { userAnswer, viewerAnswer } from "./userAnswer.ts";

const meta = ({ version }: Request): Reply => {
  const own = version === null ? {} : { installed_version: version };
  return ok({ verifiable_password_authentication: false, ...own });
};

const rateLimit = ({ token, limiter }: Request): Reply => {
  const tell = ({ limit, used, remaining, reset }: Standing) => ({ limit, used, remaining, reset });
  const core = tell(limiter.standing(token, "core"));
  const graphql = tell(limiter.standing(token, "graphql"));
  const search = { ...core, limit: 30, used: 0, remaining: 30 };
  return ok({ resources: { core, search, graphql }, rate: core });
};

const user = ({ token, place }: Request): Reply => {
  if (token.user !== null) return ok(viewerAnswer(place, token.user));
  return token.kind === "anonymous"
    ? refuse(401, "Requires authentication")
    : refuse(403, notAccessible(token.kind));
};

const repository: Endpoint = ({ repo, token, place }) => {
  const more = { network_count: 0, subscribers_count: 0, temp_clone_token: null };
  const permissions = rightsOf(permissionOf(token.user, repo));
  return ok({ ...repoAnswer(place, repo), ...more, permissions });
};

/** Only who may push is told what others may. */
const permission: Endpoint = ({ repo, token, reading, place, access }) => {
  const isIntegration = token.kind === "actions" || token.kind === "installation";
  if (!isIntegration && !isAtLeast(permissionOf(token.user, repo), "write"))
    return refuse(403, "Must have push access to view collaborator permission.");
  const found = access.world.account(String(reading.values["username"]));
  if (found === null || found.kind === "Organization") return refuse(404);
  const role = permissionOf(found, repo);
  const shown = { ...userAnswer(place, found), permissions: rightsOf(role), role_name: role };
  return ok({ permission: coarse[role] ?? role, role_name: role, user: shown });
};

/** The older names, of which there are fewer. */
const coarse: Readonly<Partial<Record<Permission, Permission>>> = {
  maintain: "write",
  triage: "read",
};

const rightsOf = (level: Permission) => ({
  admin: isAtLeast(level, "admin"),
  maintain: isAtLeast(level, "maintain"),
  push: isAtLeast(level, "write"),
  triage: isAtLeast(level, "triage"),
  pull: isAtLeast(level, "read"),
});

const labels: Endpoint = (request) =>
  listed(request, "labels", request.repo.labels, (label) => labelAnswer(request.place, label));

const milestones: Endpoint = (request) => {
  const { state, sort, direction } = request.reading.values;
  const found = request.repo.milestones.filter(
    ({ isOpen }) => state === "all" || isOpen === (state !== "closed"),
  );
  const key = (milestone: Milestone) =>
    sort === "completeness"
      ? [...request.repo.issues.values()].filter((issue) => issue.milestone === milestone).length
      : (milestone.dueOn ?? Infinity);
  const sign = direction === "desc" ? -1 : 1;
  found.sort((a, b) => (key(a) === key(b) ? a.number - b.number : sign * (key(a) - key(b))));
  return listed(request, "milestones", found, (each) => milestoneAnswer(request.place, each));
};

/** A head without its owner is no filter at all. */
const pulls: Endpoint = (request) => {
  const { head, base, state, sort, direction } = request.reading.values;
  const { repo } = request;
  const isHead = (issue: Issue) =>
    typeof head !== "string" ||
    !head.includes(":") ||
    `${repo.owner.login}:${issue.pull?.head}` === head;
  const isBase = (issue: Issue) => typeof base !== "string" || issue.pull?.base === base;
  const found = filterIssues(repo, { state, sort, direction }).filter(
    (issue) => issue.pull !== null && isHead(issue) && isBase(issue),
  );
  return listed(request, "pulls", found, (issue) => pullAnswer(request.place, issue));
};

const pull: Endpoint = ({ repo, reading, place }) => {
  const issue = repo.issues.get(Number(reading.values["pull_number"]));
  return issue === undefined || issue.pull === null
    ? refuse(404)
    : ok(wholePullAnswer(place, issue));
};

const endpoints: Readonly<Record<string, Endpoint>> = {
  meta,
  rateLimit,
  user,
  repo: repository,
  "collaborators.permission": permission,
  "labels.list": labels,
  "milestones.list": milestones,
  "pulls.list": pulls,
  "pulls.get": pull,
  ...issueEndpoints,
};

/** Does what an endpoint does; `repo` is there whenever its path names one. */
export const act = (endpoint: string, request: Request | RepoRequest): Reply => {
  const found = endpoints[endpoint];
  if (found === undefined) throw new Error(`the fake does nothing for ${endpoint}`);
  return found(request as RepoRequest);
};

const areas: Readonly<Record<string, string>> = {
  issues: "issues",
  comments: "issues",
  labels: "issues",
  milestones: "issues",
  pulls: "pull_requests",
};

/** What a token needs for an endpoint in a repository. */
export const needOf = (endpoint: string): Need => ({
  area: areas[endpoint.split(".")[0] ?? ""] ?? "metadata",
  level: "read",
});
