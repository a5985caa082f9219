/** What an assistant does only where the operator has allowed it: whatever costs money, decides or changes a run. */

export const names = [
  "run",
  "resume",
  "retry",
  "cancel",
  "decide",
  "add_task",
  "run_workflow",
] as const;

export type McpPermission = (typeof names)[number];

/** The word for all of them. */
export const all = "all";

/** The permissions that a list of words, separated by commas, names; undefined if one is none. */
export const parse = (text: string): ReadonlyArray<McpPermission> | undefined => {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  if (words.length === 1 && words[0] === all) return names;
  const found = words.flatMap((word) => names.find((name) => name === word) ?? []);
  return words.length > 0 && found.length === words.length ? found : undefined;
};
