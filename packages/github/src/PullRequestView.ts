/**
 * What is known of a pull request at one moment: plain data, from which alone is decided what is
 * done with it.
 */
import * as Effect from "effect/Effect";
import type { GitHubClient } from "./GitHubClient.ts";
import type { GitHubError } from "./GitHubError.ts";
import { cut, halving } from "./internal/batches.ts";
import { withAllChecks } from "./internal/landing/allChecks.ts";
import { looksOf } from "./internal/landing/looks.ts";
import { pullRequests } from "./internal/queries/pullRequests.ts";
import * as IssueId from "./IssueId.ts";
import type { Method } from "./LandingOptions.ts";

/** `pending` is everything that has not ended, also what waits for a person. */
export type CheckState = "success" | "pending" | "failure";

/** A check run or the status of a commit. */
export interface Check {
  /** Of GitHub; undefined for what the token may not read. */
  readonly id: string | undefined;
  /** `CI / lint`: the workflow, if there is one, and the name. */
  readonly name: string;
  readonly state: CheckState;
  readonly isRequired: boolean;
  readonly url: string | undefined;
  /** A line by the check itself. */
  readonly says: string | undefined;
  /** Differs from one time that it runs to the next. */
  readonly mark: string;
  /** How it can be run again: the number of its run, and whose it is. */
  readonly rerun: { readonly of: "actions" | "app"; readonly number: number } | undefined;
}

/** A review that asks for changes and was not taken back. */
export interface ChangesRequested {
  readonly id: string;
  readonly by: string | undefined;
  readonly url: string;
  /** Whether it was made of the present head. */
  readonly isOfHead: boolean;
}

/** Somebody asked GitHub to merge it later. */
export interface Request {
  readonly by: string | undefined;
  readonly isPerson: boolean;
  /** Whether it was the account that this program uses, which may be a person's. */
  readonly isOurs: boolean;
}

/** Somebody, or GitHub itself, took that back. */
export interface Stop extends Request {
  readonly reason: string | undefined;
}

/** GitHub's `mergeStateStatus`, in small letters and with hyphens. */
export type MergeState =
  | "clean"
  | "has-hooks"
  | "unstable"
  | "blocked"
  | "behind"
  | "dirty"
  | "draft"
  | "unknown";

/** All that decides what becomes of a pull request, as GitHub told it at one moment. */
export interface PullRequestView {
  /** The id that mutations take. */
  readonly id: string;
  /** `acme/shop`, as GitHub spells it. */
  readonly repository: string;
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly author: string | undefined;
  readonly state: "open" | "merged" | "closed";
  /** In milliseconds since the epoch, on GitHub's clock. */
  readonly openedAt: number;
  /** When it was merged or closed. */
  readonly endedAt: number | undefined;
  readonly isDraft: boolean;
  readonly head: { readonly branch: string; readonly sha: string };
  /** Whether the head is in another repository, where others may push. */
  readonly isFromFork: boolean;
  readonly base: {
    readonly branch: string;
    readonly isDefault: boolean;
    readonly tip: string | undefined;
    readonly checks: CheckState | undefined;
  };
  /** Whether it fits its base; `unknown` while GitHub finds out. */
  readonly fits: "yes" | "no" | "unknown";
  readonly mergeState: MergeState;
  readonly review: "approved" | "changes-requested" | "required" | "none";
  readonly changesRequested: ReadonlyArray<ChangesRequested>;
  readonly checks: ReadonlyArray<Check>;
  readonly labels: ReadonlyArray<string>;
  /** How many files it changes. */
  readonly changedFiles: number;
  /** Their paths, also those before a renaming; undefined while they were not read. */
  readonly paths: ReadonlyArray<string> | undefined;
  readonly autoMerge: Request | undefined;
  /** The last time that auto-merge was switched off. */
  readonly switchedOff: Stop | undefined;
  /** Whether the base has a merge queue. */
  readonly hasQueue: boolean;
  /** Its place in the queue. */
  readonly queued: (Request & { readonly position: number | undefined }) | undefined;
  /** The last time that it was taken out of the queue. */
  readonly unqueued: Stop | undefined;
  readonly mergeCommit: string | undefined;
  readonly mergedBy: string | undefined;
  readonly closedBy: string | undefined;
  /** What the repository allows. */
  readonly allows: { readonly autoMerge: boolean; readonly methods: ReadonlyArray<Method> };
}

/** What there is under a number. */
export type Look =
  | { readonly _tag: "Found"; readonly view: PullRequestView }
  /** It does not exist, or the token may not see it. */
  | { readonly _tag: "Missing" };

/** How many are asked for at once: each brings some connections of its own. */
const mostAtOnce = 50;

/** Looks at pull requests, all of them with as few requests as there can be; by the `IssueId.key` of what was asked for. */
export const read = Effect.fn("PullRequestView.read")(function* (
  client: GitHubClient,
  subjects: ReadonlyArray<IssueId.Parts>,
): Effect.fn.Return<ReadonlyMap<string, Look>, GitHubError> {
  const distinct = new Map(subjects.map((subject) => [IssueId.key(IssueId.of(subject)), subject]));
  const batches = cut([...distinct.values()], mostAtOnce);
  const ask = Effect.fnUntraced(function* (batch: ReadonlyArray<IssueId.Parts>) {
    return looksOf(batch, yield* client.query(pullRequests(batch)));
  });
  const looks = yield* Effect.forEach(batches, (batch) => halving(batch, ask));
  const whole = yield* Effect.forEach(looks.flat(), (look) => withAllChecks(client, look));
  return new Map(
    whole.map(({ look, subject }) => [IssueId.key(IssueId.of(subject)), look] as const),
  );
});
