/** How far a pull request is. */
import type { LandingOptions } from "../../LandingOptions.ts";
import type { Situation } from "../../LandingPolicy.ts";
import type { Check, PullRequestView } from "../../PullRequestView.ts";
import { isListed } from "./names.ts";

/** The checks that count: those that are required if any is, unless all are wanted. */
export const counting = ({ options, view }: Situation): ReadonlyArray<Check> => {
  const required = view.checks.filter(({ isRequired }) => isRequired);
  return options.checks === "all" || required.length === 0 ? view.checks : required;
};

/** How long a check that was run again may take to show it. */
const rerunMillis = 5 * 60_000;

/** Whether a check was run again and this is still how it stood before. */
export const isRerunning = ({ memory }: Situation, { mark, name }: Check): boolean => {
  const rerun = memory.reruns.get(name);
  return rerun !== undefined && rerun.mark === mark && memory.now - rerun.at < rerunMillis;
};

export const pending = (situation: Situation): ReadonlyArray<Check> =>
  counting(situation).filter(
    (check) =>
      check.state === "pending" || (check.state === "failure" && isRerunning(situation, check)),
  );

export const failing = (situation: Situation): ReadonlyArray<Check> =>
  counting(situation).filter(
    (check) => check.state === "failure" && !isRerunning(situation, check),
  );

/**
 * Whether the checks that are there can be all that there will be. GitHub itself waits for
 * required ones; others may still be on their way to a new head.
 */
export const areKnown = ({ memory, options, view }: Situation): boolean => {
  const isEnforced = options.checks === "required" && view.checks.some((check) => check.isRequired);
  return isEnforced || memory.now - memory.since >= options.checksGraceSeconds * 1000;
};

export const areGreen = (situation: Situation): boolean =>
  areKnown(situation) && counting(situation).every(({ state }) => state === "success");

export const isReviewed = ({ view }: Situation): boolean =>
  view.review === "approved" || view.review === "none";

/** Whether it is meant for the branch that changes land on. */
export const isOnLandingBranch = ({ base }: PullRequestView, options: LandingOptions): boolean =>
  options.base === undefined ? base.isDefault : base.branch === options.base;

/** Whether it is meant for the branch that changes land on, or first for that of the change it stands on. */
export const isOnBase = (view: PullRequestView, options: LandingOptions): boolean =>
  isOnLandingBranch(view, options) || view.base.branch === options.stackedOn;

/** Whether it is on its base, has a change in it, is of somebody who may, and is ready if that is asked for. */
export const isDelivered = ({ options, view }: Situation): boolean => {
  const isReady = options.drafts || !view.isDraft;
  const isMeant = isOnBase(view, options) && isTheirs(view, options);
  return view.state === "open" && isMeant && view.changedFiles > 0 && isReady;
};

/** Whether it comes from somebody who may: one of those who are named, else whoever can push. */
export const isTheirs = (
  { author, isFromFork }: PullRequestView,
  { authors }: LandingOptions,
): boolean =>
  authors === undefined ? !isFromFork : author !== undefined && isListed(authors, author);
