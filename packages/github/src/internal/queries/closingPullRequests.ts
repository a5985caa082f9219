/** The pull requests that say that they close an issue. */
import * as Schema from "effect/Schema";
import type { Query } from "../../GitHubClient.ts";
import type * as IssueId from "../../IssueId.ts";
import { Entries, orNull } from "../decoding.ts";

const document = `
query ClosingPullRequests($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    issue(number: $number) {
      closedByPullRequestsReferences(first: 50, includeClosedPrs: true) {
        nodes { number repository { nameWithOwner } }
      }
    }
  }
}`;

const Data = Schema.Struct({
  repository: orNull(
    Schema.Struct({
      issue: orNull(
        Schema.Struct({
          closedByPullRequestsReferences: orNull(
            Entries(
              Schema.Struct({
                number: Schema.Int,
                repository: Schema.Struct({ nameWithOwner: Schema.String }),
              }),
            ),
          ),
        }),
      ),
    }),
  ),
});

export const closingPullRequests = ({
  number,
  owner,
  repository,
}: IssueId.Parts): Query<typeof Data.Type> => ({
  what: `the pull requests that close ${owner}/${repository}#${number}`,
  operation: "ClosingPullRequests",
  permission: "Issues: read and Pull requests: read",
  query: document.trim(),
  variables: { owner, name: repository, number },
  schema: Data,
});
