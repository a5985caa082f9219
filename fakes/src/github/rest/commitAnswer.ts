import type { Commit, FileChange } from "../world/Git.ts";
import type { Account, Repo } from "../world/model.ts";
import { fullName } from "../world/World.ts";
import { type Place, toText } from "./place.ts";
import { userOrNull } from "./userAnswer.ts";

/** The author of a commit, as git has one. */
export const personOf = (author: Account | null, at: number) => ({
  name: author?.login ?? "somebody",
  email: `${author?.login ?? "somebody"}@users.noreply.github.com`,
  date: toText(at),
});

const verification = {
  verified: false,
  reason: "unsigned",
  signature: null,
  payload: null,
  verified_at: null,
};

const webOf = ({ web }: Place, repo: Repo, sha: string): string =>
  `${web}/${fullName(repo)}/commit/${sha}`;

/** A commit as `git-commit`. */
export const gitCommitAnswer = (place: Place, repo: Repo, commit: Commit) => {
  const base = `${place.api}/repos/${fullName(repo)}/git`;
  const { sha, tree, parents, message, author, at } = commit;
  return {
    sha,
    node_id: `C_${sha}`,
    url: `${base}/commits/${sha}`,
    html_url: webOf(place, repo, sha),
    author: personOf(author, at),
    committer: personOf(author, at),
    tree: { sha: tree, url: `${base}/trees/${tree}` },
    message,
    parents: parents.map((parent) => ({
      sha: parent,
      url: `${base}/commits/${parent}`,
      html_url: webOf(place, repo, parent),
    })),
    verification,
  };
};

/** A commit as `commit`. */
export const commitAnswer = (place: Place, repo: Repo, commit: Commit) => {
  const base = `${place.api}/repos/${fullName(repo)}`;
  const { sha, tree, parents, message, author, at } = commit;
  const url = `${base}/commits/${sha}`;
  return {
    url,
    sha,
    node_id: `C_${sha}`,
    html_url: webOf(place, repo, sha),
    comments_url: `${url}/comments`,
    commit: {
      url: `${base}/git/commits/${sha}`,
      author: personOf(author, at),
      committer: personOf(author, at),
      message,
      comment_count: 0,
      tree: { sha: tree, url: `${base}/git/trees/${tree}` },
      verification,
    },
    author: userOrNull(place, author),
    committer: userOrNull(place, author),
    parents: parents.map((parent) => ({
      sha: parent,
      url: `${base}/commits/${parent}`,
      html_url: webOf(place, repo, parent),
    })),
  };
};

/** A changed file as `diff-entry`. */
export const fileAnswer = (place: Place, repo: Repo, sha: string, change: FileChange) => {
  const { path, status, previous, blob } = change;
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  const web = `${place.web}/${fullName(repo)}`;
  const [additions, deletions] = status === "removed" ? [0, 1] : [1, status === "added" ? 0 : 1];
  return {
    sha: blob,
    filename: path,
    status,
    additions,
    deletions,
    changes: additions + deletions,
    blob_url: `${web}/blob/${sha}/${encoded}`,
    raw_url: `${web}/raw/${sha}/${encoded}`,
    contents_url: `${place.api}/repos/${fullName(repo)}/contents/${encoded}?ref=${sha}`,
    ...(previous === undefined ? {} : { previous_filename: previous }),
  };
};
