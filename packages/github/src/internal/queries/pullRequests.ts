/** All that is asked about pull requests whose landing is watched, in one query for all of them. */
import * as Schema from "effect/Schema";
import type { Query } from "../../GitHubClient.ts";
import type * as IssueId from "../../IssueId.ts";
import { Entries, Moment, orNull } from "../decoding.ts";
import { GraphActor } from "../graphIssue.ts";
import { Rollup, selection } from "./checks.ts";

const fragments = `
fragment Place on Repository {
  nameWithOwner autoMergeAllowed mergeCommitAllowed squashMergeAllowed rebaseMergeAllowed
  defaultBranchRef { name }
}
fragment View on PullRequest {
  id number url title state isDraft createdAt closedAt
  author { __typename login }
  headRefName headRefOid isCrossRepository
  baseRefName
  baseRef { target { __typename oid ... on Commit { statusCheckRollup { state } } } }
  mergeable mergeStateStatus reviewDecision changedFiles
  labels(first: 100) { nodes { name } }
  latestOpinionatedReviews(first: 20, writersOnly: true) {
    nodes { id state url author { __typename login } commit { oid } }
  }
  autoMergeRequest { enabledBy { __typename login } }
  isMergeQueueEnabled
  mergeQueueEntry { position enqueuer { __typename login } }
  mergedBy { __typename login }
  mergeCommit { oid }
  timelineItems(
    last: 5
    itemTypes: [CLOSED_EVENT, AUTO_MERGE_DISABLED_EVENT, REMOVED_FROM_MERGE_QUEUE_EVENT]
  ) {
    nodes {
      __typename
      ... on ClosedEvent { actor { __typename login } }
      ... on AutoMergeDisabledEvent { reason actor { __typename login } }
      ... on RemovedFromMergeQueueEvent { reason actor { __typename login } }
    }
  }
}`;

const Named = orNull(Schema.Struct({ name: Schema.String }));
const Commit = orNull(Schema.Struct({ oid: Schema.String }));

const Review = Schema.Struct({
  id: Schema.String,
  state: Schema.String,
  url: Schema.String,
  author: GraphActor,
  commit: Commit,
});

const Event = Schema.Struct({
  __typename: Schema.String,
  actor: GraphActor,
  reason: orNull(Schema.String),
});
export type Event = typeof Event.Type;

const PullRequest = Schema.Struct({
  id: Schema.NonEmptyString,
  number: Schema.Int,
  url: Schema.String,
  title: Schema.String,
  state: Schema.Literals(["OPEN", "CLOSED", "MERGED"]),
  isDraft: Schema.Boolean,
  createdAt: Moment,
  closedAt: orNull(Moment),
  author: GraphActor,
  headRefName: Schema.String,
  headRefOid: Schema.NonEmptyString,
  isCrossRepository: Schema.Boolean,
  baseRefName: Schema.String,
  baseRef: orNull(
    Schema.Struct({
      target: orNull(
        Schema.Struct({
          oid: Schema.String,
          statusCheckRollup: orNull(Schema.Struct({ state: Schema.String })),
        }),
      ),
    }),
  ),
  mergeable: Schema.String,
  mergeStateStatus: Schema.String,
  reviewDecision: orNull(Schema.String),
  changedFiles: Schema.Int,
  labels: orNull(Entries(Schema.Struct({ name: Schema.String }))),
  latestOpinionatedReviews: orNull(Entries(Review)),
  autoMergeRequest: orNull(Schema.Struct({ enabledBy: GraphActor })),
  isMergeQueueEnabled: Schema.Boolean,
  mergeQueueEntry: orNull(Schema.Struct({ position: orNull(Schema.Int), enqueuer: GraphActor })),
  mergedBy: GraphActor,
  mergeCommit: Commit,
  timelineItems: orNull(Entries(Event)),
  statusCheckRollup: Rollup,
});
export type PullRequest = typeof PullRequest.Type;

const Found = Schema.Struct({
  nameWithOwner: Schema.NonEmptyString,
  autoMergeAllowed: Schema.Boolean,
  mergeCommitAllowed: Schema.Boolean,
  squashMergeAllowed: Schema.Boolean,
  rebaseMergeAllowed: Schema.Boolean,
  defaultBranchRef: Named,
  pullRequest: orNull(PullRequest),
});
/** A repository with one of its pull requests. */
export type Found = typeof Found.Type;

/** By alias: `p0` is the first that was asked for, `viewer` who asks. */
const Data = Schema.Record(
  Schema.String,
  Schema.NullOr(Schema.Union([Found, Schema.Struct({ login: Schema.String })])),
);
export type Data = typeof Data.Type;

/** Names and numbers are variables: nothing that people wrote becomes part of the query. */
export const pullRequests = (subjects: ReadonlyArray<IssueId.Parts>): Query<Data> => ({
  what: subjects.length === 1 ? nameOf(subjects[0]!) : `${subjects.length} pull requests`,
  operation: "PullRequests",
  permission: "Pull requests: read, Checks: read and Commit statuses: read",
  query: documentOf(subjects.length),
  variables: Object.fromEntries(
    subjects.flatMap(({ number, owner, repository }, i) => [
      [`o${i}`, owner],
      [`n${i}`, repository],
      [`m${i}`, number],
    ]),
  ),
  schema: Data,
});

const nameOf = ({ number, owner, repository }: IssueId.Parts): string =>
  `the pull request ${owner}/${repository}#${number}`;

const documentOf = (count: number): string => {
  const each = (text: (i: number) => string) => Array.from({ length: count }, (_, i) => text(i));
  const variables = each((i) => `$o${i}: String!, $n${i}: String!, $m${i}: Int!`).join(", ");
  const one = (i: number) => `
  p${i}: repository(owner: $o${i}, name: $n${i}) {
    ...Place
    pullRequest(number: $m${i}) {
    ...View
    ${selection(`$m${i}`)}
    }
  }`;
  return `query PullRequests(${variables}) {
  viewer { login }${each(one).join("")}
}${fragments}`;
};
