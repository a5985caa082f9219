/**
 * Other orchestrators by the reports that they leave in a repository: comments with a mark of
 * another run, changed a short time ago, of tasks that are on their way.
 *
 * Anybody can write such a comment, so what is found is told to people and stops nothing.
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import type { GitHubClient } from "./GitHubClient.ts";
import { Moment, orNull } from "./internal/decoding.ts";
import { signs } from "./internal/reports/words.ts";
import { routeOf } from "./internal/routeOf.ts";
import * as ReportMarker from "./ReportMarker.ts";

/** Which marks are looked for, and where. */
export interface Options {
  /** `owner/name`. */
  readonly repository: string;
  /** The run whose marks are no others'. */
  readonly run: string;
  /** How old a comment may be that still says something, in minutes (default 60). */
  readonly minutes?: number | undefined;
}

const Comment = Schema.Struct({
  body: orNull(Schema.String),
  updated_at: Moment,
  user: orNull(Schema.Struct({ login: Schema.String })),
});
type Comment = typeof Comment.Type;

/** The newest ones tell enough. */
const mostPages = 3;
const mostRuns = 10;

/** Each other run as a clause, `run r-1, told of by operator at …`, the latest first. */
export const list = Effect.fn("ForeignMarkers.list")(function* (
  client: GitHubClient,
  { minutes = 60, repository, run }: Options,
) {
  const since = new Date((yield* Clock.currentTimeMillis) - minutes * 60_000);
  const { owner, repo } = routeOf(repository);
  const pages = client.pages({
    what: `the latest comments of ${repository}`,
    operation: "comments.latest",
    permission: "Issues: read",
    route: "GET /repos/{owner}/{repo}/issues/comments",
    parameters: {
      owner,
      repo,
      sort: "updated",
      direction: "desc",
      since: since.toISOString().replace(/\.\d+Z$/, "Z"),
      per_page: 100,
    },
    schema: Schema.Array(Comment),
  });
  const comments = (yield* Stream.runCollect(Stream.take(pages, mostPages))).flat();
  const found = new Map<string, string>();
  for (const comment of comments) {
    const other = isOnItsWay(comment) ? ReportMarker.read(comment.body ?? "")?.run : undefined;
    if (other !== undefined && other !== run && !found.has(other)) {
      found.set(other, clause(other, comment));
    }
  }
  return [...found.values()].slice(0, mostRuns);
});

const ways = (["Running", "BackingOff", "Landing"] as const).map(
  (phase) => `**${signs[phase].sign} ${signs[phase].word}**`,
);

/** What a report says of its task, right below the mark. */
const isOnItsWay = ({ body }: Comment): boolean => {
  const line = body?.split(/\r?\n/, 2)[1] ?? "";
  return ways.some((way) => line.startsWith(way));
};

const clause = (run: string, { updated_at, user }: Comment): string =>
  `run ${run.slice(0, 80)}, told of by ${user?.login ?? "an account that is gone"} at ${updated_at}`;
