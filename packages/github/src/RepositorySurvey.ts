/** What there is around a repository that a configuration could name: its default branch, labels and boards. */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type { GitHubClient } from "./GitHubClient.ts";
import { Entries, orNull, seen } from "./internal/decoding.ts";
import { permission as boardPermission } from "./internal/queries/board.ts";

/** A board that is open. */
export interface Board {
  readonly number: number;
  readonly title: string;
}

/** What a set-up needs to know of a repository. */
export interface Survey {
  readonly defaultBranch: string | undefined;
  /** In the order of GitHub, a hundred at most. */
  readonly labels: ReadonlyArray<string>;
  /** Boards of the owner that the token may see; empty if it may see none. */
  readonly boards: ReadonlyArray<Board>;
}

const Repository = Schema.Struct({
  repository: orNull(
    Schema.Struct({
      defaultBranchRef: orNull(Schema.Struct({ name: Schema.String })),
      labels: orNull(Entries(Schema.Struct({ name: Schema.String }))),
    }),
  ),
});

const Boards = Schema.Struct({
  owner: orNull(
    Schema.Struct({
      projectsV2: orNull(
        Entries(
          Schema.Struct({ number: Schema.Int, title: Schema.String, closed: Schema.Boolean }),
        ),
      ),
    }),
  ),
});

/** Looks at a repository, `owner/name`, and at the boards of its owner. */
export const look = Effect.fn("RepositorySurvey.look")(function* (
  client: GitHubClient,
  repository: string,
) {
  const [login = "", name = ""] = repository.split("/");
  const { data } = yield* client.query({
    what: `the repository ${repository}`,
    operation: "RepositorySurvey",
    permission: "Metadata: read",
    query: `query RepositorySurvey($login: String!, $name: String!) {
  repository(owner: $login, name: $name) {
    defaultBranchRef { name }
    labels(first: 100) { nodes { name } }
  }
}`,
    variables: { login, name },
    schema: Repository,
  });
  return {
    defaultBranch: data.repository?.defaultBranchRef?.name,
    labels: seen(data.repository?.labels).map((label) => label.name),
    boards: yield* boardsOf(client, login),
  } satisfies Survey;
});

/** Many tokens may not see boards: that is no reason to tell nothing. */
const boardsOf = (client: GitHubClient, login: string) =>
  client
    .query({
      what: `the boards of ${login}`,
      operation: "OwnerBoards",
      permission: boardPermission,
      query: `query OwnerBoards($login: String!) {
  owner: repositoryOwner(login: $login) {
    __typename
    ... on ProjectV2Owner { projectsV2(first: 20) { nodes { number title closed } } }
  }
}`,
      variables: { login },
      schema: Boards,
    })
    .pipe(
      Effect.map(({ data }) =>
        seen(data.owner?.projectsV2).flatMap(({ closed, number, title }): ReadonlyArray<Board> =>
          closed ? [] : [{ number, title }],
        ),
      ),
      Effect.orElseSucceed((): ReadonlyArray<Board> => []),
    );
