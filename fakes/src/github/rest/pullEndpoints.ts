import { invalid, notAccessible, refuse } from "../refusals.ts";
import { isAtLeast } from "../world/Access.ts";
import { moveRef, pullsFrom } from "../world/branches.ts";
import { closeIssue, reopenIssue } from "../world/closing.ts";
import { entriesOf, mergePull, tieClosed } from "../world/merge.ts";
import type { IssueInput } from "../world/input.ts";
import type { Issue, MergeMethod } from "../world/model.ts";
import { openIssue, relate } from "../world/openIssue.ts";
import { tipOf } from "../world/pushes.ts";
import {
  changesOf,
  conflictsOf,
  filesOf,
  obstaclesOf,
  partingOf,
  protectionOf,
  refusedMethod,
} from "../world/requirements.ts";
import { touch } from "../world/threads.ts";
import { permissionOf, referenceOf } from "../world/World.ts";
import { commitAnswer, fileAnswer } from "./commitAnswer.ts";
import { filterIssues } from "./issueFilter.ts";
import { webUrlOf } from "./place.ts";
import { pullAnswer, wholePullAnswer } from "./pullAnswer.ts";
import { done, doingOf, type Endpoint, given, listed, ok, type RepoRequest } from "./Request.ts";
import { reviewAnswer, reviewCommentAnswer } from "./reviewAnswer.ts";

/** A head without its owner is no filter at all. */
const list: Endpoint = (request) => {
  const { head, base, state, sort, direction } = request.reading.values;
  const { repo } = request;
  const isHead = ({ pull }: Issue) =>
    typeof head !== "string" ||
    !head.includes(":") ||
    `${pull?.headOwner.login}:${pull?.head}` === head;
  const isBase = ({ pull }: Issue) => typeof base !== "string" || pull?.base === base;
  const found = filterIssues(repo, { state, sort, direction }).filter(
    (issue) => issue.pull !== null && isHead(issue) && isBase(issue),
  );
  return listed(request, "pulls", found, (issue) => pullAnswer(request.place, issue));
};

const refusedHead = (message: string) =>
  invalid([{ resource: "PullRequest", code: "custom", message }]);

/** There is one open pull request of a branch into a base at most. */
const create: Endpoint = (request) => {
  const { maker, place, repo } = request;
  const [title, head, base, body] = ["title", "head", "base", "body"].map((name) =>
    given<string>(request, name),
  );
  const tip = repo.git.tip(head ?? "");
  if (tip === null) return invalid([{ resource: "PullRequest", field: "head", code: "invalid" }]);
  if (repo.git.tip(base ?? "") === null)
    return invalid([{ resource: "PullRequest", field: "base", code: "invalid" }]);
  const isThere = pullsFrom(repo, head!).some(({ pull }) => pull!.base === base);
  if (isThere) return refusedHead(`A pull request already exists for ${repo.owner.login}:${head}.`);
  if (repo.git.isAncestor(tip.sha, tipOf(repo, base!)))
    return refusedHead(`No commits between ${base} and ${head}`);
  const doing = doingOf(request);
  const draft = given<boolean>(request, "draft") ?? false;
  const input = { title, body, author: doing.by, pull: { head, base, draft } };
  const issue = openIssue(maker, repo, input as IssueInput);
  relate(maker, issue, input as IssueInput);
  maker.did("pull.opened", doing, referenceOf(issue), { head, base });
  const answer = wholePullAnswer(place, issue, maker.world.clock.now());
  return done(201, answer, "pull", issue.id, referenceOf(issue));
};

/** An endpoint of one pull request, which is refused where there is none. */
const onPull =
  (act: (request: RepoRequest, issue: Issue) => ReturnType<Endpoint>): Endpoint =>
  (request) => {
    const issue = request.repo.issues.get(Number(request.reading.values["pull_number"]));
    return issue === undefined || issue.pull === null ? refuse(404) : act(request, issue);
  };

const update = onPull((request, issue) => {
  const { maker, place, repo, token } = request;
  const doing = doingOf(request);
  const isAuthor = issue.author !== null && issue.author.login === doing.by;
  const isWriter = token.user === null || isAtLeast(permissionOf(token.user, repo), "write");
  if (!isAuthor && !isWriter) return refuse(403, notAccessible(token.kind));
  const { title = issue.title, body = issue.body } = request.reading.body as Text;
  const base = given<string>(request, "base");
  if (base !== undefined && repo.git.tip(base) === null)
    return invalid([{ resource: "PullRequest", field: "base", code: "invalid" }]);
  Object.assign(issue, { title, body });
  if (base !== undefined) issue.pull!.base = base;
  tieClosed(maker, issue);
  touch(issue, maker.doing(doing).at);
  maker.did("pull.updated", doing, referenceOf(issue));
  const state = given<"open" | "closed">(request, "state");
  if (state === "closed" && issue.isOpen) closeIssue(maker, issue, doing);
  const isReopened = state === "open" && !issue.isOpen && issue.pull!.mergedAt === null;
  if (isReopened) reopenIssue(maker, issue, doing);
  return done(
    200,
    wholePullAnswer(place, issue, maker.world.clock.now()),
    "pull",
    issue.id,
    referenceOf(issue),
  );
});

