/**
 * The services of the demo on GitHub: a small GitHub and a small Codegen on this machine.
 *
 * They are the fakes that the tests work with. Whoever needs this module imports
 * it when it is needed: it is large, and nothing but the demo needs it.
 */
import { Clock, Joined } from "@orchestrator/fakes";
import type { Outcome } from "./GitHubDemoText.ts";

export type Services = Joined.Joined;

/** The repository whose issues are worked on. */
export const repository = "acme/shop";

/** A repository with issues, some of which wait for others. */
const issues = [
  {
    title: "Store products and their prices",
    body: "A product has a name, a price and a stock.",
  },
  { title: "Show the list of products", body: "Cheap ones first.\n\nDepends on #1" },
  { title: "Put products into a basket", body: "Depends on #1", labels: ["priority:high"] },
  { title: "Write the terms of sale", body: "One page, in plain words." },
  { title: "Pay for a basket", body: "By card and by invoice.", blockedBy: ["#3"] },
  { title: "Send receipts by mail", body: "Blocked by: #1" },
  { title: "Open the shop", body: "Depends on #2, #4, #5 and #6" },
];

/** The issue whose first change does not pass its checks. */
const corrected = `${repository}#3`;

const tests = { name: "tests", seconds: 15 };

const failed = {
  ...tests,
  conclusion: "failure",
  summary: "basket.test.js: an empty basket costs 0, got undefined.",
} as const;

const permissions = { operator: "admin" } as const;

/** How to set up both; time passes `factor` times as fast for them. */
const options = (factor: number): Joined.JoinedOptions => ({
  clock: Clock.real({ factor }),
  codegen: {
    script: { fallback: { seconds: [20, 40], result: "Done, with tests." } },
    repos: [{ id: 7001, orgId: 1, full_name: repository }],
  },
  github: {
    world: {
      users: ["operator"],
      orgs: [{ login: "acme", members: ["operator"] }],
      repos: [{ name: repository, permissions, issues, checks: [tests] }],
      tokens: [{ token: "demo", user: "operator", kind: "classic", scopes: ["repo", "project"] }],
    },
  },
  opens: [
    { match: { task: corrected, attempt: 1 }, opens: { checks: [failed] } },
    { match: { task: corrected }, opens: { checks: [tests] } },
  ],
});

/** Starts both on loopback; whoever starts them closes them. */
export const start = (factor: number): Promise<Services> => Joined.make(options(factor));

/** What is on GitHub now. */
export const outcome = ({ github, opened }: Services): Outcome => {
  const pushes = opened();
  const names = issues.map((_, index) => `${repository}#${index + 1}`);
  const labels = names.flatMap((name) => github.judge.labelsOf(name));
  return {
    merges: github.judge.merges().map(({ pull }) => {
      const own = pushes.filter((one) => one.pull === pull);
      const issue = own[0]?.task ?? "";
      const title = github.world.issue(issue)?.title ?? "";
      return { pull, issue, title, corrections: Math.max(0, own.length - 1) };
    }),
    issues: names.length,
    closed: names.filter((name) => github.world.issue(name)?.isOpen === false).length,
    labels: counted(labels.filter((label) => label.startsWith("status:"))),
    comments: names.flatMap((name) => github.judge.commentsOf(name)).length,
  };
};

const counted = (texts: ReadonlyArray<string>): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
};
