import { notAccessible } from "../refusals.ts";
import { isAtLeast } from "../world/Access.ts";
import { addItem } from "../world/board.ts";
import type { Issue, Label, MergeMethod, Repo } from "../world/model.ts";
import type { Doing } from "../world/moments.ts";
import { enableAutoMerge } from "../world/pulls.ts";
import { disableAutoMerge, enterQueue, leaveQueue } from "../world/queue.ts";
import {
  conflictsOf,
  knownStateOf,
  obstaclesOf,
  protectionOf,
  refusedMethod,
} from "../world/requirements.ts";
import { addLabel, removeLabel, writeComment } from "../world/threads.ts";
import { permissionOf, referenceOf } from "../world/World.ts";
import { autoMergeWords } from "./autoMergeWords.ts";
import { moveCard, writableBoard } from "./boardMutations.ts";
import type { Args } from "./connection.ts";
import { failure } from "./errors.ts";
import type { Context, Fields } from "./fields.ts";
import { findNode } from "./nodes.ts";

/** What a mutation was given. */
type Input = Readonly<Record<string, unknown>>;

const inputOf = (args: Args): Input => args["input"] as Input;

const doingOf = ({ token }: Context): Doing => {
  const by = token.user?.login ?? token.bot;
  return by === null ? { isApi: true } : { isApi: true, by };
};

/** A mutation of one pull request. */
const onPull =
  (
    name: string,
    key: string,
    act: (issue: Issue, input: Input, context: Context) => object,
  ): Fields<unknown>[string] =>
  (_root, args, context) => {
    const input = inputOf(args);
    const issue = findNode(context, input[key]);
    if (issue.kind !== "Issue" || issue.pull === null)
      throw failure(
        "NOT_FOUND",
        `Could not resolve to PullRequest node with the global id of '${String(input[key])}'`,
      );
    checkWrite(context, issue.repo, name, "contents");
    const payload = act(issue, input, context);
    context.effects.push({ type: name, id: issue.id, key: null, task: referenceOf(issue) });
    return { clientMutationId: input["clientMutationId"] ?? null, ...payload };
  };

/** Fails for who may not write in the repository. */
const checkWrite = (context: Context, repo: Repo, name: string, ...areas: Array<string>): void => {
  const { access, token } = context;
  const may = areas.some((area) => access.may(token, repo, { area, level: "write" }));
  if (may) return;
  const isUser = token.user !== null && !isAtLeast(permissionOf(token.user, repo), "write");
  const words = isUser
    ? `${token.user.login} does not have the correct permissions to execute \`${name}\``
    : notAccessible(token.kind);
  throw failure("FORBIDDEN", words);
};

const checkHead = ({ pull }: Issue, expected: unknown): void => {
  if (typeof expected === "string" && expected !== pull!.sha)
    throw failure("UNPROCESSABLE", "Expected head sha didn’t match current head ref.");
};

/** Why auto-merge is refused, by the name of the wording or in the words themselves. */
const refusedAutoMerge = (issue: Issue, method: MergeMethod, now: number): string | null => {
  if (!issue.repo.merging.auto) return autoMergeWords["auto-merge-disallowed"];
  if (!issue.isOpen) return JSON.stringify(["Pull request Pull request is closed"]);
  if (!issue.repo.protections.has(issue.pull!.base))
    return autoMergeWords["auto-merge-unprotected"];
  if (refusedMethod(issue, method) !== null)
    return JSON.stringify([`Merge method ${method} is not allowed on this repository`]);
  const state = knownStateOf(issue, now).toLowerCase();
  const isWaiting = state === "blocked" || state === "behind";
  return isWaiting ? null : JSON.stringify([`Pull request Pull request is in ${state} status`]);
};

const enable = onPull("EnablePullRequestAutoMerge", "pullRequestId", (issue, input, context) => {
  checkHead(issue, input["expectedHeadOid"]);
  const given = (input["mergeMethod"] ?? "MERGE") as string;
  const method = given.toLowerCase() as MergeMethod;
  const refusal = refusedAutoMerge(issue, method, context.access.world.clock.now());
  if (refusal !== null) throw failure("UNPROCESSABLE", refusal);
  const expected = (input["expectedHeadOid"] ?? null) as string | null;
  enableAutoMerge(context.maker, issue, { method, expected }, doingOf(context));
  return { pullRequest: issue, actor: context.token.user };
});

const disable = onPull("DisablePullRequestAutoMerge", "pullRequestId", (issue, _input, context) => {
  if (issue.pull!.autoMerge === null)
    throw failure(
      "UNPROCESSABLE",
      JSON.stringify(["Can't disable auto-merge for this pull request."]),
    );
  disableAutoMerge(context.maker, issue, doingOf(context), "Auto-merge was disabled manually");
  return { pullRequest: issue, actor: context.token.user };
});

