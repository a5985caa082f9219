import { isNullish } from "effect/Predicate";
import type { Method } from "../../LandingOptions.ts";
import type { MergeState, PullRequestView, Stop } from "../../PullRequestView.ts";
import { loginOf } from "../actors.ts";
import { seen } from "../decoding.ts";
import type { Event, Found, PullRequest } from "../queries/pullRequests.ts";
import { checksOf, stateOf } from "./checks.ts";

const mergeStates: Readonly<Record<string, MergeState>> = {
  CLEAN: "clean",
  HAS_HOOKS: "has-hooks",
  UNSTABLE: "unstable",
  BLOCKED: "blocked",
  BEHIND: "behind",
  DIRTY: "dirty",
  DRAFT: "draft",
};

const states = { OPEN: "open", CLOSED: "closed", MERGED: "merged" } as const;
const fits: Readonly<Record<string, "yes" | "no">> = { MERGEABLE: "yes", CONFLICTING: "no" };
const reviews: Readonly<Record<string, PullRequestView["review"]>> = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "changes-requested",
  REVIEW_REQUIRED: "required",
};

/** What is known of a pull request, as `me` sees it. */
export const viewOf = (
  place: Found,
  pull: PullRequest,
  me: string,
  areChecksHidden: boolean,
): PullRequestView => {
  const mergeState = mergeStates[pull.mergeStateStatus] ?? "unknown";
  const events = seen(pull.timelineItems);
  return {
    id: pull.id,
    repository: place.nameWithOwner,
    number: pull.number,
    url: pull.url,
    title: pull.title,
    author: loginOf(pull.author),
    state: states[pull.state],
    openedAt: Date.parse(pull.createdAt),
    endedAt: isNullish(pull.closedAt) ? undefined : Date.parse(pull.closedAt),
    isDraft: pull.isDraft,
    head: { branch: pull.headRefName, sha: pull.headRefOid },
    isFromFork: pull.isCrossRepository,
    base: baseOf(place, pull),
    fits: fits[pull.mergeable] ?? "unknown",
    mergeState,
    ...reviewOf(pull),
    checks: checksOf(pull.statusCheckRollup, areChecksHidden, mergeState),
    labels: seen(pull.labels).map(({ name }) => name),
    changedFiles: pull.changedFiles,
    paths: undefined,
    autoMerge: pull.autoMergeRequest ? requestBy(pull.autoMergeRequest.enabledBy, me) : undefined,
    switchedOff: stopIn(events, "AutoMergeDisabledEvent", me),
    hasQueue: pull.isMergeQueueEnabled,
    queued: queuedOf(pull, me),
    unqueued: stopIn(events, "RemovedFromMergeQueueEvent", me),
    mergeCommit: pull.mergeCommit?.oid,
    mergedBy: loginOf(pull.mergedBy),
    closedBy: loginOf(events.findLast(({ __typename: type }) => type === "ClosedEvent")?.actor),
    allows: { autoMerge: place.autoMergeAllowed, methods: methodsOf(place) },
  };
};

const baseOf = ({ defaultBranchRef }: Found, { baseRef, baseRefName }: PullRequest) => {
  const target = baseRef?.target;
  const rollup = target?.statusCheckRollup;
  return {
    branch: baseRefName,
    isDefault: baseRefName === defaultBranchRef?.name,
    tip: target?.oid,
    checks: rollup === null || rollup === undefined ? undefined : stateOf(rollup.state),
  };
};

/** A request for changes stands until its author says otherwise, whether reviews are required or not. */
const reviewOf = ({ headRefOid, latestOpinionatedReviews, reviewDecision }: PullRequest) => {
  const requests = seen(latestOpinionatedReviews).filter(
    ({ state }) => state === "CHANGES_REQUESTED",
  );
  const decision = reviews[reviewDecision ?? ""] ?? "none";
  const review = requests.length > 0 ? "changes-requested" : decision;
  const changesRequested = requests.map(({ author, commit, id, url }) => ({
    id,
    by: loginOf(author),
    url,
    isOfHead: commit?.oid === headRefOid,
  }));
  return { review, changesRequested } as const;
};

type Actor = PullRequest["author"];

const requestBy = (actor: Actor, me: string) => ({
  by: loginOf(actor),
  isPerson: actor?.__typename === "User",
  isOurs: isMe(actor, me),
});

const queuedOf = ({ mergeQueueEntry: entry }: PullRequest, me: string) =>
  entry === null || entry === undefined
    ? undefined
    : { ...requestBy(entry.enqueuer, me), position: entry.position ?? undefined };

/** An app's own login ends in `[bot]` where it is the viewer. */
const isMe = (actor: Actor, me: string): boolean =>
  actor !== null && actor !== undefined && plain(actor.login) === plain(me);

const plain = (login: string): string => login.toLowerCase().replace(/\[bot\]$/, "");

const stopIn = (events: ReadonlyArray<Event>, type: string, me: string): Stop | undefined => {
  const event = events.findLast(({ __typename }) => __typename === type);
  if (event === undefined) return undefined;
  return { ...requestBy(event.actor, me), reason: event.reason ?? undefined };
};

const methodsOf = (place: Found): ReadonlyArray<Method> => [
  ...(place.mergeCommitAllowed ? (["merge"] as const) : []),
  ...(place.squashMergeAllowed ? (["squash"] as const) : []),
  ...(place.rebaseMergeAllowed ? (["rebase"] as const) : []),
];
