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

/** A pull request of a branch. */
export interface Found {
  readonly number: number;
  /** Where people see it. */
  readonly url: string;
}

/** A pull request that is there. */
export interface Opened extends Found {
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

/** A pull request that can be merged. */
export interface Open extends Found {
  /** The branch that it is to be merged into. */
  readonly base: string;
}

/** The open pull requests of a branch: one for each base at most, the newest first. */
export const openOf: (
  client: GitHubClient,
  place: Place,
) => Effect.Effect<ReadonlyArray<Open>, GitHubError> = Effect.fn("PullRequestOpening.openOf")(
  function* (client, place) {
    return (yield* listed(client, place))
      .filter(({ state }) => state === "open")
      .map(({ base, html_url: url, number }) => ({ number, url, base: base.ref }))
      .toSorted((one, other) => other.number - one.number);
  },
);

/**
 * The pull request by which a commit of the branch was merged: it ended with that, or with what
 * somebody put on top of it. Of those that ended with another commit only the newest is looked at.
 */
export const mergedOf: (
  client: GitHubClient,
  place: Place & Pick<Wanted, "commit">,
) => Effect.Effect<Found | undefined, GitHubError> = Effect.fn("PullRequestOpening.mergedOf")(
  function* (client, place) {
    const merged = (yield* listed(client, place))
      .filter(({ merged_at: at }) => typeof at === "string")
      .toSorted((one, other) => other.number - one.number);
    const same = merged.find(({ head }) => head.sha === place.commit);
    const [newest] = merged;
    if (newest === undefined) return undefined;
    const one = same ?? ((yield* contains(client, place, newest.head.sha)) ? newest : undefined);
    return one && { number: one.number, url: one.html_url };
  },
);

/** Whether a commit is part of another one; GitHub need not know either. */
const contains = (
  client: GitHubClient,
  { commit, repository }: Place & Pick<Wanted, "commit">,
  head: string,
) =>
  new GitRefs(client, repository).compare(commit, head).pipe(
    Effect.map(({ behind }) => behind === 0),
    Effect.catchTag("NotFound", () => Effect.succeed(false)),
  );

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
  merged_at: Schema.optionalKey(Schema.NullOr(Schema.String)),
  head: Schema.Struct({ ref: Schema.String, sha: Schema.String }),
  base: Schema.Struct({ ref: Schema.String }),
});

/** Where pull requests of one branch are. */
type Place = Pick<Wanted, "repository" | "branch">;

const listed = Effect.fnUntraced(function* (client: GitHubClient, { branch, repository }: Place) {
  const { owner, repo } = routeOf(repository);
  const pages = client.pages({
    what: `the pull requests of ${branch} in ${repository}`,
    operation: "pulls.list",
    permission: "Pull requests: read",
    route: "GET /repos/{owner}/{repo}/pulls",
    parameters: { owner, repo, head: `${owner}:${branch}`, state: "all", per_page: 100 },
    schema: Schema.Array(Listed),
  });
  const found = (yield* Stream.runCollect(Stream.take(pages, 1))).flat();
  return found.filter(({ head }) => head.ref === branch);
});

const find = Effect.fnUntraced(function* (client: GitHubClient, wanted: Wanted) {
  const own = yield* listed(client, wanted);
  const one =
    own.find(({ state }) => state === "open") ?? own.find(({ head }) => head.sha === wanted.commit);
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
