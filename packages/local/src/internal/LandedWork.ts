/**
 * Whether the work that a run has landed is still on the branch where it belongs.
 *
 * People may delete the branch or move it back while nobody works on the run.
 * Tasks that start from there would miss what they depend on.
 */
import * as Effect from "effect/Effect";
import { Git, GitError } from "../Git.ts";
import { wordForShell } from "../plan/ShellQuoting.ts";

/** Arguments of one git command: far below what any system takes. */
const atOnce = 1000;

/**
 * The newest of some commits that another one does not contain; without that
 * one, the newest of all. Each is a merge on top of those before it.
 */
export const newest = Effect.fnUntraced(function* (
  repository: string,
  landed: ReadonlyArray<string>,
  tip?: string,
) {
  let found: string | undefined;
  const without = tip === undefined ? [] : [`^${tip}`];
  for (let at = 0; at < landed.length; at += atOnce) {
    const commits = [...landed.slice(at, at + atOnce), ...(found === undefined ? [] : [found])];
    found = yield* youngest(repository, [...commits, ...without]);
  }
  return found;
});

const youngest = Effect.fnUntraced(function* (repository: string, names: ReadonlyArray<string>) {
  const git = yield* Git;
  // In this order nothing comes before what is built on it.
  const args = ["rev-list", "--topo-order", "--max-count=1", "--end-of-options", ...names, "--"];
  const answer = yield* git.run(repository, args);
  if (answer.exitCode === 0) return answer.stdout.trim() || undefined;
  return yield* new GitError({
    reason: "Failed",
    message:
      `Work that the run has landed is not in ${repository} any more: ${answer.stderr.trim()}. ` +
      "Fetch it from a clone that has it, or start the plan anew.",
  });
});

/** Whether a branch is known to have pointed to a commit. */
export const wasOn = Effect.fnUntraced(function* (
  repository: string,
  branch: string,
  commit: string,
) {
  const git = yield* Git;
  const args = ["rev-list", "--walk-reflogs", `refs/heads/${branch}`, "--"];
  const answer = yield* git.run(repository, args);
  return answer.stdout.split("\n").includes(commit);
});

/** Fails if a branch at `tip` does not contain all that the run has landed on it, saying how to bring it back. */
export const check = Effect.fnUntraced(function* (
  { branch, checkout, repository, tip }: Place,
  landed: ReadonlyArray<string>,
) {
  const commit = yield* newest(repository, landed, tip);
  if (commit === undefined) return;
  const git = yield* Git;
  const args = ["merge-base", "--is-ancestor", tip, commit];
  const isBehind = (yield* git.run(repository, args)).exitCode === 0;
  const advice = advise({ branch, checkout, repository, tip }, commit, isBehind);
  return yield* new GitError({
    reason: "Failed",
    message: `The branch ${branch} does not contain the commit ${commit}, which the run has landed on it. ${advice}`,
  });
});

interface Place {
  readonly repository: string;
  readonly branch: string;
  /** Where the branch is checked out, if it is. */
  readonly checkout: string | undefined;
  readonly tip: string;
}

const advise = ({ branch, checkout, repository }: Place, commit: string, isBehind: boolean) => {
  const at = (folder: string, words: string) => `git -C ${wordForShell(folder)} ${words}`;
  const name = wordForShell(branch);
  if (checkout !== undefined) return `Merge it there: ${at(checkout, `merge ${commit}`)}`;
  if (isBehind) return `Move it there: ${at(repository, `branch -f ${name} ${commit}`)}`;
  const steps = [`checkout ${name}`, `merge ${commit}`, "checkout -"];
  return `Both have work of their own; merge it: ${steps.map((step) => at(repository, step)).join(" && ")}`;
};
