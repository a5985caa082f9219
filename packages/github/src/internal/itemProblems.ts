import type { BacklogProblem } from "../GitHubPlan.ts";
import type { Unusable } from "../IssueFacts.ts";

const shownTitles = 3;
const longestTitle = 60;

const words: { readonly [Kind in Unusable["kind"]]: { one: string; many: string; hint: string } } =
  {
    draft: { one: "draft", many: "drafts", hint: "Convert drafts to issues to run them." },
    redacted: {
      one: "item that the token may not see",
      many: "items that the token may not see",
      hint: "Let the token read the repositories of all items.",
    },
    "pull-request": {
      one: "pull request",
      many: "pull requests",
      hint: "Only issues become tasks.",
    },
    archived: {
      one: "archived item",
      many: "archived items",
      hint: "Restore items on the board to run them.",
    },
  };

/** One line for each kind of thing that a source holds and that can become no task. */
export const itemProblems = (unusable: ReadonlyArray<Unusable>): ReadonlyArray<BacklogProblem> => {
  const groups = new Map<string, Array<Unusable>>();
  for (const item of unusable) {
    const key = `${item.kind} ${item.source}`;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(item);
  }
  return [...groups.values()].map((group) => ({
    kind: "UnusableItem",
    tasks: [],
    message: messageOf(group),
  }));
};

const messageOf = (group: ReadonlyArray<Unusable>): string => {
  const { kind, source } = group[0]!;
  const { hint, many, one } = words[kind];
  const titles = group.flatMap(({ title }) => (title === undefined ? [] : [shortened(title)]));
  const rest = titles.length - shownTitles;
  const shown = titles.slice(0, shownTitles).join(", ");
  const names = titles.length === 0 ? "" : ` (${shown}${rest > 0 ? ` and ${rest} more` : ""})`;
  return `${source}: ${group.length} ${group.length === 1 ? one : many}${names} left out. ${hint}`;
};

const shortened = (title: string): string => {
  const line = title.replace(/\s+/g, " ").trim();
  const cut = line.length > longestTitle ? `${line.slice(0, longestTitle - 1)}…` : line;
  return `"${cut}"`;
};
