import { startChecks } from "./checks.ts";
import { emptyTree, type Commit, hashOf, type TreeEntry } from "./Git.ts";
import type { FileInput } from "./input.ts";
import type { Account, Repo } from "./model.ts";

/** What a push consists of. */
export interface Push {
  readonly files: ReadonlyArray<FileInput>;
  readonly message: string;
  readonly author: Account | null;
  readonly at: number;
  readonly parents: ReadonlyArray<string>;
  /** Chosen by the world; else it follows from the content. */
  readonly sha?: string;
}

/** Makes a commit of changed files; every push changes them to something new. */
export const commitFiles = (repo: Repo, push: Push): Commit => {
  const { git } = repo;
  const { files, message, author, at, parents, sha } = push;
  const parent = git.commits.get(parents[0] ?? "");
  const entries = files.flatMap((file) => entriesOf(repo, file, `${message} ${git.commits.size}`));
  const tree = git.tree(parent?.tree ?? emptyTree, entries);
  return git.commit({ tree, parents, message, author, at }, sha ?? hashOf(repo.id, push, tree));
};

const entriesOf = (repo: Repo, file: FileInput, content: string): ReadonlyArray<TreeEntry> => {
  const { path, previous, removed } =
    typeof file === "string" ? { path: file, previous: undefined, removed: false } : file;
  const common = { mode: "100644", type: "blob" };
  if (removed === true) return [{ ...common, path, sha: null }];
  const sha = repo.git.blob(`${path}: ${content}\n`);
  if (previous === undefined) return [{ ...common, path, sha }];
  return [
    { ...common, path: previous, sha: null },
    { ...common, path, sha, previous },
  ];
};

/** The repository's first commit, which every branch begins with. */
export const rootOf = (repo: Repo): string => {
  const known = repo.git.tip(repo.defaultBranch);
  if (known !== null) return known.sha;
  const { createdAt: at } = repo;
  const message = "Initial commit";
  const sha = hashOf("root", `${repo.owner.login}/${repo.name}`);
  const root = commitFiles(repo, {
    files: ["README.md"],
    message,
    author: null,
    at,
    parents: [],
    sha,
  });
  repo.git.refs.set(`refs/heads/${repo.defaultBranch}`, root.sha);
  return root.sha;
};

/** The tip of a branch, which begins at the default one when nobody pushed to it yet. */
export const tipOf = (repo: Repo, branch: string): string => {
  const known = repo.git.tip(branch);
  if (known !== null) return known.sha;
  const sha = rootOf(repo);
  repo.git.refs.set(`refs/heads/${branch}`, sha);
  return sha;
};

/** What the tip of a branch was at a moment. */
export const tipAt = (repo: Repo, branch: string, at: number): string => {
  let sha = tipOf(repo, branch);
  for (let commit = repo.git.commits.get(sha); commit !== undefined && commit.at > at;) {
    sha = commit.parents[0] ?? sha;
    commit = commit.parents.length === 0 ? undefined : repo.git.commits.get(sha);
  }
  return sha;
};

/** Moves a branch; where it is a base, its checks begin anew. */
export const moveBranch = (repo: Repo, branch: string, sha: string, at: number): void => {
  repo.git.refs.set(`refs/heads/${branch}`, sha);
  repo.movedAt.set(branch, at);
  const isBase = branch === repo.defaultBranch || repo.protections.has(branch);
  if (isBase) startChecks(repo, sha, repo.baseChecks, at);
};
