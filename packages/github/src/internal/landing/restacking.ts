/** What is done about a pull request that stands on another one, before anything else is. */
import type { Footing, Situation, Step } from "../../LandingPolicy.ts";
import { held } from "./against.ts";
import { isOnLandingBranch } from "./readiness.ts";

/** What the change below asks for; undefined if nothing, or that it is waited for. */
export const restacking = (situation: Situation): Step | undefined => {
  const { stack } = situation;
  if (stack === undefined) return undefined;
  if (stack.against !== undefined) return unsupported(situation, stack.against);
  if (!stack.hasLanded) return undefined;
  const step = restacked(situation, stack);
  return step === undefined ? undefined : (held(situation) ?? step);
};

const unsupported = (
  { view }: Situation,
  { message, obstacle, reason }: NonNullable<Footing["against"]>,
): Step => {
  const said = `${view.url}: ${message}`;
  return reason === "Undecided" || obstacle === undefined
    ? { _tag: "Ask", question: said }
    : { _tag: "Refuse", isConflict: false, message: said, obstacle, texts: [] };
};

/** The change below has landed: on its base instead, with what is there by now. */
const restacked = ({ options, view }: Situation, stack: Footing): Step | undefined => {
  if (!isOnLandingBranch(view, options)) return { _tag: "Retarget", to: options.base };
  const isWanted = options.updateBehind && !stack.isUpToDate && view.fits !== "no";
  return isWanted ? { _tag: "Update", sha: view.head.sha } : undefined;
};
