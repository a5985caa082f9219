/** The milestone that a filter names by its title. */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import type { GitHubClient } from "../GitHubClient.ts";
import { type GitHubError, Invalid } from "../GitHubError.ts";
import { listed } from "./listed.ts";
import { sameName } from "./sameName.ts";

const Milestones = Schema.Array(Schema.Struct({ number: Schema.Int, title: Schema.String }));

/** GitHub filters by number. `none` and `*` are words of its own; a title goes before a number. */
export const milestoneParameter = Effect.fnUntraced(function* (
  client: GitHubClient,
  owner: string,
  repository: string,
  milestone: number | string | undefined,
): Effect.fn.Return<string | undefined, GitHubError> {
  if (milestone === undefined) return undefined;
  if (typeof milestone === "number" || milestone === "none" || milestone === "*") {
    return String(milestone);
  }
  const all = yield* milestonesOf(client, owner, repository);
  const found =
    all.find(({ title }) => title === milestone) ??
    all.find(({ title }) => sameName(title, milestone));
  if (found !== undefined) return String(found.number);
  if (all.some(({ number }) => String(number) === milestone)) return milestone;
  const titles = listed(all.map(({ title }) => title));
  const message = `${owner}/${repository} has no milestone ${JSON.stringify(milestone)}: it has ${titles}`;
  return yield* new Invalid({ message });
});

const milestonesOf = (client: GitHubClient, owner: string, repo: string) =>
  client
    .pages({
      what: `the milestones of ${owner}/${repo}`,
      operation: "milestones.list",
      permission: "Issues: read",
      route: "GET /repos/{owner}/{repo}/milestones",
      parameters: { owner, repo, state: "all", per_page: 100 },
      schema: Milestones,
    })
    .pipe(Stream.flattenIterable, Stream.runCollect);
