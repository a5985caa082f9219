import type { Node } from "../world/model.ts";
import { failure } from "./errors.ts";
import { type Context, isVisible } from "./fields.ts";
import { checkIssues } from "./issueLists.ts";

/** The object with a node id, if the token may see it. */
export const findNode = (context: Context, id: unknown): Node => {
  const node = context.access.world.node(String(id));
  if (node?.kind === "Issue" && context.access.canSee(context.token, node.repo))
    checkIssues(context, node.repo, node.pull === null ? "issues" : "pull_requests");
  if (node !== null && mayRead(context, node)) return node;
  throw failure("NOT_FOUND", `Could not resolve to a node with the global id of '${String(id)}'`);
};

const mayRead = (context: Context, node: Node): boolean => {
  const { access, token } = context;
  switch (node.kind) {
    case "Issue":
      return isVisible(context)(node);
    case "IssueComment":
    case "Event":
      return isVisible(context)(node.issue);
    case "Repository":
      return access.canSee(token, node);
    case "PullRequestReview":
      return isVisible(context)(node.issue);
    case "PullRequestReviewComment":
      return isVisible(context)(node.review.issue);
    case "QueueEntry":
      return isVisible(context)(node.pull);
    case "CheckRun":
      return access.may(token, node.repo, { area: "checks", level: "read" });
    case "StatusContext":
      return access.may(token, node.repo, { area: "statuses", level: "read" });
    case "Label":
    case "Milestone":
      return access.canSee(token, node.repo);
    case "ProjectV2":
      return access.project(token, node) === "yes";
    case "ProjectV2Item":
    case "Field":
      return access.project(token, node.project) === "yes";
    default:
      return true;
  }
};
