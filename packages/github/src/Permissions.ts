/** Who may write to a repository, asked once for each person. */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as Semaphore from "effect/Semaphore";
import type { GitHubClient } from "./GitHubClient.ts";
import type { GitHubError } from "./GitHubError.ts";
import { routeOf } from "./internal/routeOf.ts";

/** `unknown`: GitHub does not tell this token. Who may be anybody is trusted with nothing. */
export type MayWrite = "yes" | "no" | "unknown";

/** What is known of who may write. One object serves one plan: permissions change. */
export interface Permissions {
  /** `repository` is `owner/repo`. */
  readonly mayWrite: (repository: string, login: string) => Effect.Effect<MayWrite, GitHubError>;
  /** What GitHub did not tell so far, each as a sentence. */
  readonly shortfalls: () => ReadonlyArray<string>;
}

/** GitHub shows the role `maintain` as `write`, and `triage` as `read`. */
const Permission = Schema.Struct({ permission: Schema.String });
const writing = new Set(["admin", "maintain", "write"]);

/** Asks about people one after the other, and about each only once. */
export const make = (client: GitHubClient): Permissions => {
  const known = new Map<string, MayWrite>();
  const untold = new Set<string>();
  const oneAtATime = Semaphore.makeUnsafe(1);
  const mayWrite = Effect.fnUntraced(
    function* (repository: string, login: string) {
      const key = `${repository} ${login}`.toLowerCase();
      const before = untold.has(repository) ? "unknown" : known.get(key);
      if (before !== undefined) return before;
      const found = yield* ask(client, repository, login, () => untold.add(repository));
      known.set(key, found);
      return found;
    },
    (asking) => oneAtATime.withPermit(asking),
  );
  return { mayWrite, shortfalls: () => [...untold].map(sentence) };
};

const sentence = (repository: string): string =>
  `GitHub does not tell this token who may write to ${repository}, so no label approves an issue there: ` +
  "use a token with push access to it (fine-grained: Metadata: read, of an account that may push)";

/** 403: the token may not ask, about anybody. 404: there is no such account, or no such repository for the token. */
const ask = (
  client: GitHubClient,
  repository: string,
  login: string,
  forbidden: () => void,
): Effect.Effect<MayWrite, GitHubError> => {
  const { owner, repo } = routeOf(repository);
  const read = client.get({
    what: `what ${login} may do in ${repository}`,
    operation: "collaborators.permission",
    permission: "Metadata: read, and push access",
    route: "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
    parameters: { owner, repo, username: login },
    schema: Permission,
  });
  return read.pipe(
    Effect.map(({ permission }): MayWrite => (writing.has(permission) ? "yes" : "no")),
    Effect.catchTags({
      Forbidden: () => Effect.sync((): MayWrite => (forbidden(), "unknown")),
      NotFound: () => Effect.succeed<MayWrite>("unknown"),
    }),
  );
};
