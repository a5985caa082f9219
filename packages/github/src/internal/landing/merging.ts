/** How a pull request gets into its base when nothing speaks against it. */
import { isNullish } from "effect/Predicate";
import type { Situation, Step } from "../../LandingPolicy.ts";
import type { Stop } from "../../PullRequestView.ts";
import { some } from "./names.ts";
import { areGreen, areKnown, counting, isReviewed, pending } from "./readiness.ts";
import { wait } from "./wait.ts";

/** So often GitHub may refuse a merge of one head before people are asked. */
const mostRefusals = 5;

export const merging = (situation: Situation): Step =>
  underway(situation) ?? stopped(situation) ?? unfinished(situation) ?? way(situation);

/** GitHub was asked already, by whomever. */
const underway = ({ view }: Situation): Step | undefined => {
  if (view.queued !== undefined) {
    const { position } = view.queued;
    return wait(
      `it is in the merge queue${position === undefined ? "" : `, at place ${position}`}`,
    );
  }
  if (view.autoMerge === undefined) return undefined;
  return wait("auto-merge is on: GitHub merges it when it may");
};

/** What a person stopped stays stopped; what the queue gave back goes back. */
const stopped = (situation: Situation): Step | undefined => {
  const { memory, view } = situation;
  const { switchedOff, unqueued } = view;
  if (merged.test(unqueued?.reason ?? "")) return wait("the merge queue merges it", true);
  if (switchedOff !== undefined && isByPeople(situation, switchedOff)) {
    return ask(situation, switchedOff, "switched auto-merge off");
  }
  if (unqueued !== undefined && isByPeople(situation, unqueued)) {
    return ask(situation, unqueued, "took it out of the merge queue");
  }
  if (!memory.isEnqueued) return undefined;
  const reason = isNullish(unqueued?.reason) ? "" : ` (${unqueued.reason})`;
  return {
    _tag: "Refuse",
    isConflict: false,
    message: `${view.url} came out of the merge queue without being merged${reason}: together with what was merged before it, it does not pass.`,
    obstacle: `${view.head.sha} in the merge queue of ${view.base.branch}`,
    texts: [],
  };
};

/** What is taken out of the queue because it is merged need not be shown as merged at that moment. */
const merged = /^(?:already[ _-])?merged?$/i;

/** The reasons of a stop that followed from something else, as from a push, in GitHub's words. */
const followed =
  /push|updated|(?:head|base) (?:branch|ref)|conflict|checks?\b|failure|timeout|roll.?back|cleared|protections/i;

/** With a person's token, that person and this program are one account; what it did not do, the person did. */
const isByPeople = ({ memory }: Situation, { isOurs, isPerson, reason = "" }: Stop): boolean =>
  isPerson && !(isOurs && memory.hasWithdrawn) && !followed.test(reason);

const ask = ({ memory, view }: Situation, { by = "Somebody" }: Stop, did: string): Step =>
  memory.hasAsked
    ? wait(`${by} ${did}: it waits for somebody to merge it`)
    : {
        _tag: "Ask",
        question: `${by} ${did} for ${view.url}. Merge it by hand or switch it on again, then decide wait; or decide relaunch or skip.`,
      };

/** What GitHub does not wait for by itself is waited for here. */
const unfinished = (situation: Situation): Step | undefined => {
  const { fits, mergeState } = situation.view;
  const open = pending(situation).filter(({ isRequired }) => !isRequired);
  if (open.length > 0)
    return wait(`checks have not ended: ${some(open.map(({ name }) => name))}`, true);
  if (!areKnown(situation)) return wait("its checks may still be on their way", true);
  if (fits === "unknown" || mergeState === "unknown" || mergeState === "draft") {
    return { ...wait("GitHub finds out whether it can be merged", true), isMoment: true };
  }
  return undefined;
};

const way = (situation: Situation): Step => {
  const { memory, options, view } = situation;
  const { branch } = view.base;
  const isReady = areGreen(situation) && isReviewed(situation);
  if (!view.hasQueue && !view.allows.methods.includes(options.method)) {
    const allowed = view.allows.methods.join(" or ");
    return {
      _tag: "Ask",
      question: `${view.repository} does not allow ${options.method} for ${view.url}; it allows ${allowed}. Merge it by hand, or change the method, and decide wait.`,
    };
  }
  if (view.mergeState === "behind" && isReady) {
    return options.updateBehind
      ? { _tag: "Update", sha: view.head.sha }
      : wait(`it is behind ${branch}, which takes only what is up to date: people update it`);
  }
  const isOpen = isReady && (view.mergeState !== "blocked" || memory.autoMerge === "unneeded");
  return isOpen ? now(situation) : later(situation);
};

const now = ({ memory, options, view }: Situation): Step => {
  const { sha } = view.head;
  if (memory.refusals >= mostRefusals) {
    const question = `GitHub refuses to merge ${view.url}: ${memory.refusal ?? "it does not say why"} Merge it by hand or put that right, then decide wait.`;
    return { _tag: "Ask", question };
  }
  return view.hasQueue ? { _tag: "Enqueue", sha } : { _tag: "Merge", sha, method: options.method };
};

/** GitHub waits for what it demands, if it may be asked to. */
const later = (situation: Situation): Step => {
  const { memory, options, view } = situation;
  const mayAsk = view.allows.autoMerge && memory.autoMerge === undefined;
  if (mayAsk && view.mergeState === "blocked") {
    return { _tag: "EnableAutoMerge", sha: view.head.sha, method: options.method };
  }
  return wait(lacking(situation), pending(situation).length > 0);
};

const lacking = (situation: Situation): string => {
  const open = pending(situation).map(({ name }) => name);
  if (open.length > 0) return `checks have not ended: ${some(open)}`;
  if (!isReviewed(situation)) return "it waits for a review";
  const isGreen = counting(situation).every(({ state }) => state === "success");
  return isGreen
    ? "a rule of its base is not met: people see which on its page"
    : "its checks do not pass";
};
