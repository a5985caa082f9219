/**
 * A git worktree with a branch of its own, for one attempt.
 *
 * Commands may do anything in it, even remove its `.git`. Everything done here
 * names the worktree's own git folder, so that git never falls back to the
 * repository around it.
 */
import type { Agent, Task } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Schedule from "effect/Schedule";
import { type Base, worktrees } from "./Base.ts";
import { Git, GitError, refused } from "./Git.ts";
import * as Branch from "./internal/Branch.ts";
import * as NestedRepositories from "./internal/NestedRepositories.ts";
import { listed } from "./internal/PathList.ts";
import * as Subject from "./internal/Subject.ts";
import { wordForShell } from "./plan/ShellQuoting.ts";

/** One worktree. */
export interface Worktree {
  readonly path: string;
  /** Git's own folder for it. */
  readonly gitDir: string;
  readonly branch: string;
  /** The commit it started from. */
  readonly start: string;
}

type BaseOf = Base["Service"];

/** How long a git whose starter was killed may still be at work: 5 seconds. */
const patience = { times: 100, schedule: Schedule.spaced("50 millis") };

/**
 * Adds a worktree with a new branch from the present tip of the base, or from elsewhere.
 *
 * `announce` hears which commit that is when nothing is in the way, before
 * anything is made, so that what is half made can be told from what others made.
 */
export const add = Effect.fn("Worktree.add")(function* <E = never, R = never>(
  base: BaseOf,
  path: string,
  branch: string,
  announce: (start: string) => Effect.Effect<void, E, R> = () => Effect.void,
  startFrom?: Agent.StartFrom,
) {
  const git = yield* Git;
  yield* checkFree(base, path, branch);
  const start = startFrom === undefined ? yield* base.tip : yield* startOf(base, startFrom);
  yield* announce(start);
  const args = ["worktree", "add", "--quiet", "--no-track", "-b", branch, path, start];
  const answer = yield* base.writes.withPermit(git.run(base.repository, args));
  if (answer.exitCode !== 0) {
    return yield* answer.stderr.includes("already exists")
      ? alreadyThere(branch, path, answer.stderr)
      : refused(args, answer);
  }
  const gitDir = yield* git.text(path, ["rev-parse", "--absolute-git-dir"]);
  return { path, gitDir, branch, start } satisfies Worktree;
});

/** Where work on top of a change begins: at that change, or at the base as soon as it is part of that. */
const startOf = Effect.fnUntraced(function* (base: BaseOf, { change, task }: Agent.StartFrom) {
  const git = yield* Git;
  const { branch, commit } = change;
  const name = commit ?? (branch === undefined ? undefined : `refs/heads/${branch}`);
  const found = name === undefined ? undefined : yield* Branch.resolve(base.repository, name);
  if (found === undefined) {
    return yield* new GitError({
      reason: "Failed",
      message: `The change of ${task}, on which the work is to stand, is not in ${base.repository} (${name ?? "its branch is not known"}). Fetch it, or remove stack from the dependency.`,
    });
  }
  const tip = yield* base.tip;
  const args = ["merge-base", "--is-ancestor", found, tip];
  return (yield* git.run(base.repository, args)).exitCode === 0 ? tip : found;
});

/**
 * Removes a worktree, whole or half made, in which nothing was ever started.
 * Fails if its branch has moved, because then somebody works with it, and if git
 * is not done with it.
 */
export const removeUnused = Effect.fn("Worktree.removeUnused")(function* (
  base: BaseOf,
  { branch, path, start }: Pick<Worktree, "path" | "branch" | "start">,
) {
  const git = yield* Git;
  if (yield* isStillMade(base, path)) {
    return yield* new GitError({
      reason: "Failed",
      message: `Git still makes the worktree ${path} for a process that is gone. Wait for it, or remove what it left: git worktree remove --force --force ${wordForShell(path)}`,
    });
  }
  const commit = yield* commitOf(base, branch);
  if (commit !== undefined && commit !== start) {
    return yield* alreadyThere(branch, path, `it has moved from ${start} to ${commit}`);
  }
  yield* remove(base, { path, branch }, { keepBranch: false });
  yield* base.writes.withPermit(git.run(base.repository, ["worktree", "prune"]));
});

/**
 * Commits whatever the command left uncommitted, and says what there is to land.
 *
 * The processes of the command must be gone. Fails if its work cannot be part
 * of a change; the worktree then still has it.
 */
export const collect = Effect.fn("Worktree.collect")(function* (
  worktree: Worktree,
  message: string,
) {
  const git = yield* Git;
  const at = (args: ReadonlyArray<string>) => git.text(worktree.path, inside(worktree, args));
  yield* removeLocks(worktree);
  const unmerged = yield* at(["diff", "--name-only", "--diff-filter=U", "-z"]);
  if (unmerged !== "") {
    const paths = unmerged.split("\0").filter((path) => path !== "");
    return yield* new GitError({
      reason: "Failed",
      message: `The command left an unfinished merge with conflicts in ${listed(paths)}.`,
    });
  }
  yield* addAll(worktree);
  const staged = yield* git.run(
    worktree.path,
    inside(worktree, ["diff", "--cached", "--quiet", "--no-ext-diff"]),
  );
  if (staged.exitCode !== 0) {
    yield* at(["commit", "--quiet", "--no-verify", "--allow-empty-message", "-m", message]);
  }
  const commit = yield* at(["rev-parse", "--verify", "HEAD^{commit}"]);
  if (commit === worktree.start) return undefined;
  // A command may have left the worktree on a branch of its own.
  yield* git.text(
    worktree.path,
    inside(worktree, ["update-ref", `refs/heads/${worktree.branch}`, commit]),
  );
  return { branch: worktree.branch, commit, base: worktree.start } satisfies Agent.Change;
});

