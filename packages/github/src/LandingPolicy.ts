/**
 * What is done with a pull request, from nothing but what is known of it: pure rules.
 *
 * A merge is only ever of the head that was looked at, and only if nothing speaks against it. What
 * people do goes before what the policy wants.
 */
import type { CodeHost, Task } from "@orchestrator/core";
import { againstMerging, verified } from "./internal/landing/against.ts";
import { merging } from "./internal/landing/merging.ts";
import { obstacles } from "./internal/landing/obstacles.ts";
import { areGreen, isDelivered, isOnLandingBranch } from "./internal/landing/readiness.ts";
import { restacking } from "./internal/landing/restacking.ts";
import type { LandingOptions, Method } from "./LandingOptions.ts";
import type { Check, PullRequestView, Request } from "./PullRequestView.ts";

/** One thing to do next. */
export type Step =
  /** Nothing; `isSoon` if that may change by itself any moment, `isMoment` if it does after some seconds and is no news. */
  | {
      readonly _tag: "Wait";
      readonly why: string;
      readonly isSoon: boolean;
      readonly isMoment?: true;
    }
  | { readonly _tag: "Merge"; readonly sha: string; readonly method: Method }
  | { readonly _tag: "EnableAutoMerge"; readonly sha: string; readonly method: Method }
  | { readonly _tag: "Enqueue"; readonly sha: string }
  /** Takes back what this account asked GitHub to do later. */
  | { readonly _tag: "Withdraw"; readonly from: "auto-merge" | "queue"; readonly why: string }
  /** Brings the branch up to date with a merge of its base. */
  | { readonly _tag: "Update"; readonly sha: string }
  /** Makes the branch that changes land on its base; `to` is that branch, absent: the default branch. */
  | { readonly _tag: "Retarget"; readonly to: string | undefined }
  | { readonly _tag: "Rerun"; readonly checks: ReadonlyArray<Check> }
  | { readonly _tag: "Landed"; readonly commit: string | undefined }
  /** Back to the agent, with the texts of these checks and reviews. */
  | {
      readonly _tag: "Refuse";
      readonly isConflict: boolean;
      readonly message: string;
      readonly obstacle: string;
      readonly texts: ReadonlyArray<string>;
    }
  | { readonly _tag: "Ask"; readonly question: string };

/** What was done about a pull request before; most of it is about one head, and a new head begins without. */
export interface Memory {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Since when the head is known. */
  readonly since: number;
  /** The checks that were run again, by name: how they stood then, and when. */
  readonly reruns: ReadonlyMap<string, { readonly mark: string; readonly at: number }>;
  /** What GitHub answered when auto-merge was asked for: that it cannot be had, or that nothing is to be waited for. */
  readonly autoMerge: "unavailable" | "unneeded" | undefined;
  readonly isEnqueued: boolean;
  /** How often GitHub refused to merge it, and in which words. */
  readonly refusals: number;
  readonly refusal: string | undefined;
  /** Of all heads: whether this process asked GitHub to merge it later, and has not taken that back. */
  readonly hasRequested: boolean;
  /** Of all heads: whether this process took that back. */
  readonly hasWithdrawn: boolean;
  /** Of all heads: whether people were asked about what one of them stopped. */
  readonly hasAsked: boolean;
  /** Of all heads: whether it was seen on a base that it may be merged into. */
  readonly wasOnBase: boolean;
}

/** The memory of a head that nothing was done about. */
export const noMemory = (now: number): Memory => ({
  now,
  since: now,
  reruns: new Map(),
  autoMerge: undefined,
  isEnqueued: false,
  refusals: 0,
  refusal: undefined,
  hasRequested: false,
  hasWithdrawn: false,
  hasAsked: false,
  wasOnBase: false,
});

/** Everything that a decision looks at. */
export interface Situation {
  readonly view: PullRequestView;
  readonly options: LandingOptions;
  readonly memory: Memory;
  /** What the change stands on; absent: on the base. */
  readonly stack?: Footing | undefined;
  /** Whether the pull request was opened before the task began and does not close its issue. */
  readonly isEarlier?: boolean | undefined;
}

/** The change that another one stands on, as it is at that moment. */
export interface Footing {
  readonly task: Task.TaskId;
  readonly hasLanded: boolean;
  /** Why the change on top of it cannot land as things are. */
  readonly against: CodeHost.LandingError | undefined;
  /** Whether the branch of the change on top was brought up to date since that has landed. */
  readonly isUpToDate: boolean;
}

/** The one thing to do next. */
export const decide = (situation: Situation): Step => {
  const end = ended(situation);
  if (end !== undefined) return end;
  const against =
    verified(situation) ??
    restacking(situation) ??
    obstacles(situation) ??
    againstMerging(situation);
  return against === undefined ? merging(situation) : withdrawal(situation, against);
};

const ended = ({ options, view }: Situation): Step | undefined => {
  if (view.state === "merged") {
    if (isOnLandingBranch(view, options)) return { _tag: "Landed", commit: view.mergeCommit };
    const question = `${view.url} was merged into ${view.base.branch}, and changes land on ${options.base ?? "the default branch"}. Bring it there, then decide skip; or decide relaunch.`;
    return { _tag: "Ask", question };
  }
  if (view.state === "open") return undefined;
  const by = view.closedBy === undefined ? "" : ` by ${view.closedBy}`;
  const question = `${view.url} was closed${by} and not merged. Reopen it and decide wait, or decide relaunch or skip.`;
  return { _tag: "Ask", question };
};

/** GitHub merges by itself what it was asked to merge; whatever speaks against it now takes that back. */
const withdrawal = (situation: Situation, step: Step): Step => {
  const { autoMerge, queued } = situation.view;
  const why = step._tag === "Wait" ? step.why : "it is not taken as it is";
  if (isOurs(situation, queued)) return { _tag: "Withdraw", from: "queue", why };
  if (isOurs(situation, autoMerge)) return { _tag: "Withdraw", from: "auto-merge", why };
  return step;
};

/** With a person's token, that person and this program are one account; only what it did itself is its own. */
const isOurs = ({ memory }: Situation, request: Request | undefined): boolean =>
  request !== undefined && request.isOurs && (!request.isPerson || memory.hasRequested);

/** The gates that a pull request has reached, from the weakest to the strongest. */
export const gates = (situation: Situation): ReadonlyArray<Task.Gate> => {
  const { options, view } = situation;
  if (view.state === "merged") {
    return isOnLandingBranch(view, options) ? ["pr-open", "checks-green", "merged"] : [];
  }
  if (!isDelivered(situation)) return [];
  return areGreen(situation) ? ["pr-open", "checks-green"] : ["pr-open"];
};
