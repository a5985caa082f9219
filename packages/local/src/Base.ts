/**
 * The branch that attempts start from and changes land on.
 *
 * A branch that nobody has checked out is moved directly. If somebody has it
 * checked out, moving it would make their files look as if they took the new
 * work back, so the run works on a branch of its own, made from it as soon as
 * work needs it, and people take the work over when they like. A run that has
 * begun one goes on with it, and makes it again where it was if it is deleted.
 * Only with `updateCheckout`, and only if the checkout is completely clean, is
 * the checkout moved along.
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schedule from "effect/Schedule";
import * as Semaphore from "effect/Semaphore";
import { Git, GitError } from "./Git.ts";
import * as Branch from "./internal/Branch.ts";
import * as LandedWork from "./internal/LandedWork.ts";
import { wordForShell } from "./plan/ShellQuoting.ts";
import { integrationBranch } from "./RunFolder.ts";

/** Which branch of which repository, and what may be touched. */
export interface BaseOptions {
  readonly run: string;
  /** A folder in the repository. */
  readonly repository: string;
  /** The branch to land on; absent: the one that is checked out in `repository`. */
  readonly branch?: string | undefined;
  /** Whether a completely clean checkout of the branch may be moved along. */
  readonly updateCheckout?: boolean | undefined;
  /**
   * The commits with which work of the run has landed so far, in any order;
   * absent: the run is new. They have to be on the branch.
   */
  readonly landed?: ReadonlyArray<string> | undefined;
}

/** The branch of this run, and what guards it. */
export class Base extends Context.Service<
  Base,
  {
    /** The root of the working tree, or the folder of a bare repository. */
    readonly repository: string;
    /** The branch that work lands on. */
    readonly branch: string;
    /** The branch that was asked for; differs from `branch` if that one is checked out. */
    readonly requested: string;
    /** The clean checkout that moves along with the branch. */
    readonly checkout: string | undefined;
    /**
     * The command with which a person takes the work over, if it is not where it
     * was asked to be. It names the checkout of the base and works in any folder.
     */
    readonly takeOver: string | undefined;
    /** The commit that the branch points to now. Makes the run's own branch if it is not there. */
    readonly tip: Effect.Effect<string, GitError>;
    /** Takes note of a commit that the branch was moved to. */
    readonly moved: (commit: string) => Effect.Effect<void>;
    /** Held by whoever adds or removes worktrees: git does not lock that for us. */
    readonly writes: Semaphore.Semaphore;
  }
>()("@orchestrator/local/Base") {
  /** The base branch of a repository as a layer; fails as `make` does. */
  static readonly layer = (options: BaseOptions): Layer.Layer<Base, GitError, Git> =>
    Layer.effect(Base, make(options));
}

/** Finds out where the work of a run lands. */
export const make = Effect.fn("Base.make")(function* (options: BaseOptions) {
  const git = yield* Git;
  const { commit: found, repository, requested } = yield* search(options);
  const integration = integrationBranch(options.run);
  // What the run has landed there is to stay together, whatever is checked out by now.
  const begun = yield* Branch.tipOf(repository, integration);
  const start = found ?? (yield* absent(repository, requested, begun, options.landed));

  const occupants = yield* checkouts(repository);
  const occupant = occupants.get(requested);
  const follows =
    occupant !== undefined && options.updateCheckout === true && (yield* isClean(occupant));
  const landed = options.landed ?? [];
  const known = begun ?? (yield* lostBranch(repository, requested, start, landed));
  const own = known !== undefined || (occupant !== undefined && !follows);
  const branch = own ? integration : requested;
  const tip = known === undefined ? start : yield* Branch.create(repository, branch, known);
  const checkout = occupants.get(branch);
  yield* LandedWork.check({ repository, branch, checkout, tip }, landed);

  return Base.of({
    repository,
    branch,
    requested,
    checkout: follows && !own ? occupant : undefined,
    takeOver: own ? takeOver(repository, occupant, requested, branch) : undefined,
    ...tracked(repository, branch, own, tip, git),
    writes: yield* Semaphore.make(1),
  });
});

/** Finds the branch that was asked for, and the commit it points to; makes nothing. */
export const find = Effect.fn("Base.find")(function* (options: Asked) {
  const { commit, repository, requested } = yield* search(options);
  if (commit === undefined) return yield* yield* Branch.missing(repository, requested);
  return { commit, repository, requested };
});

type Asked = Pick<BaseOptions, "repository" | "branch">;

const search = Effect.fnUntraced(function* (options: Asked) {
  yield* checkVersion(options.repository);
  const repository = yield* root(options.repository);
  const requested = options.branch ?? (yield* current(repository));
  yield* checkRoomForBranches(repository);
  return { commit: yield* Branch.tipOf(repository, requested), repository, requested };
});

/** Fails because the branch that was asked for is not there; a run that was there before is told its last commit. */
const absent = Effect.fnUntraced(function* (
  repository: string,
  requested: string,
  begun: string | undefined,
  landed: ReadonlyArray<string> | undefined,
) {
  if (landed === undefined) return yield* yield* Branch.missing(repository, requested);
  const last = begun ?? (yield* LandedWork.newest(repository, landed));
  return yield* Branch.gone(repository, requested, last);
});

/**
 * Where the run's own branch was before it was deleted, if it had one: work has
 * landed that is not on the branch asked for, and never was.
 */
