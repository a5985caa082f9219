import type { ProtectionInput } from "./input.ts";
import type { Protection } from "./model.ts";

/** What a branch asks for, of what was written down; nothing else. */
export const toProtection = ({ queue = false, ...given }: ProtectionInput): Protection => {
  const rules = { checks: [], reviews: 0, upToDate: false, linear: false, dismissStale: false };
  const queueSeconds = queue === false ? null : queue === true ? 60 : queue;
  return { ...rules, ...given, queueSeconds };
};
