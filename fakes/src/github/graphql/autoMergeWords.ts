/** The service's refusals to merge by itself, by the names that faults give them. A JSON array in a text, as it comes. */
export const autoMergeWords: Readonly<Record<string, string>> & {
  readonly "auto-merge-disallowed": string;
  readonly "auto-merge-unprotected": string;
} = {
  "auto-merge-clean": '["Pull request Pull request is in clean status"]',
  "auto-merge-unstable": '["Pull request Pull request is in unstable status"]',
  "auto-merge-unprotected":
    '["Pull request Protected branch rules not configured for this branch"]',
  "auto-merge-disallowed": '["Pull request Auto merge is not allowed for this repository"]',
  "auto-merge-hyphen": '["Pull request Auto-merge is not allowed for this repository"]',
};
