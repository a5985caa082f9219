/** Opens the pull request of a branch, once, however often it is asked for. */
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import type { GitHubClient } from "./GitHubClient.ts";
import type { GitHubError } from "./GitHubError.ts";
import { GitRefs } from "./internal/git/GitRefs.ts";
import { isPassing } from "./internal/landing/failures.ts";
import { routeOf } from "./internal/routeOf.ts";

/** A pull request that is to be there. */
export interface Wanted {
  /** `owner/repo`. */
  readonly repository: string;
  /** The branch with the change, in the same repository. */
  readonly branch: string;
  /** What the branch points at. */
  readonly commit: string;
  /** The branch that it is to be merged into (default: the repository's default branch). */
  readonly base?: string | undefined;
  readonly title: string;
  /** Markdown, with nothing in it that acts by itself but what is meant to. */
  readonly body: string;
}

/** A pull request that is there. */
export interface Opened {
  readonly number: number;
  /** Where people see it. */
  readonly url: string;
  /** False if it was there already. */
  readonly isNew: boolean;
}

/**
 * Finds the pull request of the branch, or opens it.
 *
 * One that is open is the one. One that was merged or closed is, too, if it ended with the same
 * commit; with another one it was of earlier work. GitHub takes no second open one of a branch, so
 * that after an answer that was lost it may be asked again.
 */
export const ensure: (client: GitHubClient, wanted: Wanted) => Effect.Effect<Opened, GitHubError> =
  Effect.fn("PullRequestOpening.ensure")(function* (client, wanted) {
    const known = yield* find(client, wanted);
    if (known !== undefined) return known;
    const base = wanted.base ?? (yield* new GitRefs(client, wanted.repository).defaultBranch());
    const orFound = Effect.catch(create(client, wanted, base), (refusal) =>
      Effect.filterOrFail(
        find(client, wanted),
        (found) => found !== undefined,
        () => refusal,
      ),
    );
    return yield* Effect.retry(orFound, { while: mayPass, schedule: patience });
  });

/** A list may be behind: what GitHub says is there already will appear. */
const mayPass = (error: GitHubError): boolean =>
  (isPassing(error) && error._tag !== "RateLimited") ||
  (error._tag === "Invalid" && /already exists/i.test(error.message));

const patience = Schedule.upTo(Schedule.exponential("1 second"), { times: 4 });

/** Whether GitHub refuses a pull request because the branch has nothing that its base has not. */
export const isEmpty = (error: GitHubError): boolean =>
  error._tag === "Invalid" && /no commits between/i.test(error.message);

const Listed = Schema.Struct({
  number: Schema.Int,
  html_url: Schema.String,
  state: Schema.String,
  head: Schema.Struct({ ref: Schema.String, sha: Schema.String }),
});

const find = Effect.fnUntraced(function* (client: GitHubClient, wanted: Wanted) {
  const { branch, commit, repository } = wanted;
  const { owner, repo } = routeOf(repository);
  const pages = client.pages({
    what: `the pull requests of ${branch} in ${repository}`,
    operation: "pulls.list",
    permission: "Pull requests: read",
    route: "GET /repos/{owner}/{repo}/pulls",
    parameters: { owner, repo, head: `${owner}:${branch}`, state: "all", per_page: 100 },
    schema: Schema.Array(Listed),
  });
  const listed = (yield* Stream.runCollect(Stream.take(pages, 1))).flat();
  const own = listed.filter(({ head }) => head.ref === branch);
  const one =
    own.find(({ state }) => state === "open") ?? own.find(({ head }) => head.sha === commit);
  return one && ({ number: one.number, url: one.html_url, isNew: false } satisfies Opened);
});

const Created = Schema.Struct({ number: Schema.Int, html_url: Schema.String });

const create = (client: GitHubClient, wanted: Wanted, base: string) => {
  const { body, branch, repository, title } = wanted;
  const { owner, repo } = routeOf(repository);
  const sent = client.send({
    what: `a pull request of ${branch} in ${repository}`,
    operation: "pulls.create",
    permission: "Pull requests: write",
    route: "POST /repos/{owner}/{repo}/pulls",
    parameters: { owner, repo, head: branch, base, title, body },
    schema: Created,
  });
  return Effect.map(sent, ({ html_url: url, number }): Opened => ({ number, url, isNew: true }));
};
