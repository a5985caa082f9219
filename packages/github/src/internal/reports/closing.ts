import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type { GitHubClient } from "../../GitHubClient.ts";
import type { GitHubError } from "../../GitHubError.ts";
import * as IssueId from "../../IssueId.ts";

/** An issue that is closed already stays closed as it was. */
export const close = (
  client: GitHubClient,
  issue: IssueId.Parts,
): Effect.Effect<void, GitHubError> =>
  Effect.asVoid(
    client.send({
      what: `the closing of ${IssueId.of(issue)}`,
      operation: "issues.close",
      permission: "Issues: write",
      route: "PATCH /repos/{owner}/{repo}/issues/{issue_number}",
      parameters: {
        owner: issue.owner,
        repo: issue.repository,
        issue_number: issue.number,
        state: "closed",
        state_reason: "completed",
      },
      schema: Schema.Unknown,
    }),
  );
