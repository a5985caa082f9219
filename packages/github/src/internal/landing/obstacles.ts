/** What an agent can put right: conflicts, failed checks, reviews that ask for changes. */
import type { Obstacle } from "../../LandingOptions.ts";
import type { Situation, Step } from "../../LandingPolicy.ts";
import type { ChangesRequested, Check } from "../../PullRequestView.ts";
import { held } from "./against.ts";
import { some } from "./names.ts";
import { failing, pending } from "./readiness.ts";
import { wait } from "./wait.ts";

/** One obstacle: a sentence, what it is known by, and whose words belong to it. */
interface Part {
  readonly kind: Obstacle;
  readonly message: string;
  readonly obstacle: string;
  readonly texts: ReadonlyArray<string>;
}

/** What is to be done about what stands in the way; undefined if nothing does. */
export const obstacles = (situation: Situation): Step | undefined => {
  const parts = [conflict(situation), failure(situation), review(situation)].filter(
    (part) => part !== undefined,
  );
  const stop = held(situation);
  if (parts.length > 0 && stop !== undefined) return stop;
  const ours = parts.filter(({ kind }) => situation.options.sendBack.includes(kind));
  if (ours.length > 0) return refusal(ours);
  if (parts.length > 0)
    return wait(`${parts.map(({ message }) => message).join(" ")} People put it right.`);
  return stillFailing(situation) ?? stillRequested(situation);
};

const refusal = (parts: ReadonlyArray<Part>): Step => ({
  _tag: "Refuse",
  isConflict: parts.some(({ kind }) => kind === "conflict"),
  message: parts.map(({ message }) => message).join(" "),
  obstacle: parts.map(({ obstacle }) => obstacle).join("; "),
  texts: parts.flatMap(({ texts }) => texts),
});

const conflict = ({ view }: Situation): Part | undefined => {
  if (view.fits !== "no" && view.mergeState !== "dirty") return undefined;
  const { branch, tip } = view.base;
  return {
    kind: "conflict",
    message: `${view.url} conflicts with ${branch}: bring the branch ${view.head.branch} up to date with it and resolve the conflicts.`,
    obstacle: `conflict with ${tip ?? branch}`,
    texts: [],
  };
};

/** Checks that failed for good: all have ended, and whatever can be run again was. */
const failure = (situation: Situation): Part | undefined => {
  const failed = failing(situation);
  if (failed.length === 0 || pending(situation).length > 0) return undefined;
  if (failed.every((check) => mayRerun(situation, check))) return undefined;
  const { head, url } = situation.view;
  const names = failed.map(({ name }) => name).toSorted();
  return {
    kind: "checks",
    message: `Checks of ${url} fail at ${head.sha.slice(0, 7)}: ${some(failed.map(described), 20)}.`,
    obstacle: `${head.sha} ${names.join(", ")}`,
    texts: failed.flatMap(({ id }) => id ?? []),
  };
};

/** A line that a check writes about itself may be as long as it likes. */
const longestLine = 200;

const described = ({ name, says, url }: Check): string => {
  const line = says === undefined ? [] : [`(${says.slice(0, longestLine)})`];
  return [name, ...line, ...(url === undefined ? [] : [url])].join(" ");
};

const mayRerun = ({ memory, options }: Situation, { name, rerun }: Check): boolean =>
  options.rerunFlaky && rerun !== undefined && !memory.reruns.has(name);

/** A review of an older head waits for its author, not for the agent. */
const review = ({ view }: Situation): Part | undefined => {
  const present = view.changesRequested.filter(({ isOfHead }) => isOfHead);
  if (present.length === 0) return undefined;
  return {
    kind: "reviews",
    message: `${some(namesOf(present))} asked for changes in ${view.url}: ${present.map(({ url }) => url).join(" ")}.`,
    obstacle: `review ${present
      .map(({ id }) => id)
      .toSorted()
      .join(", ")}`,
    texts: present.map(({ id }) => id),
  };
};

const namesOf = (requests: ReadonlyArray<ChangesRequested>): ReadonlyArray<string> => [
  ...new Set(requests.map(({ by }) => by ?? "A reviewer")),
];

const stillFailing = (situation: Situation): Step | undefined => {
  const failed = failing(situation);
  if (failed.length === 0) return undefined;
  const open = pending(situation);
  if (open.length === 0) return held(situation) ?? { _tag: "Rerun", checks: failed };
  const names = (checks: ReadonlyArray<Check>) => some(checks.map(({ name }) => name));
  return wait(`${names(failed)} failed; the other checks have not ended: ${names(open)}`, true);
};

const stillRequested = ({ view }: Situation): Step | undefined => {
  if (view.review !== "changes-requested") return undefined;
  const names = namesOf(view.changesRequested);
  const who = names.length === 0 ? "a reviewer" : some(names);
  return wait(`it waits for ${who} to look at it again`);
};
