import { invalid, notAccessible, refuse } from "../refusals.ts";
import { isAtLeast } from "../world/Access.ts";
import type { Comment, Issue, Permission, StateReason } from "../world/model.ts";
import { closeIssue, reopenIssue } from "../world/closing.ts";
import { openIssue } from "../world/openIssue.ts";
import { deleteComment, editComment, setLabels, touch, writeComment } from "../world/threads.ts";
import { permissionOf, referenceOf } from "../world/World.ts";
import { commentAnswer, issueAnswer } from "./issueAnswer.ts";
import { done, doingOf, type Endpoint, given, ok, onIssue, type RepoRequest } from "./Request.ts";

const longest = 65_536;

const refuseBody = (body: string) => {
  const place = { resource: "IssueComment", field: "body" };
  if (body.trim() === "") return invalid([{ ...place, code: "missing_field" }]);
  const message = `body is too long (maximum is ${longest} characters)`;
  return [...body].length > longest ? invalid([{ ...place, code: "custom", message }]) : null;
};

/** Whether the caller is at least this in the repository; an integration with the permission always is. */
const isRole = ({ token, repo }: RepoRequest, role: Permission): boolean =>
  token.user === null || isAtLeast(permissionOf(token.user, repo), role);

const create = onIssue((request, issue) => {
  const { place, maker, repo } = request;
  const body = given<string>(request, "body")!;
  const refusal = refuseBody(body);
  if (refusal !== null) return refusal;
  if (!repo.hasIssues && issue.pull === null) return refuse(410);
  if (issue.isLocked && !isRole(request, "write"))
    return refuse(403, "Unable to create comment because issue is locked.");
  const comment = writeComment(maker, issue, body, doingOf(request));
  return done(201, commentAnswer(place, comment), "comment", comment.id, referenceOf(issue));
});

/** An endpoint of one comment, which is refused where there is none. */
const onComment =
  (act: (request: RepoRequest, comment: Comment) => ReturnType<Endpoint>): Endpoint =>
  (request) => {
    const { access, reading, repo, token } = request;
    const comment = access.world.numbered("IssueComment", Number(reading.values["comment_id"]));
    const isSeen =
      comment !== null && comment.issue.repo === repo && access.canSeeIssue(token, comment.issue);
    return isSeen ? act(request, comment) : refuse(404);
  };

const isOwn = (request: RepoRequest, { author }: Comment): boolean =>
  author !== null && author.login === doingOf(request).by;

const update = onComment((request, comment) => {
  if (!isOwn(request, comment) && !isRole(request, "write"))
    return refuse(403, notAccessible(request.token.kind));
  const body = given<string>(request, "body")!;
  const refusal = refuseBody(body);
  if (refusal !== null) return refusal;
  editComment(request.maker, comment, body, doingOf(request));
  const answer = commentAnswer(request.place, comment);
  return done(200, answer, "comment.edit", comment.id, referenceOf(comment.issue));
});

const remove = onComment((request, comment) => {
  if (!isOwn(request, comment) && !isRole(request, "write"))
    return refuse(403, notAccessible(request.token.kind));
  deleteComment(request.maker, comment, doingOf(request));
  return done(204, undefined, "comment.delete", comment.id, referenceOf(comment.issue));
});

const open: Endpoint = (request) => {
  const { repo, maker, place, isOld } = request;
  if (!repo.hasIssues) return refuse(410);
  const { by } = doingOf(request);
  const labels = (given<ReadonlyArray<string | { name: string }>>(request, "labels") ?? []).map(
    (label) => (typeof label === "string" ? label : label.name),
  );
  const issue = openIssue(maker, repo, {
    title: String(given(request, "title")),
    body: given<string>(request, "body") ?? null,
    ...(by === undefined ? {} : { author: by }),
    // Without the right to it, this is passed over in silence.
    ...(isRole(request, "triage") ? { labels } : {}),
  });
  maker.did("issue.opened", doingOf(request), referenceOf(issue));
  return done(201, issueAnswer(place, issue, isOld), "issue", issue.id, referenceOf(issue));
};

const change = onIssue((request, issue) => {
  const { maker, place, isOld } = request;
  const isAuthor = issue.author !== null && issue.author.login === doingOf(request).by;
  if (!isAuthor && !isRole(request, "triage"))
    return refuse(403, notAccessible(request.token.kind));
  changeText(request, issue);
  const labels = given<ReadonlyArray<string | { name: string }>>(request, "labels");
  if (labels !== undefined && isRole(request, "triage")) {
    const names = labels.map((label) => (typeof label === "string" ? label : label.name));
    setLabels(maker, issue, names, doingOf(request));
  }
  changeState(request, issue);
  return done(200, issueAnswer(place, issue, isOld), "issue.change", issue.id, referenceOf(issue));
});

const changeText = (request: RepoRequest, issue: Issue): void => {
  const { maker } = request;
  const title = given<string | null>(request, "title") ?? issue.title;
  const body = given<string | null>(request, "body");
  if (title === issue.title && body === undefined) return;
  const { actor, at } = maker.doing(doingOf(request));
  const names = { from: issue.title, to: String(title) };
  if (title !== issue.title) maker.happened(issue, "RenamedTitleEvent", { actor, at }, names);
  if (body !== undefined) Object.assign(issue, { body, lastEditedAt: at, editor: actor });
  issue.title = String(title);
  touch(issue, at);
  maker.did("issue.edited", doingOf(request), referenceOf(issue));
};

/** A reason is passed over unless the state changes. */
const changeState = (request: RepoRequest, issue: Issue): void => {
  const { maker } = request;
  const state = given<"open" | "closed">(request, "state");
  if (state === undefined || (state === "open") === issue.isOpen) return;
  const doing = doingOf(request);
  const reason = given<StateReason | null>(request, "state_reason") ?? "completed";
  if (state === "closed") closeIssue(maker, issue, doing, reason);
  else reopenIssue(maker, issue, doing);
};

/** The endpoints that write into issues, and those of single comments. */
export const threadEndpoints: Readonly<Record<string, Endpoint>> = {
  "issues.create": open,
  "issues.update": change,
  "comments.create": create,
  "comments.get": onComment(({ place }, comment) => ok(commentAnswer(place, comment))),
  "comments.update": update,
  "comments.delete": remove,
};
