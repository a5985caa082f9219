/**
 * Where an attempt begins whose work goes to a branch of another repository: at that branch, if an
 * earlier attempt left work there, with the newest of its base merged into it; else at the base.
 *
 * Files on which both differ get git's conflict markers, so that an agent which may only edit can
 * put them right. Nothing is rewritten: what stands on the branch stays.
 */
import * as Effect from "effect/Effect";
import { Git, refused } from "./Git.ts";

/** A commit to begin at. */
export interface AttemptStart {
  readonly commit: string;
  /** The files in which the branch and its base differ; those that are text have conflict markers. */
  readonly conflicts: ReadonlyArray<string>;
}

/** The branch with its base merged into it. Both commits must be in the repository. */
export const continued = Effect.fn("AttemptStart.continued")(function* (
  repository: string,
  branch: { readonly name: string; readonly tip: string },
  base: { readonly name: string; readonly tip: string },
) {
  const git = yield* Git;
  const isAncestor = ["merge-base", "--is-ancestor", base.tip, branch.tip];
  if ((yield* git.run(repository, isAncestor)).exitCode === 0) {
    return { commit: branch.tip, conflicts: [] } satisfies AttemptStart;
  }
  const labels = [branch.tip, base.tip];
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", ...labels];
  const answer = yield* git.run(repository, args);
  const [tree = "", ...conflicts] = answer.stdout.split("\0").filter((part) => part !== "");
  if (answer.exitCode > 1 || tree === "") return yield* refused(args, answer);
  const message = `Merge ${base.name} into ${branch.name}`;
  const parents = ["-p", branch.tip, "-p", base.tip];
  const commit = yield* git.text(repository, ["commit-tree", tree, ...parents, "-m", message]);
  return { commit, conflicts } satisfies AttemptStart;
});

/**
 * How such a marker begins: longer where attributes say so, and with the end of the line that the
 * file has.
 */
const marker = "^<{7,} ([0-9a-f]{40}|[0-9a-f]{64})[[:space:]]*$";

/** The files of a commit in which conflict markers of such a merge are left. */
export const unresolved = Effect.fn("AttemptStart.unresolved")(function* (
  repository: string,
  commit: string,
) {
  const git = yield* Git;
  // As text, whatever attributes say: git merges files that it shows no difference of, too.
  const args = ["grep", "--text", "--no-color", "-l", "-z", "-E", marker, commit, "--"];
  const answer = yield* git.run(repository, args);
  if (answer.exitCode > 1) return yield* refused(args, answer);
  const files = answer.stdout.split("\0").filter((part) => part !== "");
  return files.map((file) => file.slice(commit.length + 1));
});
