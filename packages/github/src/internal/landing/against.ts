/** What speaks against merging a pull request without a person, in the order in which it is told. */
import type { Situation, Step } from "../../LandingPolicy.ts";
import { isListed, some } from "./names.ts";
import { covered } from "./paths.ts";
import { isOnBase, isTheirs } from "./readiness.ts";
import { wait, type Wait } from "./wait.ts";

/** What is not the change that was asked for is not taken, whatever else is true of it. */
export const verified = (situation: Situation): Step | undefined => {
  const { options, view } = situation;
  const { base, changedFiles, head, url } = view;
  if (!isTheirs(view, options)) return { _tag: "Ask", question: ofWhom(situation) };
  if (!isOnBase(view, options)) {
    const wanted = options.base ?? "the default branch of the repository";
    if (situation.memory.wasOnBase) return moved(situation, wanted);
    const first = options.stackedOn === undefined ? "" : `, this one first on ${options.stackedOn}`;
    const message = `${url} is to be merged into ${base.branch}, and changes land on ${wanted}${first}: open it against that branch.`;
    return refuse(message, `base ${base.branch}`);
  }
  if (changedFiles > 0) return undefined;
  const message = `${url} changes nothing (no-change): push the change to ${head.branch}.`;
  return refuse(message, `${head.sha} is empty`);
};

/** No agent undoes what a person did. */
const moved = ({ memory, view }: Situation, wanted: string): Step => {
  const what = `given another base, ${view.base.branch}, and changes land on ${wanted}`;
  return memory.hasAsked
    ? wait(`it was ${what}`)
    : {
        _tag: "Ask",
        question: `${view.url} was ${what}. Give it that base again and decide wait; or decide relaunch or skip.`,
      };
};

const ofWhom = ({ options, view }: Situation): string => {
  const { author = "an account that is gone", url } = view;
  const why =
    options.authors === undefined ? "from a fork" : `, who is none of ${some(options.authors)}`;
  return `${url} was opened by ${author} ${why}. If it is meant, merge it by hand and decide wait; or decide relaunch or skip.`.replace(
    " ,",
    ",",
  );
};

const refuse = (message: string, obstacle: string): Step => ({
  _tag: "Refuse",
  isConflict: false,
  message,
  obstacle,
  texts: [],
});

/** Why people have to act first; undefined if nothing but its checks and reviews decides. */
export const againstMerging = (situation: Situation): Wait | undefined => {
  const { options, view } = situation;
  if (view.isDraft) return wait("it is a draft: it waits until somebody says that it is ready");
  const { stack } = situation;
  if (stack?.hasLanded === false) {
    return wait(`it stands on the change of ${stack.task}, which has not landed`);
  }
  if (options.mode === "manual") return wait(byPeople(situation));
  return held(situation) ?? earlier(situation) ?? protectedBy(situation) ?? pausedBy(situation);
};

/** An agent may name anything: what was there before it is for people to merge. */
const earlier = ({ isEarlier }: Situation): Wait | undefined =>
  isEarlier === true
    ? wait(
        "it was opened before the task began and does not close its issue: it waits for somebody to merge it",
      )
    : undefined;

/** The label that keeps it from being merged. */
export const holdLabel = ({ options, view }: Situation): string | undefined =>
  view.labels.find((label) => isListed(options.holdLabels, label));

export const held = (situation: Situation): Wait | undefined => {
  const label = holdLabel(situation);
  return label === undefined ? undefined : wait(`it has the label ${label}`);
};

const protectedBy = ({ options, view }: Situation): Wait | undefined => {
  if (options.protectedPaths.length === 0) return undefined;
  if (view.paths === undefined) {
    return wait(
      "not all of the files that it changes are known: it waits for somebody to merge it",
    );
  }
  const found = covered(options.protectedPaths, view.paths);
  return found.length === 0
    ? undefined
    : wait(`it changes ${some(found)}, which only people merge`);
};

const pausedBy = ({ options, view }: Situation): Wait | undefined =>
  options.pauseOnRedBase && view.base.checks === "failure"
    ? wait(`the checks of ${view.base.branch} fail: nothing is merged into it until they pass`)
    : undefined;

const byPeople = ({ view }: Situation): string => {
  if (view.autoMerge !== undefined) return "auto-merge is on: GitHub merges it when it may";
  if (view.queued !== undefined) return "it is in the merge queue";
  return view.review === "required" ? "it waits for a review" : "it waits for somebody to merge it";
};
