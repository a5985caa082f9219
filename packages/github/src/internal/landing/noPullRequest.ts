import type { Agent, CodeHost } from "@orchestrator/core";
import type * as IssueId from "../../IssueId.ts";
import type { Choice } from "../../PullRequestChoice.ts";
import { landingError } from "./failures.ts";
import { some } from "./names.ts";

/** Why none is the pull request of a task. */
export const noPullRequest = (
  choice: Exclude<Choice, { readonly _tag: "Delivered" }>,
  { branch }: Agent.Change,
  task: string,
  { owner, repository }: IssueId.Repository,
): CodeHost.LandingError => {
  const place = `${owner}/${repository}`;
  switch (choice._tag) {
    case "Ambiguous": {
      const which = some(choice.urls);
      const question = `Which pull request is that of ${task}: ${which}? Close all but one, then decide wait; or decide relaunch or skip.`;
      return landingError("Undecided", question);
    }
    case "WrongRepository": {
      const message = `The pull request of ${task} is in another repository than ${place}: ${some(choice.urls)}.`;
      return landingError("Rejected", message);
    }
    case "Unrelated": {
      const which = some(choice.urls);
      const question = `All that the agent of ${task} reports is ${which}, which was merged before the task began or does not show to be for it. If that does the task, close its issue as completed and decide relaunch, which then launches nothing; else decide relaunch or skip.`;
      return landingError("Undecided", question);
    }
    case "NoChange": {
      const whose = branch === undefined ? `of ${task}` : `of the branch ${branch}`;
      const message = `There is no pull request ${whose} in ${place} (no-change): open one with the change.`;
      // Each attempt has a branch of its own, and one more look at none of them is enough.
      return landingError("Refused", message, { obstacle: "no pull request" });
    }
  }
};
