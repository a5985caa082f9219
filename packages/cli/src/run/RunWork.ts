/**
 * The work of a run that lies in its own worktrees and branches: what of it is
 * also elsewhere, so that nothing is lost with them.
 */
import { Git, RunFolder } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as SafeFile from "./SafeFile.ts";

export interface Branch {
  readonly name: string;
  readonly commit: string;
}

export interface RunWork {
  readonly branches: ReadonlyArray<Branch>;
  /** Folders that git knows as worktrees. */
  readonly worktrees: ReadonlyArray<string>;
  /** What would be lost, as people understand it; empty if everything is elsewhere too. */
  readonly unmerged: ReadonlyArray<string>;
  /** Branches of the run that somebody has checked out elsewhere: they stay, whatever is asked. */
  readonly inUse: ReadonlyArray<string>;
}

const none: RunWork = { branches: [], worktrees: [], unmerged: [], inUse: [] };

/** Branches of other runs do not count: they are removed one day, too. */
const own = "refs/heads/orchestrator/";

/** Looks through the branches of a run in the repository of a project, and the worktrees in its folder. */
export const find = Effect.fn("RunWork.find")(function* (
  root: string,
  folder: string,
  run: string,
) {
  const git = yield* Git.Git;
  const path = yield* Path.Path;
  const isRepository = git.run(root, ["rev-parse", "--git-dir"]);
  if ((yield* isRepository).exitCode !== 0) return none;
  const branches = yield* branchesOf(root, run);
  const all = yield* worktreesOf(root);
  const home = path.join(folder, "worktrees");
  const isOwn = (tree: Tree) => path.dirname(tree.folder) === home;
  const worktrees = all.filter(isOwn).map((tree) => tree.folder);
  const taken = all.filter((tree) => !isOwn(tree)).map(({ branch }) => branch);
  const work = [
    ...(yield* Effect.filter(branches, ({ commit }) => isOnlyHere(root, commit))).map(
      ({ commit, name }) => `branch ${name} (${commit.slice(0, 9)})`,
    ),
    ...(yield* Effect.filter(yield* foldersIn(home), (tree) => hasWork(root, tree))).map(
      (tree) => `worktree ${tree}`,
    ),
  ];
  const inUse = branches.map(({ name }) => name).filter((name) => taken.includes(name));
  return { branches, worktrees, unmerged: work, inUse } satisfies RunWork;
});

/** Removes worktrees and branches, as they were found; a branch that moved since then stays and fails. */
export const remove = Effect.fn("RunWork.remove")(function* (root: string, work: RunWork) {
  const git = yield* Git.Git;
  const fs = yield* FileSystem.FileSystem;
  for (const worktree of work.worktrees) {
    // Git refuses one without its .git, but forgets one that is not there.
    const removing = fs.remove(worktree, { recursive: true, force: true });
    yield* Effect.mapError(removing, SafeFile.failed(worktree));
    yield* git.text(root, ["worktree", "remove", "--force", "--force", worktree]);
  }
  for (const { commit, name } of work.branches) {
    if (work.inUse.includes(name)) continue;
    yield* git.text(root, ["update-ref", "-d", `refs/heads/${name}`, commit]);
  }
});

const branchesOf = Effect.fnUntraced(function* (root: string, run: string) {
  const git = yield* Git.Git;
  const prefix = `${own}${RunFolder.slug(run)}/`;
  const format = "--format=%(objectname) %(refname)";
  const text = yield* git.text(root, ["for-each-ref", format, prefix]);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Branch => {
      const [commit = "", name = ""] = line.split(" ");
      return { commit, name: name.slice("refs/heads/".length) };
    });
});

interface Tree {
  readonly folder: string;
  readonly branch: string | undefined;
}

const worktreesOf = Effect.fnUntraced(function* (root: string) {
  const git = yield* Git.Git;
  const text = yield* git.text(root, ["worktree", "list", "--porcelain", "-z"]);
  return text.split("\0\0").map((part): Tree => {
    const lines = part.split("\0");
    const value = (key: string) =>
      lines.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1);
    return { folder: value("worktree") ?? "", branch: value("branch")?.slice(11) };
  });
});

/** Whether no branch or tag of people, here or at a remote, has a commit. */
const isOnlyHere = Effect.fnUntraced(function* (root: string, commit: string) {
  const git = yield* Git.Git;
  const places = ["refs/heads", "refs/remotes", "refs/tags"];
  const args = ["for-each-ref", "--format=%(refname)", "--contains", commit, ...places];
  const found = (yield* git.text(root, args)).split("\n");
  return found.every((name) => name === "" || name.startsWith(own));
});

const foldersIn = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const names = yield* Effect.orElseSucceed(fs.readDirectory(folder), () => []);
  return names.map((name) => path.join(folder, name));
});

/** Whether a worktree has anything that is in no commit elsewhere; what cannot be told counts as work. */
const hasWork = Effect.fnUntraced(function* (root: string, folder: string) {
  const git = yield* Git.Git;
  // Without a .git of its own, git would answer for the repository around it.
  const top = yield* git.run(folder, ["rev-parse", "--show-toplevel"]);
  if (top.exitCode !== 0 || top.stdout.trimEnd() !== folder) return true;
  const changes = yield* git.run(folder, ["status", "--porcelain", "--ignore-submodules=none"]);
  if (changes.exitCode !== 0 || changes.stdout !== "") return true;
  const head = yield* git.run(folder, ["rev-parse", "--verify", "HEAD^{commit}"]);
  return head.exitCode !== 0 || (yield* isOnlyHere(root, head.stdout.trimEnd()));
});
