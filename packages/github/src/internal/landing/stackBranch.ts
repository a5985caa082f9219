import type { Agent } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import type { GitHubClient } from "../../GitHubClient.ts";
import type { GitHubError } from "../../GitHubError.ts";
import * as IssueId from "../../IssueId.ts";
import type { LandingOptions } from "../../LandingOptions.ts";
import * as PullRequestChoice from "../../PullRequestChoice.ts";
import { plain } from "./candidates.ts";

/** The branch of the change that another one stands on, in the same repository; undefined if it has none there. */
export const stackBranch = Effect.fnUntraced(function* (
  client: GitHubClient,
  repository: IssueId.Repository,
  { change, task }: Agent.StartFrom,
  options: LandingOptions,
): Effect.fn.Return<string | undefined, GitHubError> {
  const branch = plain(change.branch);
  if (branch !== undefined && !branch.startsWith("refs/")) return branch;
  // The agent did not say it: it is the branch of its pull request.
  const issue = IssueId.parse(task)?.number;
  const choice = yield* PullRequestChoice.read(client, { repository, change, issue }, options);
  if (choice._tag !== "Delivered" || choice.view.isFromFork) return undefined;
  return choice.view.head.branch;
});
