/** What may be landed, by whom and how: the policy of a team, as plain values. */

/** How a pull request becomes a part of its base. */
export type Method = "merge" | "squash" | "rebase";

/** What of a pull request goes back to its agent instead of waiting for people. */
export type Obstacle = "conflict" | "checks" | "reviews";

/** The policy as people state it; whatever is missing is as usual. */
export interface Given {
  /** `manual`: people merge. `auto`: what nothing speaks against is merged. */
  readonly mode?: "manual" | "auto" | undefined;
  readonly method?: Method | undefined;
  /** The branch that changes land on; absent: the default branch of the repository. */
  readonly base?: string | undefined;
  /** Labels of a pull request that keep it from being merged, in any spelling. */
  readonly holdLabels?: ReadonlyArray<string> | undefined;
  /** Globs of files that only people merge: `*` within a name, `**` across folders; a glob without a slash in any folder. */
  readonly protectedPaths?: ReadonlyArray<string> | undefined;
  /** Whether a draft reaches the gate `pr-open`. It is never merged: it waits until somebody says that it is ready. */
  readonly drafts?: boolean | undefined;
  /** Who may have opened the pull request; absent: everybody who can push to the repository itself. */
  readonly authors?: ReadonlyArray<string> | undefined;
  /** Which checks count: those that the base requires, or all there are; all also where it requires none. */
  readonly checks?: "required" | "all" | undefined;
  /** How long a head must be known before the checks that it has count as all there are. */
  readonly checksGraceSeconds?: number | undefined;
  /** Whether a failed check is run once more before it counts, once for each head. */
  readonly rerunFlaky?: boolean | undefined;
  /** Whether a branch that must be up to date is brought up to date, by a merge of its base. */
  readonly updateBehind?: boolean | undefined;
  readonly sendBack?: ReadonlyArray<Obstacle> | undefined;
  /** Whether nothing is merged while the checks of the base fail. */
  readonly pauseOnRedBase?: boolean | undefined;
}

/** The policy, whole. */
export interface LandingOptions {
  readonly mode: "manual" | "auto";
  readonly method: Method;
  readonly base: string | undefined;
  readonly holdLabels: ReadonlyArray<string>;
  readonly protectedPaths: ReadonlyArray<string>;
  readonly drafts: boolean;
  readonly authors: ReadonlyArray<string> | undefined;
  readonly checks: "required" | "all";
  readonly checksGraceSeconds: number;
  readonly rerunFlaky: boolean;
  readonly updateBehind: boolean;
  readonly sendBack: ReadonlyArray<Obstacle>;
  readonly pauseOnRedBase: boolean;
  /** Of one change: the branch of the change that it stands on, which is its base until that has landed. */
  readonly stackedOn?: string | undefined;
}

/** People merge; what stands in their way is put right meanwhile. */
export const defaults: LandingOptions = {
  mode: "manual",
  method: "squash",
  base: undefined,
  holdLabels: ["hold", "do-not-merge", "do not merge", "dont-merge", "wip", "blocked"],
  protectedPaths: [
    ".github/**",
    "CODEOWNERS",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "bun.lock",
    "bun.lockb",
    "deno.lock",
    "Cargo.lock",
    "go.sum",
    "poetry.lock",
    "uv.lock",
    "Pipfile.lock",
    "Gemfile.lock",
    "composer.lock",
  ],
  drafts: false,
  authors: undefined,
  checks: "required",
  checksGraceSeconds: 60,
  rerunFlaky: true,
  updateBehind: true,
  sendBack: ["conflict", "checks", "reviews"],
  pauseOnRedBase: true,
};

/** The defaults with what is stated in their place. */
export const make = (given: Given = {}): LandingOptions => {
  const stated = Object.fromEntries(Object.entries(given).filter(([, part]) => part !== undefined));
  return { ...defaults, ...stated };
};
