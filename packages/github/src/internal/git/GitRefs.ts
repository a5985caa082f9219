import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type { GitHubClient } from "../../GitHubClient.ts";
import type { GitHubError } from "../../GitHubError.ts";
import { routeOf } from "../routeOf.ts";

/** A commit, as far as it matters here. */
export interface Commit {
  readonly sha: string;
  readonly message: string;
  /** When it was written, in milliseconds since the epoch: by GitHub's clock if nobody stated it. */
  readonly writtenAt: number;
}

/** How far two commits are from each other. */
export interface Comparison {
  readonly ahead: number;
  readonly behind: number;
}

const Ref = Schema.Struct({ object: Schema.Struct({ sha: Schema.String }) });
const Written = Schema.Struct({ sha: Schema.String });
const CommitAnswer = Schema.Struct({
  sha: Schema.String,
  message: Schema.String,
  committer: Schema.Struct({ date: Schema.String }),
});
const Repository = Schema.Struct({ default_branch: Schema.String });
const ComparisonAnswer = Schema.Struct({ ahead_by: Schema.Int, behind_by: Schema.Int });
const Nothing = Schema.Unknown;

const permission = { read: "Contents: read", write: "Contents: write" };

/** The refs of a repository and what they point at. Refs are named without `refs/`: `heads/main`. */
export class GitRefs {
  readonly repository: string;
  readonly #client: GitHubClient;
  readonly #place: { readonly owner: string; readonly repo: string };

  constructor(client: GitHubClient, repository: string) {
    this.repository = repository;
    this.#client = client;
    this.#place = routeOf(repository);
  }

  /** What a ref points at now; undefined if it is not there. */
  tip(ref: string): Effect.Effect<string | undefined, GitHubError> {
    const read = this.#client.get({
      what: this.#named(ref),
      operation: "git.getRef",
      permission: permission.read,
      route: "GET /repos/{owner}/{repo}/git/ref/{ref}",
      parameters: { ...this.#place, ref },
      schema: Ref,
    });
    return read.pipe(
      Effect.map(({ object }): string | undefined => object.sha),
      Effect.catchTag("NotFound", () => Effect.undefined),
    );
  }

  /** Makes a ref; refused (`Invalid`) if it is there already, wherever it points. */
  create(ref: string, sha: string): Effect.Effect<void, GitHubError> {
    return Effect.asVoid(
      this.#client.send({
        what: `creating ${this.#named(ref)}`,
        operation: "git.createRef",
        permission: permission.write,
        route: "POST /repos/{owner}/{repo}/git/refs",
        parameters: { ...this.#place, ref: `refs/${ref}`, sha },
        schema: Nothing,
      }),
    );
  }

  /** Moves a ref to a commit that stands on the one it points at; refused (`Invalid`) if it points elsewhere. */
  move(ref: string, sha: string): Effect.Effect<void, GitHubError> {
    return Effect.asVoid(
      this.#client.send({
        what: `moving ${this.#named(ref)}`,
        operation: "git.updateRef",
        permission: permission.write,
        route: "PATCH /repos/{owner}/{repo}/git/refs/{ref}",
        parameters: { ...this.#place, ref, sha, force: false },
        schema: Nothing,
      }),
    );
  }

  /** Deletes a ref, wherever it points. */
  remove(ref: string): Effect.Effect<void, GitHubError> {
    return Effect.asVoid(
      this.#client.send({
        what: `deleting ${this.#named(ref)}`,
        operation: "git.deleteRef",
        permission: permission.write,
        route: "DELETE /repos/{owner}/{repo}/git/refs/{ref}",
        parameters: { ...this.#place, ref },
        schema: Nothing,
      }),
    );
  }

  /** Reads a commit. */
  commit(sha: string): Effect.Effect<Commit, GitHubError> {
    const read = this.#client.get({
      what: `the commit ${sha} of ${this.repository}`,
      operation: "git.getCommit",
      permission: permission.read,
      route: "GET /repos/{owner}/{repo}/git/commits/{commit_sha}",
      parameters: { ...this.#place, commit_sha: sha },
      schema: CommitAnswer,
    });
    return Effect.map(read, toCommit);
  }

  /** Writes a commit that no ref points at yet, with GitHub's time. */
  write(
    message: string,
    tree: string,
    parents: ReadonlyArray<string>,
  ): Effect.Effect<Commit, GitHubError> {
    const written = this.#client.send({
      what: `a commit in ${this.repository}`,
      operation: "git.createCommit",
      permission: permission.write,
      route: "POST /repos/{owner}/{repo}/git/commits",
      parameters: { ...this.#place, message, tree, parents },
      schema: CommitAnswer,
    });
    return Effect.map(written, toCommit);
  }

  /** Writes a tree of one file; the same file gives the same tree. */
  tree(path: string, content: string): Effect.Effect<string, GitHubError> {
    const written = this.#client.send({
      what: `a tree in ${this.repository}`,
      operation: "git.createTree",
      permission: permission.write,
      route: "POST /repos/{owner}/{repo}/git/trees",
      parameters: { ...this.#place, tree: [{ path, mode: "100644", type: "blob", content }] },
      schema: Written,
    });
    return Effect.map(written, ({ sha }) => sha);
  }

  /** The name of the branch that people work from. */
  defaultBranch(): Effect.Effect<string, GitHubError> {
    const read = this.#client.get({
      what: `the repository ${this.repository}`,
      operation: "repos.get",
      permission: "Metadata: read",
      route: "GET /repos/{owner}/{repo}",
      parameters: this.#place,
      schema: Repository,
    });
    return Effect.map(read, ({ default_branch }) => default_branch);
  }

  /** How many commits `head` has that `base` has not, and the other way round. */
  compare(base: string, head: string): Effect.Effect<Comparison, GitHubError> {
    const read = this.#client.get({
      what: `how ${head} stands to ${base} in ${this.repository}`,
      operation: "repos.compareCommits",
      permission: permission.read,
      route: "GET /repos/{owner}/{repo}/compare/{basehead}",
      // What is compared is counted, not listed.
      parameters: { ...this.#place, basehead: `${base}...${head}`, per_page: 1 },
      schema: ComparisonAnswer,
    });
    return Effect.map(read, ({ ahead_by, behind_by }) => ({ ahead: ahead_by, behind: behind_by }));
  }

  /** The refs below a name, as `heads/a/b` is below `heads/a`. */
  below(ref: string): Effect.Effect<ReadonlyArray<string>, GitHubError> {
    const read = this.#client.get({
      what: `the refs of ${this.repository} below refs/${ref}`,
      operation: "git.listMatchingRefs",
      permission: permission.read,
      route: "GET /repos/{owner}/{repo}/git/matching-refs/{ref}",
      parameters: { ...this.#place, ref },
      schema: Schema.Array(Schema.Struct({ ref: Schema.String })),
    });
    return Effect.map(read, (refs) =>
      refs
        .map((found) => found.ref.replace(/^refs\//, ""))
        .filter((found) => found.startsWith(`${ref}/`)),
    );
  }

  #named(ref: string): string {
    return `refs/${ref} of ${this.repository}`;
  }
}

const toCommit = ({ committer, message, sha }: typeof CommitAnswer.Type): Commit => ({
  sha,
  message,
  writtenAt: Date.parse(committer.date),
});