/** Removes the worktree and, unless it is to stay, its branch. Repeating it does no harm. */
export const remove = Effect.fn("Worktree.remove")(function* (
  base: BaseOf,
  worktree: Pick<Worktree, "path" | "branch">,
  options: { readonly keepBranch: boolean },
) {
  const git = yield* Git;
  const fs = yield* FileSystem.FileSystem;
  const args = ["worktree", "remove", "--force", "--force", worktree.path];
  yield* base.writes.withPermit(
    Effect.gen(function* () {
      const answer = yield* git.run(base.repository, args);
      if (answer.exitCode !== 0) {
        // Git refuses what a command damaged; with the folder gone it forgets its own part.
        yield* Effect.ignore(fs.remove(worktree.path, { recursive: true, force: true }));
        yield* git.run(base.repository, args);
      }
      if (!options.keepBranch) yield* deleteBranch(base.repository, worktree.branch);
    }),
  );
});

/** Deletes a branch, if given only while it still points to `commit`. */
export const deleteBranch = Effect.fnUntraced(function* (
  repository: string,
  branch: string,
  commit?: string,
) {
  const git = yield* Git;
  const expected = commit === undefined ? [] : [commit];
  yield* git.run(repository, ["update-ref", "-d", `refs/heads/${branch}`, ...expected]);
});

/** The subject of a commit or merge for a task: its title and id on one line, about 100 characters. */
export const describe = (task: Task.Task): string => Subject.make(task.title, task.id);

const locks = ["index.lock", "HEAD.lock"];

/** Lets a git finish whose starter was killed; a lock that stays after some seconds was left behind. */
export const waitForLocks = Effect.fnUntraced(function* ({ gitDir }: Worktree) {
  const fs = yield* FileSystem.FileSystem;
  const isLocked = Effect.map(
    Effect.forEach(locks, (name) =>
      Effect.orElseSucceed(fs.exists(`${gitDir}/${name}`), () => false),
    ),
    (found) => found.includes(true),
  );
  yield* Effect.repeat(isLocked, { ...patience, while: (locked: boolean) => locked });
});

/** What a killed git left behind, and nobody holds any more. */
const removeLocks = Effect.fnUntraced(function* ({ gitDir }: Worktree) {
  const fs = yield* FileSystem.FileSystem;
  for (const name of locks) {
    // Git says better than we could what is wrong with a lock that stays.
    yield* Effect.ignore(fs.remove(`${gitDir}/${name}`, { force: true }));
  }
});

const addAll = Effect.fnUntraced(function* (worktree: Worktree) {
  const git = yield* Git;
  const place = {
    path: worktree.path,
    start: worktree.start,
    inside: (args: ReadonlyArray<string>) => inside(worktree, args),
  };
  const args = ["add", "--all"];
  const answer = yield* git.run(worktree.path, inside(worktree, args));
  if (answer.exitCode !== 0) {
    yield* NestedRepositories.refuseUnadded(place);
    return yield* refused(args, answer);
  }
  yield* NestedRepositories.refuseLost(place);
});

const inside = (worktree: Worktree, args: ReadonlyArray<string>) => [
  `--git-dir=${worktree.gitDir}`,
  `--work-tree=${worktree.path}`,
  ...args,
];

const commitOf = Effect.fnUntraced(function* (base: BaseOf, branch: string) {
  const git = yield* Git;
  const args = ["rev-parse", "--verify", "--quiet", `refs/heads/${branch}^{commit}`];
  const answer = yield* git.run(base.repository, args);
  return answer.exitCode === 0 ? answer.stdout.trim() : undefined;
});

const checkFree = Effect.fnUntraced(function* (base: BaseOf, path: string, branch: string) {
  const fs = yield* FileSystem.FileSystem;
  if ((yield* commitOf(base, branch)) !== undefined) {
    return yield* alreadyThere(branch, path, `a branch named '${branch}' already exists`);
  }
  const entries = yield* Effect.orElseSucceed(fs.readDirectory(path), () => []);
  if (entries.length > 0) return yield* alreadyThere(branch, path, `'${path}' already exists`);
});

/** Git marks a worktree while it makes it; it goes on when whoever started it is killed, and is waited for. */
const isStillMade = Effect.fnUntraced(function* (base: BaseOf, path: string) {
  const isBeingMade = worktrees(base.repository).pipe(
    Effect.map((listing) =>
      listing
        .split("\0\0")
        .map((entry) => entry.split("\0"))
        .some((lines) => lines[0] === `worktree ${path}` && lines.includes("locked initializing")),
    ),
  );
  yield* Effect.repeat(isBeingMade, { ...patience, while: (making: boolean) => making });
  return yield* isBeingMade;
});

const alreadyThere = (branch: string, path: string, words: string) =>
  new GitError({
    reason: "BranchExists",
    message:
      `The branch ${branch} or the folder ${path} exists already (${words.trim()}). ` +
      `If an earlier run left them: git worktree remove --force ${wordForShell(path)}; git branch -D ${wordForShell(branch)}`,
  });
