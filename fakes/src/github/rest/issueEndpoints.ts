import type { Reply } from "../../shared/Service.ts";
import { refuse } from "../refusals.ts";
import type { Issue } from "../world/model.ts";
import { openIssue } from "../world/openIssue.ts";
import { commentAnswer, issueAnswer } from "./issueAnswer.ts";
import { filterIssues } from "./issueFilter.ts";
import { repoAnswer } from "./repoAnswer.ts";
import { type Endpoint, listed, ok, onIssue, type RepoRequest } from "./Request.ts";

const show = ({ place, isOld }: RepoRequest, issue: Issue) => issueAnswer(place, issue, isOld);

const list: Endpoint = (request) => {
  const { repo, reading, token, access } = request;
  if (!repo.hasIssues) return refuse(410);
  insert(request);
  const mayPulls = access.may(token, repo, { area: "pull_requests", level: "read" });
  const newest = newestOf(request);
  const found = filterIssues(repo, reading.values).filter(
    ({ pull, createdAt }) => (mayPulls || pull === null) && createdAt <= newest,
  );
  return listed(request, "issues", found, (issue) => show(request, issue));
};

/** Issues that somebody opens just before the answer. */
const insert = ({ bends, repo, token, maker }: RepoRequest): void => {
  for (const bend of bends) {
    if (bend.kind !== "insert") continue;
    const author = bend.by === "others" ? "somebody" : (token.user?.login ?? "somebody");
    for (let count = 0; count < bend.count; count++) openIssue(maker, repo, { author });
  }
};

/** What is younger has not reached the lists yet. */
const newestOf = ({ bends, access }: RepoRequest): number => {
  const lag = bends.find((bend) => bend.kind === "list-lag");
  return access.world.clock.now() - (lag?.seconds ?? 0) * 1000;
};

/** The issues that one is tied to, as far as the token sees them. */
const tied = (
  path: string,
  choose: (issue: Issue) => ReadonlyArray<Issue>,
  sinceForever = false,
): Endpoint =>
  onIssue((request, issue) => {
    if (request.isOld && !sinceForever) return refuse(404);
    const seen = choose(issue).filter((other) => request.access.canSeeIssue(request.token, other));
    return listed(request, `issues/${issue.number}/${path}`, seen, (other) => ({
      ...show(request, other),
      repository: repoAnswer(request.place, other.repo),
    }));
  });

/** A top-level issue is there all the same; only the words tell. */
const parent = onIssue((request, issue): Reply => {
  const { parent: found } = issue;
  const isSeen = found !== null && request.access.canSeeIssue(request.token, found);
  return isSeen ? ok(show(request, found)) : refuse(404, "No parent issue found");
});

const comments = onIssue((request, issue) => {
  const found = issue.comments.filter(isSince(request.reading.values["since"]));
  return listed(request, `issues/${issue.number}/comments`, found, (comment) =>
    commentAnswer(request.place, comment),
  );
});

const allComments: Endpoint = (request) => {
  const { since, sort, direction } = request.reading.values;
  const all = [...request.repo.issues.values()].flatMap((issue) => issue.comments);
  const key = sort === "updated" ? "updatedAt" : "createdAt";
  const sign = direction === "desc" ? -1 : 1;
  const found = all.filter(isSince(since)).sort((a, b) => sign * (a[key] - b[key] || a.id - b.id));
  return listed(request, "issues/comments", found, (comment) =>
    commentAnswer(request.place, comment),
  );
};

const isSince =
  (since: unknown) =>
  ({ updatedAt }: { readonly updatedAt: number }): boolean =>
    typeof since !== "string" ||
    Math.floor(updatedAt / 1000) >= Math.floor(Date.parse(since) / 1000);

/** The endpoints of issues. */
export const issueEndpoints: Readonly<Record<string, Endpoint>> = {
  "issues.list": list,
  "issues.get": onIssue((request, issue) => ok(show(request, issue))),
  "issues.parent": parent,
  "issues.comments": comments,
  "issues.blockedBy": tied("dependencies/blocked_by", ({ blockedBy }) => blockedBy),
  "issues.blocking": tied("dependencies/blocking", ({ blocking }) => blocking),
  "issues.subIssues": tied("sub_issues", ({ subIssues }) => subIssues, true),
  "comments.list": allComments,
};
