/** A backlog by its seed: issues of three repositories on one board, with every kind of dependency, and what befalls each. */
import type { GitHub, Joined } from "@orchestrator/fakes";
import { draw } from "./draw.ts";

type World = NonNullable<GitHub.GitHubOptions["world"]>;
type Issue = NonNullable<NonNullable<World["repos"]>[number]["issues"]>[number];
type Opens = Extract<Joined.Opens, (ended: never) => unknown>;

/** What happens to one issue or its pull request, each to at most one. */
export type Fate =
  | "plain"
  /** The checks of its first head fail, whenever they run. */
  | "failing"
  /** Its check fails once, and passes when it runs again. */
  | "flaky"
  /** It changes a file that another one of its repository changes at the same time. */
  | "conflict"
  /** Its first agent run fails. */
  | "retried"
  /** A person merges it. */
  | "merged by hand"
  /** A person sets a label that holds it while GitHub waits for its checks, and takes it away later. */
  | "held"
  /** A person pushes to its head. */
  | "pushed"
  /** A person edits the comment about it. */
  | "edited"
  /** A person closes it as completed before its launch. */
  | "closed as done"
  /** A person closes it as not planned before its launch; nothing depends on it. */
  | "closed as dropped";

export interface Edge {
  /** Which waits. */
  readonly later: string;
  readonly earlier: string;
  readonly until: "agent-ended" | "pr-open" | "checks-green" | "merged";
}

export interface Backlog {
  readonly world: World;
  readonly issues: ReadonlyArray<string>;
  readonly edges: ReadonlyArray<Edge>;
  readonly fates: ReadonlyMap<string, Fate>;
  readonly opens: Opens;
}

/** GitHub merges what waits for checks, the run merges, a queue merges. */
const repositories = ["acme/shop", "acme/api", "acme/web"] as const;

/** Of ten issues, so many are in each repository in turn. */
const placeOf = (index: number): (typeof repositories)[number] =>
  repositories[[0, 1, 0, 0, 2, 1, 0, 2, 0, 1][index % 10] ?? 0]!;

interface Draft {
  readonly id: string;
  readonly repo: string;
  readonly index: number;
  readonly body: Array<string>;
  readonly front: Array<string>;
  readonly labels: Array<string>;
  readonly blockedBy: Array<string>;
  readonly subIssues: Array<string>;
  readonly comments: Array<string>;
  isChild: boolean;
}

/** As many issues as wanted, the same for the same seed. */
export const make = (seed: number, size: number): Backlog => {
  const random = (label: number) => draw(seed * 100_003 + label);
  const drafts = draftsOf(size);
  const edges = drafts.flatMap((later) => edgesOf(later, drafts, random));
  const fates = fatesOf(drafts, edges, random);
  return {
    world: worldOf(drafts),
    issues: drafts.map(({ id }) => id),
    edges,
    fates,
    opens: opensOf(fates),
  };
};

const draftsOf = (size: number): ReadonlyArray<Draft> => {
  const counts = new Map<string, number>();
  return Array.from({ length: size }, (_, index) => {
    const repo = placeOf(index);
    const number = (counts.get(repo) ?? 0) + 1;
    counts.set(repo, number);
    const empty = { body: [], front: [], labels: [], blockedBy: [], subIssues: [], comments: [] };
    return { id: `${repo}#${number}`, repo, index, ...structuredClone(empty), isChild: false };
  });
};

/** Up to two that come before it, each stated in another way. */
const edgesOf = (
  later: Draft,
  drafts: ReadonlyArray<Draft>,
  random: (label: number) => number,
): ReadonlyArray<Edge> => {
  const { index } = later;
  if (index < 4) return [];
  const count = [0, 1, 1, 2][Math.floor(random(index) * 4)] ?? 0;
  const edges = new Map<string, Edge>();
  for (let number = 0; number < count; number++) {
    const label = 1000 + index * 10 + number * 3;
    const earlier = drafts[Math.floor(random(label) * index)]!;
    if (edges.has(earlier.id)) continue;
    const until = state(later, earlier, Math.floor(random(label + 1) * 8));
    edges.set(earlier.id, { later: later.id, earlier: earlier.id, until });
  }
  return [...edges.values()];
};

/** States a dependency in one of eight ways; answers with its gate. */
const state = (later: Draft, earlier: Draft, way: number): Edge["until"] => {
  const { id } = earlier;
  switch (way) {
    case 0:
      later.body.push(`Depends on ${id}.`);
      return "merged";
    case 1:
      later.body.push("## Dependencies", "", `- [ ] ${id}`, "");
      return "merged";
    case 2:
      later.labels.push(`depends:${id}`);
      return "merged";
    case 3:
      later.blockedBy.push(id);
      return "merged";
    case 4:
      later.front.push(`  - task: ${id}`, "    until: agent-ended");
      return "agent-ended";
    case 5:
      later.body.push(`Blocked by: ${id} (until pr-open)`);
      return "pr-open";
    case 6:
      later.comments.push(`Needs ${id} until checks-green`);
      return "checks-green";
    default:
      // An issue has one parent at most.
      if (earlier.isChild) later.body.push(`Waits for ${id}`);
      else later.subIssues.push(id);
      earlier.isChild = true;
      return "merged";
  }
};

