/** The branch that is the base of a run, and what to do when it is not there. */
import * as Effect from "effect/Effect";
import { Git, GitError, refused } from "../Git.ts";
import { wordForShell } from "../plan/ShellQuoting.ts";

/** The commit that a name stands for, if there is one. */
export const resolve = Effect.fnUntraced(function* (repository: string, name: string) {
  const git = yield* Git;
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`];
  const answer = yield* git.run(repository, args);
  return answer.exitCode === 0 ? answer.stdout.trim() : undefined;
});

/** The commit at the tip of a branch, if the branch is there. */
export const tipOf = (repository: string, branch: string) =>
  resolve(repository, `refs/heads/${branch}`);

/** Makes a branch unless there is one by now; answers with its tip. */
export const create = Effect.fnUntraced(function* (
  repository: string,
  branch: string,
  commit: string,
) {
  const git = yield* Git;
  // With an empty old value git makes the branch only if there is none.
  const args = ["update-ref", `refs/heads/${branch}`, commit, ""];
  const answer = yield* git.run(repository, args);
  const tip = yield* tipOf(repository, branch);
  return tip ?? (yield* refused(args, answer));
});

/** The error of a branch that was there before; `commit` is the last one known of it. */
export const gone = (repository: string, branch: string, commit: string | undefined): GitError => {
  const again = `git -C ${wordForShell(repository)} branch ${wordForShell(branch)}`;
  const advice =
    commit === undefined
      ? `Make it again where it was: ${again} <commit>`
      : `Make it again at the last commit that is known of it: ${again} ${commit}`;
  return new GitError({
    reason: "MissingBranch",
    message: `The base branch ${branch} of the run is gone from ${repository}. ${advice}`,
  });
};

/** The error of a branch that a new run was to start from. */
export const missing = Effect.fnUntraced(function* (repository: string, branch: string) {
  const git = yield* Git;
  const args = ["for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads"];
  const names = yield* git.text(repository, args);
  if (names === "") {
    return new GitError({
      reason: "NoCommits",
      message: `The repository ${repository} has no commits to start from. Make one: git commit --allow-empty -m "Start"`,
    });
  }
  const remote = yield* resolve(repository, `refs/remotes/origin/${branch}`);
  return new GitError({
    reason: "MissingBranch",
    message:
      `The base branch ${branch} does not exist in ${repository}; ${peoples(names)}. ` +
      (remote === undefined
        ? "Name one of them with base:"
        : `Make it from the remote one: git branch ${branch} origin/${branch}`),
  });
});

/** The branches of runs are no base for another one. */
const peoples = (names: string): string => {
  const found = names.split("\n").filter((name) => !name.startsWith("orchestrator/"));
  return found.length === 0 ? "there is none" : `there are: ${found.slice(0, 20).join(", ")}`;
};
