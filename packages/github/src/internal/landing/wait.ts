import type { Step } from "../../LandingPolicy.ts";

export type Wait = Extract<Step, { readonly _tag: "Wait" }>;

/** Nothing is to be done; `why` is a sentence about the pull request without its end. */
export const wait = (why: string, isSoon = false): Wait => ({ _tag: "Wait", why, isSoon });