interface Text {
  readonly title?: string;
  readonly body?: string;
}

const notMergeable = "Pull Request is not mergeable";

/** Why a merge is refused, by status and words; in the order in which the service finds out. */
const refuseMerge = (request: RepoRequest, issue: Issue) => {
  const { repo, maker } = request;
  const now = maker.world.clock.now();
  const pull = issue.pull!;
  if (!issue.isOpen) return refuse(405, notMergeable);
  const sha = given<string>(request, "sha");
  if (sha !== undefined && sha !== pull.sha)
    return refuse(409, "Head branch was modified. Review and try the merge again.");
  if (pull.isDraft) return refuse(405, "Pull Request is still a draft");
  const method = refusedMethod(issue, given<MergeMethod>(request, "merge_method") ?? "merge");
  if (method !== null) return refuse(405, method);
  const isRacing =
    now < (repo.movedAt.get(pull.base) ?? -Infinity) + repo.merging.raceSeconds * 1000;
  if (isRacing) return refuse(405, "Base branch was modified. Review and try the merge again.");
  if (conflictsOf(issue).length > 0) return refuse(405, notMergeable);
  const { queueSeconds, upToDate } = protectionOf(issue);
  if (queueSeconds !== null) return refuse(405, "Changes must be made through the merge queue");
  if (upToDate && partingOf(issue).behind.length > 0)
    return refuse(405, "Head branch is out of date with the base branch.");
  const [obstacle] = obstaclesOf(issue, now);
  return obstacle === undefined ? null : refuse(405, obstacle);
};

const merge = onPull((request, issue) => {
  const refusal = refuseMerge(request, issue);
  if (refusal !== null) return refusal;
  const sha = mergePull(request.maker, issue, {
    ...doingOf(request),
    method: given<MergeMethod>(request, "merge_method") ?? "merge",
    way: "api",
    expected: given<string>(request, "sha") ?? null,
  });
  const body = { sha, merged: true, message: "Pull Request successfully merged" };
  return done(200, body, "merge", issue.id, referenceOf(issue));
});

const isMerged = onPull((_request, { pull }) =>
  pull!.mergedAt === null ? refuse(404) : { status: 204, body: undefined },
);

const files = onPull((request, issue) => {
  const { place, repo } = request;
  const found = [...changesOf(issue).values()];
  return listed(request, `pulls/${issue.number}/files`, found, (change) =>
    fileAnswer(place, repo, issue.pull!.sha, change),
  );
});

const commits = onPull((request, issue) => {
  const { place, repo } = request;
  const { mergedAt, baseSha, base, sha } = issue.pull!;
  const { ahead } = repo.git.compare(mergedAt === null ? tipOf(repo, base) : baseSha, sha);
  return listed(request, `pulls/${issue.number}/commits`, [...ahead].reverse(), (commit) =>
    commitAnswer(place, repo, commit),
  );
});

const reviews = onPull((request, issue) =>
  listed(request, `pulls/${issue.number}/reviews`, issue.pull!.reviews, (review) =>
    reviewAnswer(request.place, review),
  ),
);

const reviewComments = onPull((request, issue) =>
  listed(request, `pulls/${issue.number}/comments`, issue.pull!.comments, (comment) =>
    reviewCommentAnswer(request.place, comment),
  ),
);

/** Merges the base into the head. */
const updateBranch = onPull((request, issue) => {
  const { repo, maker, place } = request;
  const pull = issue.pull!;
  const expected = given<string>(request, "expected_head_sha");
  if (expected !== undefined && expected !== pull.sha)
    return refuse(422, "expected head sha didn’t match current head ref.");
  if (!issue.isOpen) return refuse(422, "Pull request is closed.");
  if (conflictsOf(issue).length > 0) return refuse(422, "merge conflict between base and head");
  const { behind } = partingOf(issue);
  if (behind.length === 0) return refuse(422, "There are no new commits on the base branch.");
  const doing = doingOf(request);
  const { actor: author, at } = maker.doing(doing);
  const head = repo.git.commits.get(pull.sha)!;
  const entries = [...filesOf(behind).values()].flatMap(entriesOf);
  const tree = repo.git.tree(head.tree, entries);
  const message = `Merge branch '${pull.base}' into ${pull.head}`;
  const parents = [pull.sha, tipOf(repo, pull.base)];
  const { sha } = repo.git.commit({ tree, parents, message, author, at });
  moveRef(maker, repo, `refs/heads/${pull.head}`, sha, doing);
  const body = { message: "Updating pull request branch.", url: webUrlOf(place, issue) };
  return done(202, body, "pull.push", issue.id, referenceOf(issue));
});

/** The endpoints of pull requests. */
export const pullEndpoints: Readonly<Record<string, Endpoint>> = {
  "pulls.list": list,
  "pulls.create": create,
  "pulls.get": onPull(({ place, maker }, issue) =>
    ok(wholePullAnswer(place, issue, maker.world.clock.now())),
  ),
  "pulls.update": update,
  "pulls.commits": commits,
  "pulls.files": files,
  "pulls.isMerged": isMerged,
  "pulls.merge": merge,
  "pulls.reviews": reviews,
  "pulls.reviewComments": reviewComments,
  "pulls.updateBranch": updateBranch,
};
