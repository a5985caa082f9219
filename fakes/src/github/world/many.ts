import * as Random from "../../shared/Random.ts";
import type { IssueInput, WorldInput } from "./input.ts";

/** How large a world is to be. */
export interface Many {
  /** Issues of `acme/shop`. */
  readonly issues: number;
  /** Pull requests mixed in; none by default. */
  readonly pulls?: number;
  /** Issues of `acme/other`, which some wait for; a tenth of the issues by default. */
  readonly others?: number;
  readonly seed?: number;
  /** Whether a board has all issues of the repository. */
  readonly board?: boolean;
}

const repo = "acme/shop";
const other = "acme/other";

/** A world with every kind of dependency and no cycle: an issue waits only for ones with lower numbers. */
export const many = ({
  issues,
  pulls = 0,
  others = Math.ceil(issues / 10),
  seed = 1,
  board = false,
}: Many): WorldInput => {
  const shop = Array.from({ length: issues + pulls }, (_, index) =>
    index < issues ? issueOf(index + 1, { seed, others }) : { pull: true as const },
  );
  const items = shop.slice(0, issues).map((_, index) => ({
    issue: `${repo}#${index + 1}`,
    values: valuesOf(index + 1, seed),
  }));
  return {
    users: ["operator", "member", "stranger"],
    orgs: [{ login: "acme", members: ["operator", "member"] }],
    repos: [
      {
        name: repo,
        permissions: { operator: "admin", member: "write" },
        milestones: ["v1", "v2"],
        issues: shop,
      },
      {
        name: other,
        issues: Array.from({ length: others }, (_, index) => ({
          state: index % 2 === 0 ? ("closed" as const) : ("open" as const),
        })),
      },
    ],
    ...(board ? { projects: [{ owner: "acme", title: "Plan", fields, items }] } : {}),
  };
};

const fields = {
  Status: ["Todo", "In Progress", "Done"],
  Priority: ["high", "normal", "low"],
  Estimate: "NUMBER",
} as const;

const valuesOf = (number: number, seed: number) => ({
  Status: fields.Status[Random.drawInt(0, 2, seed, "status", number)]!,
  Priority: fields.Priority[Random.drawInt(0, 2, seed, "priority", number)]!,
  Estimate: Random.drawInt(1, 8, seed, "estimate", number),
});

/** Nine kinds take turns, so that each is there as often as the others. */
const issueOf = (
  number: number,
  { seed, others }: { readonly seed: number; readonly others: number },
): IssueInput => {
  const earlier = (label: string) => Random.drawInt(1, number - 1, seed, label, number);
  const base: IssueInput = {
    title: `Task ${number}`,
    body: `What to do in ${number}.`,
    ...(Random.draw(seed, "closed", number) < 0.1 ? { state: "closed" } : {}),
  };
  if (number === 1) return base;
  switch (number % 9) {
    case 0:
      return { ...base, blockedBy: [`#${earlier("native")}`] };
    case 1:
      return { ...base, body: `${base.body}\n\nDepends on #${earlier("body")}` };
    case 2:
      return { ...base, labels: [`depends:issue-${earlier("label")}`] };
    case 3:
      return { ...base, parent: `#${earlier("parent")}` };
    case 4:
      return { ...base, comments: [`Blocked by: #${earlier("comment")}`, "And a word more."] };
    case 5:
      return others === 0
        ? base
        : { ...base, blockedBy: [`${other}#${Random.drawInt(1, others, seed, "other", number)}`] };
    case 6:
      return { ...base, milestone: number % 2 === 0 ? "v1" : "v2" };
    case 7:
      return others === 0
        ? base
        : {
            ...base,
            body: `Blocked by: ${other}#${Random.drawInt(1, others, seed, "far", number)}`,
          };
    default:
      return { ...base, author: "stranger", labels: ["priority:high"] };
  }
};
