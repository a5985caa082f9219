/** Pull requests as views, for tests of the rules. */
import * as FastCheck from "fast-check";
import * as LandingOptions from "../../src/LandingOptions.ts";
import * as LandingPolicy from "../../src/LandingPolicy.ts";
import type { Check, PullRequestView } from "../../src/PullRequestView.ts";

/** An open pull request that nothing speaks against, with one required check that has passed. */
export const view = (told: Partial<PullRequestView> = {}): PullRequestView => ({
  id: "PR_7",
  repository: "acme/shop",
  number: 7,
  url: "https://github.com/acme/shop/pull/7",
  title: "Add a basket",
  author: "codegen-sh[bot]",
  state: "open",
  openedAt: Date.parse("2026-11-21T19:00:00Z"),
  endedAt: undefined,
  isDraft: false,
  head: { branch: "basket", sha: "a1b2c3d4e5" },
  isFromFork: false,
  base: { branch: "main", isDefault: true, tip: "ba5e", checks: "success" },
  fits: "yes",
  mergeState: "clean",
  review: "none",
  changesRequested: [],
  checks: [check("test")],
  labels: [],
  changedFiles: 1,
  paths: ["src/basket.ts"],
  autoMerge: undefined,
  switchedOff: undefined,
  hasQueue: false,
  queued: undefined,
  unqueued: undefined,
  mergeCommit: undefined,
  mergedBy: undefined,
  closedBy: undefined,
  allows: { autoMerge: true, methods: ["merge", "squash", "rebase"] },
  ...told,
});

/** A required check of GitHub Actions that has passed. */
export const check = (name: string, told: Partial<Check> = {}): Check => ({
  id: `CR_${name}`,
  name,
  state: "success",
  isRequired: true,
  url: `https://github.com/acme/shop/runs/${name}`,
  says: undefined,
  mark: `CR_${name} 1`,
  rerun: { of: "actions", number: 100 },
  ...told,
});

/** A request by somebody: a person, or this program's own app. */
export const person = { by: "ada", isPerson: true, isOurs: false, reason: undefined };
export const ourApp = { by: "us[bot]", isPerson: false, isOurs: true, reason: undefined };
/** The person whose token this program uses. */
export const owner = { by: "me", isPerson: true, isOurs: true, reason: undefined };

/** A situation in automatic mode, long after the head came. */
export const situation = (
  told: Partial<PullRequestView> = {},
  given: LandingOptions.Given = {},
  memory: Partial<LandingPolicy.Memory> = {},
): LandingPolicy.Situation => ({
  view: view(told),
  options: LandingOptions.make({ mode: "auto", ...given }),
  memory: { ...LandingPolicy.noMemory(0), now: 3_600_000, ...memory },
});

const { boolean, constantFrom, oneof, record, string, subarray, uniqueArray } = FastCheck;

/** Nearly always what speaks for a merge, so that one thing alone is often what speaks against it. */
const mostly = <A>(good: A, ...others: ReadonlyArray<A>): FastCheck.Arbitrary<A> =>
  oneof(
    { weight: 12, arbitrary: FastCheck.constant(good) },
    { weight: 1, arbitrary: constantFrom(...others) },
  );

const mostlyNone = <A>(others: FastCheck.Arbitrary<A>): FastCheck.Arbitrary<A | undefined> =>
  oneof({ weight: 15, arbitrary: FastCheck.constant(undefined) }, { weight: 1, arbitrary: others });

const anyCheck = record({
  name: constantFrom("lint", "test", "build"),
  state: mostly<Check["state"]>("success", "pending", "failure"),
  isRequired: boolean(),
  canRerun: boolean(),
}).map(({ canRerun, name, ...rest }) =>
  check(name, { ...rest, ...(canRerun ? {} : { rerun: undefined }) }),
);

const anyRequest = mostlyNone(constantFrom(person, ourApp, owner));

const anyReview = record({ isOfHead: boolean(), id: constantFrom("R_1", "R_2") }).map((told) => ({
  by: "grace",
  url: "https://github.com/acme/shop/pull/7#pullrequestreview-1",
  ...told,
}));

