/** Pull requests as GraphQL answers them. */

/** An open one of acme/shop with one required check that has passed, unless told otherwise. */
export const pull = (number: number, told: Readonly<Record<string, unknown>> = {}) => ({
  id: `PR_${number}`,
  number,
  url: `https://github.com/acme/shop/pull/${number}`,
  title: `Change ${number}`,
  state: "OPEN",
  isDraft: false,
  createdAt: "2026-11-21T19:00:00Z",
  closedAt: null,
  author: { __typename: "Bot", login: "codegen-sh" },
  headRefName: `branch-${number}`,
  headRefOid: `head${number}`,
  isCrossRepository: false,
  baseRefName: "main",
  baseRef: {
    target: { __typename: "Commit", oid: "ba5e", statusCheckRollup: { state: "SUCCESS" } },
  },
  mergeable: "MERGEABLE",
  mergeStateStatus: "CLEAN",
  reviewDecision: null,
  changedFiles: 1,
  labels: { nodes: [{ name: "shop" }] },
  latestOpinionatedReviews: { nodes: [] },
  autoMergeRequest: null,
  isMergeQueueEnabled: false,
  mergeQueueEntry: null,
  mergedBy: null,
  mergeCommit: null,
  timelineItems: { nodes: [] },
  statusCheckRollup: rollup([run("test")]),
  ...told,
});

/** A check run of GitHub Actions that is required and has passed. */
export const run = (name: string, told: Readonly<Record<string, unknown>> = {}) => ({
  __typename: "CheckRun",
  id: `CR_${name}`,
  databaseId: 5_000_000_001,
  name,
  status: "COMPLETED",
  conclusion: "SUCCESS",
  startedAt: "2026-11-21T19:00:00Z",
  title: null,
  permalink: `https://github.com/acme/shop/runs/${name}`,
  isRequired: true,
  checkSuite: {
    app: { slug: "github-actions" },
    workflowRun: { event: "pull_request", workflow: { name: "CI" } },
  },
  ...told,
});

/** The status of a commit, pending and not required. */
export const status = (context: string, told: Readonly<Record<string, unknown>> = {}) => ({
  __typename: "StatusContext",
  id: `SC_${context}`,
  context,
  state: "PENDING",
  description: null,
  targetUrl: null,
  createdAt: "2026-11-21T19:00:00Z",
  isRequired: false,
  ...told,
});

export const rollup = (
  nodes: ReadonlyArray<unknown>,
  state = "SUCCESS",
  pageInfo: object = { hasNextPage: false, endCursor: null },
) => ({ state, contexts: { pageInfo, nodes } });

/** The repository of a pull request, with what it allows. */
export const repository = (pullRequest: unknown, told: object = {}) => ({
  nameWithOwner: "acme/shop",
  autoMergeAllowed: true,
  mergeCommitAllowed: false,
  squashMergeAllowed: true,
  rebaseMergeAllowed: true,
  defaultBranchRef: { name: "main" },
  pullRequest,
  ...told,
});

/** The answer to the query, for a viewer called us. */
export const answer = (pulls: ReadonlyArray<unknown>, errors?: ReadonlyArray<unknown>) => ({
  data: {
    viewer: { login: "us[bot]" },
    ...Object.fromEntries(pulls.map((one, i) => [`p${i}`, one])),
  },
  ...(errors === undefined ? {} : { errors }),
});
