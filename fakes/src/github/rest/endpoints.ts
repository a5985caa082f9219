import type { Reply } from "../../shared/Service.ts";
import type { Standing } from "../Limits.ts";
import { notAccessible, refuse } from "../refusals.ts";
import { isAtLeast } from "../world/Access.ts";
import type { Milestone, Permission, Repo } from "../world/model.ts";
import { permissionOf } from "../world/World.ts";
import { branchEndpoints } from "./branchEndpoints.ts";
import { checkEndpoints } from "./checkEndpoints.ts";
import { gitEndpoints } from "./gitEndpoints.ts";
import { milestoneAnswer } from "./issueAnswer.ts";
import { issueEndpoints } from "./issueEndpoints.ts";
import { labelEndpoints } from "./labelEndpoints.ts";
import { pullEndpoints } from "./pullEndpoints.ts";
import { repoAnswer } from "./repoAnswer.ts";
import { type Endpoint, listed, ok, type RepoRequest, type Request } from "./Request.ts";
import { threadEndpoints } from "./threadEndpoints.ts";
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
  const role = permissionOf(token.user, repo);
  // Only who may push is told how it may be merged.
  const merging = isAtLeast(role, "write") ? mergingOf(repo) : {};
  const permissions = rightsOf(role);
  return ok({ ...repoAnswer(place, repo), ...more, ...merging, permissions });
};

const mergingOf = ({ merging }: Repo) => ({
  allow_merge_commit: merging.merge,
  allow_squash_merge: merging.squash,
  allow_rebase_merge: merging.rebase,
  allow_auto_merge: merging.auto,
  delete_branch_on_merge: merging.deleteBranch,
});

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

const endpoints: Readonly<Record<string, Endpoint>> = {
  meta,
  rateLimit,
  user,
  repo: repository,
  "collaborators.permission": permission,
  "milestones.list": milestones,
  ...issueEndpoints,
  ...threadEndpoints,
  ...labelEndpoints,
  ...gitEndpoints,
  ...branchEndpoints,
  ...pullEndpoints,
  ...checkEndpoints,
};

/** Does what an endpoint does; `repo` is there whenever its path names one. */
export const act = (endpoint: string, request: Request | RepoRequest): Reply => {
  const found = endpoints[endpoint];
  if (found === undefined) throw new Error(`the fake does nothing for ${endpoint}`);
  return found(request as RepoRequest);
};
