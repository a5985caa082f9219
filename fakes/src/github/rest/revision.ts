import { refuse } from "../refusals.ts";
import type { Commit } from "../world/Git.ts";
import type { Repo } from "../world/model.ts";
import type { Endpoint, RepoRequest } from "./Request.ts";

/** The commit that a branch, a ref or a sha means. */
export const commitOf = (repo: Repo, revision: string): Commit | null =>
  repo.git.tip(revision) ??
  repo.git.tip(revision.replace(/^heads\//, "")) ??
  repo.git.commits.get(repo.git.refs.get(revision) ?? revision) ??
  null;

/** An endpoint of one commit by `{ref}`. */
export const onCommit =
  (act: (request: RepoRequest, commit: Commit) => ReturnType<Endpoint>): Endpoint =>
  (request) => {
    const { repo, reading } = request;
    const ref = String(reading.values["ref"] ?? reading.values["commit_sha"]);
    const commit = commitOf(repo, ref);
    return commit === null ? refuse(422, `No commit found for SHA: ${ref}`) : act(request, commit);
  };