const enqueue = onPull("EnqueuePullRequest", "pullRequestId", (issue, input, context) => {
  checkHead(issue, input["expectedHeadOid"]);
  const pull = issue.pull!;
  if (protectionOf(issue).queueSeconds === null)
    throw failure("UNPROCESSABLE", "The merge queue is not enabled for this branch.");
  if (!issue.isOpen) throw failure("UNPROCESSABLE", "Pull request is closed.");
  if (pull.queued !== null)
    throw failure("UNPROCESSABLE", "Pull request is already in the merge queue.");
  if (pull.isDraft) throw failure("UNPROCESSABLE", "Pull request is in draft state.");
  if (conflictsOf(issue).length > 0)
    throw failure("UNPROCESSABLE", "Pull request has merge conflicts.");
  const [obstacle] = obstaclesOf(issue, context.access.world.clock.now());
  if (obstacle !== undefined) throw failure("UNPROCESSABLE", obstacle);
  return { mergeQueueEntry: enterQueue(context.maker, issue, doingOf(context)) };
});

const dequeue = onPull("DequeuePullRequest", "id", (issue, _input, context) => {
  const entry = issue.pull!.queued;
  if (entry === null) throw failure("UNPROCESSABLE", "Pull request is not in the merge queue.");
  // The entry is shown as it was.
  const shown = { ...entry, kind: undefined, position: 1, state: "QUEUED" };
  leaveQueue(context.maker, issue, doingOf(context), "manually removed");
  return { mergeQueueEntry: shown };
});

/** A mutation of labels: of one issue or pull request, by the ids of labels. */
const onLabels =
  (
    name: string,
    act: (context: Context, issue: Issue, label: Label) => void,
  ): Fields<unknown>[string] =>
  (_root, args, context) => {
    const input = inputOf(args);
    const issue = findNode(context, input["labelableId"]);
    if (issue.kind !== "Issue")
      throw failure("NOT_FOUND", `${String(input["labelableId"])} has no labels`);
    checkWrite(context, issue.repo, name, "issues", "pull_requests");
    const labels = (input["labelIds"] as ReadonlyArray<string>).map((id) => findNode(context, id));
    for (const label of labels) if (label.kind === "Label") act(context, issue, label);
    context.effects.push({ type: name, id: issue.id, key: null, task: referenceOf(issue) });
    return { clientMutationId: input["clientMutationId"] ?? null, labelable: issue };
  };

const addLabels = onLabels("AddLabelsToLabelable", (context, issue, { name }) => {
  addLabel(context.maker, issue, name, doingOf(context));
});

/** Labels that are not set are passed over. */
const removeLabels = onLabels("RemoveLabelsFromLabelable", (context, issue, label) => {
  if (issue.labels.includes(label)) removeLabel(context.maker, issue, label, doingOf(context));
});

const addComment: Fields<unknown>[string] = (_root, args, context) => {
  const input = inputOf(args);
  const issue = findNode(context, input["subjectId"]);
  if (issue.kind !== "Issue")
    throw failure("NOT_FOUND", `${String(input["subjectId"])} has no comments`);
  const areas = ["issues", "pull_requests"];
  const may = areas.some((area) =>
    context.access.may(context.token, issue.repo, { area, level: "write", role: "read" }),
  );
  if (!may) throw failure("FORBIDDEN", notAccessible(context.token.kind));
  const node = writeComment(context.maker, issue, String(input["body"]), doingOf(context));
  context.effects.push({ type: "comment", id: node.id, key: null, task: referenceOf(issue) });
  const commentEdge = { kind: "Edge", node, cursor: node.nodeId };
  return { clientMutationId: input["clientMutationId"] ?? null, commentEdge, subject: issue };
};

const addCard: Fields<unknown>[string] = (_root, args, context) => {
  const input = inputOf(args);
  const project = writableBoard(context, input["projectId"]);
  const content = findNode(context, input["contentId"]);
  if (content.kind !== "Issue")
    throw failure("NOT_FOUND", `${String(input["contentId"])} cannot be put on a board`);
  // A card that is there already is given back.
  const known = content.items.find((item) => item.project === project);
  const item = known ?? addItem(context.maker, project, referenceOf(content));
  if (known === undefined) {
    const more = { project: project.title };
    context.maker.did("card.added", doingOf(context), referenceOf(content), more);
  }
  context.effects.push({ type: "card", id: item.id, key: null, task: referenceOf(content) });
  return { clientMutationId: input["clientMutationId"] ?? null, item };
};

/** The mutations that the fake knows. */
export const mutationFields: Fields<unknown> = {
  enablePullRequestAutoMerge: enable,
  disablePullRequestAutoMerge: disable,
  enqueuePullRequest: enqueue,
  dequeuePullRequest: dequeue,
  addLabelsToLabelable: addLabels,
  removeLabelsFromLabelable: removeLabels,
  addComment,
  addProjectV2ItemById: addCard,
  updateProjectV2ItemFieldValue: (_root, args, context) =>
    moveCard(inputOf(args), context, doingOf(context)),
};
