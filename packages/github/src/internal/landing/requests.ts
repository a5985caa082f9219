/** Everything that landing changes on GitHub. Nothing here closes, deletes, forces or goes around a rule. */
import * as Schema from "effect/Schema";
import type { Query, Read, Send } from "../../GitHubClient.ts";
import type * as IssueId from "../../IssueId.ts";
import type { Method } from "../../LandingOptions.ts";
import type { Check, PullRequestView } from "../../PullRequestView.ts";
import { routeOf } from "../routeOf.ts";

const permission = "Contents: write and Pull requests: write";

const pathOf = (view: PullRequestView) => routeOf(view.repository);

const nameOf = ({ number, repository }: PullRequestView): string => `${repository}#${number}`;

const Merged = Schema.Struct({ sha: Schema.String, merged: Schema.Boolean });

/** Merges exactly the head that was looked at, or nothing. */
export const merge = (view: PullRequestView, method: Method): Send<typeof Merged.Type> => ({
  what: `the merge of ${nameOf(view)}`,
  operation: "pulls.merge",
  permission,
  route: "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge",
  parameters: {
    ...pathOf(view),
    pull_number: view.number,
    sha: view.head.sha,
    merge_method: method,
  },
  schema: Merged,
});

/** Merges the base into the branch. */
export const update = (view: PullRequestView): Send<unknown> => ({
  what: `the update of ${nameOf(view)}`,
  operation: "pulls.updateBranch",
  permission: "Pull requests: write",
  route: "PUT /repos/{owner}/{repo}/pulls/{pull_number}/update-branch",
  parameters: { ...pathOf(view), pull_number: view.number, expected_head_sha: view.head.sha },
  schema: Schema.Unknown,
});

/** Makes another branch its base. */
export const retarget = (view: PullRequestView, base: string): Send<unknown> => ({
  what: `the base of ${nameOf(view)}`,
  operation: "pulls.update",
  permission: "Pull requests: write",
  route: "PATCH /repos/{owner}/{repo}/pulls/{pull_number}",
  parameters: { ...pathOf(view), pull_number: view.number, base },
  schema: Schema.Unknown,
});

const Job = Schema.Struct({
  run_id: Schema.optionalKey(Schema.Int),
  run_attempt: Schema.optionalKey(Schema.Int),
});

/** The job of a workflow that a check is. */
export const job = (view: PullRequestView, { name }: Check, id: number): Read<typeof Job.Type> => ({
  what: `the job ${name} of ${nameOf(view)}`,
  operation: "actions.job",
  permission: "Actions: read",
  route: "GET /repos/{owner}/{repo}/actions/jobs/{job_id}",
  parameters: { ...pathOf(view), job_id: id },
  schema: Job,
});

/** Runs a check once more. */
export const rerun = (
  view: PullRequestView,
  { name }: Check,
  { number, of }: NonNullable<Check["rerun"]>,
): Send<unknown> => {
  const what = `another run of ${name} of ${nameOf(view)}`;
  const schema = Schema.Unknown;
  return of === "actions"
    ? {
        what,
        operation: "actions.rerunJob",
        permission: "Actions: write",
        route: "POST /repos/{owner}/{repo}/actions/jobs/{job_id}/rerun",
        parameters: { ...pathOf(view), job_id: number },
        schema,
      }
    : {
        what,
        operation: "checks.rerequest",
        permission: "Checks: write",
        route: "POST /repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest",
        parameters: { ...pathOf(view), check_run_id: number },
        schema,
      };
};

/** Runs all jobs of a workflow's run once more that failed. */
export const rerunFailed = (view: PullRequestView, run: number): Send<unknown> => ({
  what: `another run of the failed jobs of ${nameOf(view)}`,
  operation: "actions.rerunFailedJobs",
  permission: "Actions: write",
  route: "POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs",
  parameters: { ...pathOf(view), run_id: run },
  schema: Schema.Unknown,
});

const mutation = (
  view: PullRequestView,
  what: string,
  operation: string,
  query: string,
  variables: Readonly<Record<string, unknown>>,
): Query<unknown> => ({
  what: `${what} of ${nameOf(view)}`,
  operation,
  permission,
  query,
  variables: { id: view.id, ...variables },
  schema: Schema.Unknown,
});

export const enableAutoMerge = (view: PullRequestView, method: Method): Query<unknown> =>
  mutation(
    view,
    "auto-merge",
    "EnableAutoMerge",
    `mutation EnableAutoMerge($id: ID!, $sha: GitObjectID!, $method: PullRequestMergeMethod!) {
  enablePullRequestAutoMerge(
    input: { pullRequestId: $id, expectedHeadOid: $sha, mergeMethod: $method }
  ) { pullRequest { id } }
}`,
    { sha: view.head.sha, method: method.toUpperCase() },
  );

export const disableAutoMerge = (view: PullRequestView): Query<unknown> =>
  mutation(
    view,
    "the end of auto-merge",
    "DisableAutoMerge",
    `mutation DisableAutoMerge($id: ID!) {
  disablePullRequestAutoMerge(input: { pullRequestId: $id }) { pullRequest { id } }
}`,
    {},
  );

export const enqueue = (view: PullRequestView): Query<unknown> =>
  mutation(
    view,
    "the place in the merge queue",
    "Enqueue",
    `mutation Enqueue($id: ID!, $sha: GitObjectID!) {
  enqueuePullRequest(input: { pullRequestId: $id, expectedHeadOid: $sha }) {
    mergeQueueEntry { id }
  }
}`,
    { sha: view.head.sha },
  );

export const dequeue = (view: PullRequestView): Query<unknown> =>
  mutation(
    view,
    "the end of the place in the merge queue",
    "Dequeue",
    `mutation Dequeue($id: ID!) {
  dequeuePullRequest(input: { id: $id }) { mergeQueueEntry { id } }
}`,
    {},
  );

/** The pull request as it is named to people and in routes. */
export const subjectOf = (view: PullRequestView): IssueId.Parts => {
  const { owner, repo } = pathOf(view);
  return { owner, repository: repo, number: view.number };
};