/** Any pull request, however odd. */
export const anyView: FastCheck.Arbitrary<PullRequestView> = record({
  state: mostly<PullRequestView["state"]>("open", "merged", "closed"),
  isDraft: mostly(false, true),
  isFromFork: mostly(false, true),
  author: mostly<string | undefined>("codegen-sh[bot]", "mallory", undefined),
  sha: constantFrom("a1", "b2"),
  isDefault: mostly(true, false),
  baseChecks: mostly<Check["state"] | undefined>("success", "pending", "failure", undefined),
  fits: mostly<PullRequestView["fits"]>("yes", "no", "unknown"),
  mergeState: oneof(
    constantFrom<PullRequestView["mergeState"]>("clean", "has-hooks", "unstable", "blocked"),
    constantFrom<PullRequestView["mergeState"]>("clean", "blocked"),
    constantFrom<PullRequestView["mergeState"]>("behind", "dirty", "draft", "unknown"),
  ),
  review: constantFrom<PullRequestView["review"]>("approved", "approved", "required", "none"),
  changesRequested: mostlyNone(FastCheck.array(anyReview, { minLength: 1, maxLength: 2 })),
  checks: uniqueArray(anyCheck, { maxLength: 3, selector: ({ name }) => name }),
  labels: mostly<ReadonlyArray<string>>(["feature"], ["hold"], ["feature", "Do-Not-Merge"]),
  changedFiles: mostly(3, 0),
  paths: mostly<ReadonlyArray<string> | undefined>(
    ["src/a.ts"],
    ["src/a.ts", ".github/workflows/ci.yml"],
    ["web/yarn.lock"],
    undefined,
  ),
  autoMerge: anyRequest,
  switchedOff: anyRequest,
  hasQueue: boolean(),
  queued: anyRequest.map((by) => (by === undefined ? undefined : { ...by, position: 1 })),
  unqueued: anyRequest,
  autoMergeAllowed: boolean(),
  methods: mostly(
    ["merge" as const, "squash" as const, "rebase" as const],
    ["squash" as const],
    [],
  ),
}).map(({ autoMergeAllowed, baseChecks, isDefault, methods, sha, ...rest }) =>
  view({
    ...rest,
    changesRequested: rest.changesRequested ?? [],
    review: rest.changesRequested === undefined ? rest.review : "changes-requested",
    head: { branch: "basket", sha },
    base: { branch: isDefault ? "main" : "old", isDefault, tip: "ba5e", checks: baseChecks },
    allows: { autoMerge: autoMergeAllowed, methods },
  }),
);

export const anyOptions: FastCheck.Arbitrary<LandingOptions.LandingOptions> = record({
  mode: mostly<LandingOptions.LandingOptions["mode"]>("auto", "manual"),
  method: constantFrom("merge" as const, "squash" as const, "rebase" as const),
  authors: constantFrom(undefined, ["Codegen-sh[bot]"]),
  checks: constantFrom("required" as const, "all" as const),
  rerunFlaky: boolean(),
  updateBehind: boolean(),
  sendBack: subarray(["conflict" as const, "checks" as const, "reviews" as const]),
  drafts: boolean(),
  pauseOnRedBase: boolean(),
}).map(LandingOptions.make);

export const anyMemory: FastCheck.Arbitrary<LandingPolicy.Memory> = record({
  now: mostly(3_600_000, 0, 30_000),
  since: FastCheck.constant(0),
  reruns: subarray(["lint", "test", "build"]).map(
    (names) => new Map(names.map((name) => [name, { mark: `CR_${name} 1`, at: 0 }])),
  ),
  autoMerge: constantFrom(undefined, undefined, "unavailable" as const, "unneeded" as const),
  isEnqueued: mostly(false, true),
  refusals: mostly(0, 4, 5),
  refusal: mostlyNone(string()),
  hasRequested: boolean(),
  hasWithdrawn: boolean(),
  hasAsked: boolean(),
  wasOnBase: boolean(),
});

export const anySituation: FastCheck.Arbitrary<LandingPolicy.Situation> = record({
  view: anyView,
  options: anyOptions,
  memory: anyMemory,
});