const wanted: ReadonlyArray<Fate> = [
  "conflict",
  "conflict",
  "closed as dropped",
  "closed as done",
  "failing",
  "flaky",
  "merged by hand",
  "held",
  "pushed",
  "edited",
  "retried",
  "failing",
];

const fatesOf = (
  drafts: ReadonlyArray<Draft>,
  edges: ReadonlyArray<Edge>,
  random: (label: number) => number,
): ReadonlyMap<string, Fate> => {
  const waits = new Set(edges.filter(({ until }) => until === "merged").map(({ later }) => later));
  const needed = new Set(edges.map(({ earlier }) => earlier));
  const fits = ({ id, index, repo }: Draft, fate: Fate): boolean => {
    switch (fate) {
      case "conflict":
        return index < 4 && repo === "acme/shop";
      case "closed as done":
        return waits.has(id);
      case "closed as dropped":
        return waits.has(id) && !needed.has(id);
      case "held":
        return repo === "acme/shop";
      default:
        return true;
    }
  };
  const fates = new Map<string, Fate>();
  for (const [number, fate] of wanted.entries()) {
    const free = drafts.filter((one) => !fates.has(one.id) && fits(one, fate));
    const chosen = free[Math.floor(random(5000 + number) * free.length)];
    if (chosen !== undefined) fates.set(chosen.id, fate);
  }
  return fates;
};

/** What the agents deliver. */
const opensOf = (fates: ReadonlyMap<string, Fate>): Opens => {
  const begun = new Set<string>();
  return ({ task }) => {
    const id = task ?? "";
    const isFirst = !begun.has(id);
    begun.add(id);
    const own = `changes/${id.replaceAll(/\W+/g, "-")}.txt`;
    switch (fates.get(id)) {
      case "failing":
        return { checks: [build(isFirst ? "failure" : "success")] };
      case "flaky":
        return isFirst ? { checks: [build(["failure", "success"])] } : {};
      case "held":
        return { checks: [{ ...build(), seconds: 60 }] };
      case "conflict":
        return { files: [own, "shared.txt"] };
      default:
        return {};
    }
  };
};

type Check = NonNullable<ReturnType<Opens>["checks"]>[number];

const build = (conclusion: NonNullable<Check["conclusion"]> = "success"): Check => ({
  name: "build",
  seconds: 12,
  conclusion,
  summary: "The build says what it found.",
});

const issueOf = ({ body, blockedBy, comments, front, id, labels, subIssues }: Draft): Issue => ({
  title: `Change of ${id}`,
  body: [...frontMatter(front), "Some words.", "", ...body].join("\n"),
  labels,
  blockedBy,
  subIssues,
  comments,
});

const frontMatter = (lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : ["---", "dependsOn:", ...lines, "---"];

const worldOf = (drafts: ReadonlyArray<Draft>): World => {
  const permissions = { operator: "admin", ada: "write", machine: "admin" } as const;
  const common = { permissions, checks: [build()] };
  const issuesOf = (name: string) => drafts.filter(({ repo }) => repo === name).map(issueOf);
  const [shop, api, web] = repositories;
  const checks = ["build"];
  const items = drafts.map(({ id }) => ({ issue: id, values: { Status: "Todo" } }));
  return {
    users: ["operator", "ada", { login: "machine", bot: true }],
    orgs: [{ login: "acme", members: ["operator", "ada", "machine"] }],
    repos: [
      { name: shop, ...common, protection: { main: { checks } }, issues: issuesOf(shop) },
      { name: api, ...common, merging: { auto: false }, issues: issuesOf(api) },
      { name: web, ...common, protection: { main: { checks, queue: 20 } }, issues: issuesOf(web) },
    ],
    projects: [{ owner: "acme", fields: { Status: ["Todo", "In Progress", "Done"] }, items }],
    tokens: [tokenOf("operator"), tokenOf("machine"), tokenOf("machine", "renewed")],
  };
};

const tokenOf = (user: string, token = user) => ({
  token,
  kind: "classic" as const,
  user,
  scopes: ["repo", "project"],
});

/** The repositories as Codegen knows them. */
export const codegenRepos = repositories.map((full_name, index) => ({
  id: 7001 + index,
  orgId: 1,
  full_name,
}));