const lostBranch = Effect.fnUntraced(function* (
  repository: string,
  requested: string,
  start: string,
  landed: ReadonlyArray<string>,
) {
  const commit = yield* LandedWork.newest(repository, landed, start);
  if (commit === undefined) return undefined;
  return (yield* LandedWork.wasOn(repository, requested, commit)) ? undefined : commit;
});

/** The tip of the branch, which outlives the branch: only that of the run itself is made again. */
const tracked = (
  repository: string,
  branch: string,
  own: boolean,
  tip: string,
  git: Git["Service"],
): Pick<Base["Service"], "tip" | "moved"> => {
  let last = tip;
  const moved = (commit: string) => Effect.sync(() => void (last = commit));
  const here = Effect.gen(function* () {
    const found = yield* Branch.tipOf(repository, branch);
    if (found !== undefined) return found;
    if (!own) return yield* Branch.gone(repository, branch, last);
    return yield* Branch.create(repository, branch, last);
  });
  return { moved, tip: Effect.tap(here, moved).pipe(Effect.provideService(Git, git)) };
};

const takeOver = (
  repository: string,
  checkout: string | undefined,
  requested: string,
  branch: string,
) => {
  const merge = `git -C ${wordForShell(checkout ?? repository)} merge ${wordForShell(branch)}`;
  if (checkout !== undefined) return merge;
  return `git -C ${wordForShell(repository)} checkout ${wordForShell(requested)} && ${merge}`;
};

/** Git stumbles over a worktree that another git is making or removing at that moment. */
const halfMade = {
  times: 100,
  schedule: Schedule.spaced("50 millis"),
  while: ({ message }: GitError) => message.includes("failed to read"),
};

/** What git lists of its worktrees, as its porcelain with NUL. */
export const worktrees = Effect.fnUntraced(function* (repository: string) {
  const git = yield* Git;
  const listing = git.text(repository, ["worktree", "list", "--porcelain", "-z"]);
  return yield* Effect.retry(listing, halfMade);
});

/** The branches that are checked out, each with the folder where. */
export const checkouts = Effect.fnUntraced(function* (repository: string) {
  const listing = yield* worktrees(repository);
  const found = new Map<string, string>();
  for (const entry of listing.split("\0\0")) {
    const lines = entry.split("\0");
    const folder = lines.find((line) => line.startsWith("worktree "))?.slice(9);
    const branch = lines.find((line) => line.startsWith("branch refs/heads/"))?.slice(18);
    const gone = lines.some((line) => line === "prunable" || line.startsWith("prunable "));
    if (folder !== undefined && branch !== undefined && !gone) found.set(branch, folder);
  }
  return found;
});

const isClean = Effect.fnUntraced(function* (folder: string) {
  const git = yield* Git;
  return (yield* git.text(folder, ["status", "--porcelain", "-z"])) === "";
});

const minimum = [2, 38] as const;

/** Fails unless git is new enough for landing. */
export const checkVersion = Effect.fn("Base.checkVersion")(function* (folder: string) {
  const git = yield* Git;
  const answer = yield* git.text(folder, ["version"]);
  const [, major, minor] = /(\d+)\.(\d+)/.exec(answer) ?? [];
  const older =
    Number(major) < minimum[0] || (Number(major) === minimum[0] && Number(minor) < minimum[1]);
  if (older) {
    return yield* new GitError({
      reason: "TooOld",
      message: `Landing needs git ${minimum.join(".")} or newer; found ${answer}. Update git, or use isolation: none`,
    });
  }
});

const root = Effect.fnUntraced(function* (folder: string) {
  const git = yield* Git;
  const bare = yield* git.run(folder, ["rev-parse", "--is-bare-repository"]);
  const answer =
    bare.exitCode !== 0
      ? bare
      : yield* git.run(folder, [
          "rev-parse",
          bare.stdout.trim() === "true" ? "--absolute-git-dir" : "--show-toplevel",
        ]);
  if (answer.exitCode === 0) return answer.stdout.replace(/\n$/, "");
  const unknown = answer.stderr.includes("not a git repository");
  return yield* new GitError({
    reason: "NotARepository",
    message: unknown
      ? `${folder} is not in a git repository. Run git init and commit something, or use isolation: none`
      : `${folder} cannot be used as a git repository: ${answer.stderr.trim()}`,
  });
});

const current = Effect.fnUntraced(function* (repository: string) {
  const git = yield* Git;
  const head = yield* git.run(repository, ["symbolic-ref", "--quiet", "--short", "HEAD"]);
  if (head.exitCode === 0) return head.stdout.replace(/\n$/, "");
  return yield* new GitError({
    reason: "DetachedHead",
    message: `No branch is checked out in ${repository} (HEAD is detached). Check one out, or name it: base: main`,
  });
});

/** A branch called `orchestrator` leaves no room for `orchestrator/<run>/<task>`. */
const checkRoomForBranches = Effect.fnUntraced(function* (repository: string) {
  if ((yield* Branch.tipOf(repository, "orchestrator")) === undefined) return;
  return yield* new GitError({
    reason: "BranchExists",
    message:
      "A branch called orchestrator exists, so that orchestrator/<run>/<task> cannot be made. " +
      "Rename it: git branch -m orchestrator another-name",
  });
});
