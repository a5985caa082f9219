/**
 * Finds git repositories inside a worktree whose content would vanish with it.
 *
 * Git takes up such a repository as a link to one of its commits (mode 160000),
 * never its files. A link is safe only where others can follow it: it is a
 * submodule that `.gitmodules` names, and its commit is on a remote.
 */
import * as Effect from "effect/Effect";
import { Git, GitError } from "../Git.ts";
import { listed } from "./PathList.ts";

/** The worktree to look at, with git in it. */
export interface Place {
  readonly path: string;
  /** The commit it started from. */
  readonly start: string;
  /** The arguments that keep git in this worktree. */
  readonly inside: (args: ReadonlyArray<string>) => ReadonlyArray<string>;
}

interface Link {
  readonly path: string;
  readonly commit: string;
  readonly isNew: boolean;
}

/** Fails if a repository is there that git cannot take up because it has no commits. */
export const refuseUnadded = Effect.fnUntraced(function* (place: Place) {
  const git = yield* Git;
  const args = ["ls-files", "--others", "--exclude-standard", "-z"];
  const listing = yield* git.text(place.path, place.inside(args));
  // Of the folders that are not tracked, git lists only repositories as a whole.
  const paths = listing.split("\0").filter((path) => path.endsWith("/"));
  if (paths.length > 0) return yield* nested(paths.map((path) => path.slice(0, -1)));
});

/** Fails if the index has links that nobody could follow once the worktree is gone. */
export const refuseLost = Effect.fnUntraced(function* (place: Place) {
  const links = yield* changedLinks(place);
  if (links.length === 0) return;
  const known = yield* submodules(place);
  const strangers = links.filter(({ path, isNew }) => isNew && !known.has(path));
  if (strangers.length > 0) return yield* nested(strangers.map(({ path }) => path));
  const unpublished = yield* Effect.filter(links, (link) => isOnlyHere(place, link));
  if (unpublished.length > 0) return yield* unpushed(unpublished.map(({ path }) => path));
});

const changedLinks = Effect.fnUntraced(function* (place: Place) {
  const git = yield* Git;
  const options = ["--raw", "-z", "--no-abbrev", "--no-renames", "--ignore-submodules=none"];
  const args = ["diff", "--cached", ...options, place.start];
  const fields = (yield* git.text(place.path, place.inside(args))).split("\0");
  const links: Array<Link> = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode, mode, , commit = ""] = fields[at]!.split(" ");
    if (mode !== "160000") continue;
    links.push({ path: fields[at + 1]!, commit, isNew: oldMode !== ":160000" });
  }
  return links;
});

/** The paths that `.gitmodules` names, as it is about to be committed. */
const submodules = Effect.fnUntraced(function* (place: Place) {
  const git = yield* Git;
  const args = [
    "config",
    "--blob",
    ":.gitmodules",
    "-z",
    "--get-regexp",
    "^submodule\\..*\\.path$",
  ];
  const { stdout } = yield* git.run(place.path, place.inside(args));
  return new Set(stdout.split("\0").map((entry) => entry.slice(entry.indexOf("\n") + 1)));
});

const isOnlyHere = Effect.fnUntraced(function* (place: Place, { path, commit }: Link) {
  const git = yield* Git;
  const folder = `${place.path}/${path}`;
  const prefix = yield* git.run(place.path, ["-C", folder, "rev-parse", "--show-prefix"]);
  // Not filled in: the commit was named without being made here.
  if (prefix.exitCode !== 0 || prefix.stdout !== "\n") return false;
  const args = ["for-each-ref", "--count=1", "--contains", commit, "refs/remotes"];
  const { exitCode, stdout } = yield* git.run(folder, args);
  return exitCode !== 0 || stdout === "";
});

const nested = (paths: ReadonlyArray<string>) =>
  new GitError({
    reason: "Failed",
    message:
      `The command left git repositories of its own inside its worktree, whose files cannot be part of its change: ${listed(paths)}. ` +
      "Remove the .git folder of each and add its files, or commit it as a submodule: git submodule add <url> <path>",
  });

const unpushed = (paths: ReadonlyArray<string>) =>
  new GitError({
    reason: "Failed",
    message:
      `The command left commits in submodules that are on no remote and so would be lost: ${listed(paths)}. ` +
      "Push them, or make the change without the submodule",
  });
