/** The pull requests that may carry the change of a task, by where they are found. */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import type { GitHubClient } from "../../GitHubClient.ts";
import type { GitHubError } from "../../GitHubError.ts";
import * as IssueId from "../../IssueId.ts";
import type { Wanted } from "../../PullRequestChoice.ts";
import * as PullRequestView from "../../PullRequestView.ts";
import { seen } from "../decoding.ts";
import { closingPullRequests } from "../queries/closingPullRequests.ts";

type Views = ReadonlyArray<PullRequestView.PullRequestView>;

/** An agent has no reason to name more than a few. */
const mostReported = 20;

const address = /^\/([^/]+)\/([^/]+)\/pull\/(\d+)(?:\/|$)/;

/** What the address of a pull request says; undefined if it is none. */
const parse = (href: string) => {
  const url = URL.parse(href);
  const [, owner, repository, digits] = address.exec(url?.pathname ?? "") ?? [];
  const number = IssueId.parseNumber(digits ?? "");
  if (url === null || owner === undefined || repository === undefined) return undefined;
  return number === undefined ? undefined : { href, host: url.host, owner, repository, number };
};

const numberOfRef = (branch = ""): number | undefined =>
  IssueId.parseNumber(/^refs\/pull\/(\d+)\/head$/.exec(branch)?.[1] ?? "");

/** The name of a branch without what marks it as one. */
export const plain = (branch: string | undefined): string | undefined =>
  branch?.replace(/^refs\/heads\//, "");

/** Whether its head is what the agent says. */
export const isOnBranch = (
  { head, number }: PullRequestView.PullRequestView,
  { branch }: Wanted["change"],
): boolean => head.branch === plain(branch) || number === numberOfRef(branch);

/** Those that the agent reports; `elsewhere` are the addresses of those in other repositories. */
export const reported = Effect.fnUntraced(function* (
  client: GitHubClient,
  { change, repository }: Wanted,
) {
  const addresses = (change.pullRequests ?? [])
    .slice(0, mostReported)
    .flatMap((href) => parse(href) ?? []);
  const ofRef = numberOfRef(change.branch);
  const numbers = [
    ...addresses.map(({ number }) => number),
    ...(ofRef === undefined ? [] : [ofRef]),
  ];
  const views = yield* viewsOf(client, repository, numbers);
  const own = (view: PullRequestView.PullRequestView) =>
    view.number === ofRef || addresses.some((one) => isSame(one, view, repository));
  const chosen = views.filter(own);
  // One that the repository itself does not have was made up.
  const elsewhere = addresses.filter(
    (one) =>
      keyOf(one) !== keyOf(repository) && !chosen.some((view) => isSame(one, view, repository)),
  );
  return { views: chosen, elsewhere: elsewhere.map(({ href }) => href) };
});

type Address = NonNullable<ReturnType<typeof parse>>;

/** Whether an address is that of a pull request, which may be of a repository that was renamed. */
const isSame = (
  one: Address,
  view: PullRequestView.PullRequestView,
  wanted: IssueId.Repository,
): boolean => {
  const other = parse(view.url);
  if (other === undefined || one.host !== other.host || one.number !== other.number) return false;
  return keyOf(one) === keyOf(other) || keyOf(one) === keyOf(wanted);
};

const keyOf = ({ owner, repository }: IssueId.Repository): string =>
  `${owner}/${repository}`.toLowerCase();

const Listed = Schema.Struct({
  number: Schema.Int,
  head: Schema.Struct({ sha: Schema.String }),
  merged_at: Schema.optionalKey(Schema.NullOr(Schema.String)),
});

/** Those of the branch of the agent. One that was merged with another head was somebody else's, or earlier. */
export const byBranch = (
  client: GitHubClient,
  { change, repository: { owner, repository } }: Wanted,
): Effect.Effect<Views, GitHubError> =>
  Effect.gen(function* () {
    const branch = plain(change.branch) ?? "";
    if (branch === "" || branch.startsWith("refs/")) return [];
    const pages = client.pages({
      what: `the pull requests of ${branch} in ${owner}/${repository}`,
      operation: "pulls.list",
      permission: "Pull requests: read",
      route: "GET /repos/{owner}/{repo}/pulls",
      parameters: {
        owner,
        repo: repository,
        head: `${owner}:${branch}`,
        state: "all",
        per_page: 100,
      },
      schema: Schema.Array(Listed),
    });
    const listed = (yield* Stream.runCollect(Stream.take(pages, 1))).flat();
    const isOld = ({ head, merged_at: at }: typeof Listed.Type) =>
      typeof at === "string" && change.commit !== undefined && head.sha !== change.commit;
    const numbers = listed.filter((one) => !isOld(one)).map(({ number }) => number);
    const views = yield* viewsOf(client, { owner, repository }, numbers);
    return views.filter(({ head }) => head.branch === branch);
  });

/** Those that close the issue of the task, from the repository itself: anybody can write that theirs does. */
export const closing = (
  client: GitHubClient,
  { issue, repository }: Wanted,
): Effect.Effect<Views, GitHubError> =>
  Effect.gen(function* () {
    if (issue === undefined) return [];
    const { data } = yield* client.query(closingPullRequests({ ...repository, number: issue }));
    const found = seen(data.repository?.issue?.closedByPullRequestsReferences);
    const here = found.filter(
      ({ repository: place }) => place.nameWithOwner.toLowerCase() === keyOf(repository),
    );
    const numbers = here.map(({ number }) => number);
    const views = yield* viewsOf(client, repository, numbers);
    return views.filter(({ isFromFork }) => !isFromFork);
  });

const viewsOf = Effect.fnUntraced(function* (
  client: GitHubClient,
  repository: IssueId.Repository,
  numbers: ReadonlyArray<number>,
): Effect.fn.Return<Views, GitHubError> {
  if (numbers.length === 0) return [];
  const subjects = [...new Set(numbers)].map((number) => ({ ...repository, number }));
  const looks = yield* PullRequestView.read(client, subjects);
  return [...looks.values()].flatMap((look) => (look._tag === "Found" ? [look.view] : []));
});
