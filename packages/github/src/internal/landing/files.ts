/** The paths that a pull request or its base changes. */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import type { GitHubClient } from "../../GitHubClient.ts";
import type { GitHubError } from "../../GitHubError.ts";
import * as IssueId from "../../IssueId.ts";
import { orNull } from "../decoding.ts";

const File = Schema.Struct({ filename: Schema.String, previous_filename: orNull(Schema.String) });

export interface Changed {
  readonly files: number;
  readonly paths: ReadonlyArray<string>;
}

/** How many files GitHub lists that a pull request changes, and their paths, also those before a renaming. */
export const changedPaths = Effect.fnUntraced(function* (
  client: GitHubClient,
  subject: IssueId.Parts,
): Effect.fn.Return<Changed, GitHubError> {
  const { number, owner, repository } = subject;
  const pages = client.pages({
    what: `the files of ${IssueId.of(subject)}`,
    operation: "pulls.files",
    permission: "Pull requests: read",
    route: "GET /repos/{owner}/{repo}/pulls/{pull_number}/files",
    parameters: { owner, repo: repository, pull_number: number, per_page: 100 },
    schema: Schema.Array(File),
  });
  const files = (yield* Stream.runCollect(pages)).flat();
  const paths = files.flatMap(({ filename, previous_filename: before }) =>
    before === null || before === undefined ? [filename] : [filename, before],
  );
  return { files: files.length, paths };
});

const Comparison = Schema.Struct({ files: orNull(Schema.Array(File)) });

/** The paths that changed on the way to the commit `to` since `from` branched off. */
export const changedSince = Effect.fnUntraced(function* (
  client: GitHubClient,
  { owner, repository }: IssueId.Repository,
  from: string,
  to: string,
): Effect.fn.Return<ReadonlyArray<string>, GitHubError> {
  const { files } = yield* client.get({
    what: `what changed in ${owner}/${repository} meanwhile`,
    operation: "repos.compare",
    permission: "Contents: read",
    route: "GET /repos/{owner}/{repo}/compare/{basehead}",
    parameters: { owner, repo: repository, basehead: `${from}...${to}` },
    schema: Comparison,
  });
  return (files ?? []).map(({ filename }) => filename);
});
