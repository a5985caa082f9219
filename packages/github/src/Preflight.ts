/**
 * Looks before any work whether a backlog can be read: the host, the token, the
 * repositories, their issues, the boards. What is missing is named.
 */
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import type { Credentials } from "./GitHubAuth.ts";
import type { GitHubClient } from "./GitHubClient.ts";
import type { GitHubError } from "./GitHubError.ts";
import type * as GitHubSource from "./GitHubSource.ts";
import * as IssueSource from "./IssueSource.ts";
import type { Remaining } from "./Ledger.ts";
import * as ProjectSource from "./ProjectSource.ts";
import * as WriteAccess from "./WriteAccess.ts";

/** What is looked at. */
export interface Options {
  readonly client: GitHubClient;
  readonly credentials: Credentials;
  /** For people: where the token is from, as `GITHUB_TOKEN`. */
  readonly from: string;
  readonly sources: ReadonlyArray<GitHubSource.Source>;
  /** What a run writes there (default nothing). */
  readonly operations?: ReadonlyArray<WriteAccess.Operation> | undefined;
  /** The scopes that the answers so far named, of a classic token. */
  readonly scopes?: (() => ReadonlyArray<string> | undefined) | undefined;
}

/** One thing that was looked at, in one line that says what to try if it is not well. */
export interface Finding {
  readonly about: "host" | "token" | "repository" | "access" | "issues" | "project" | "points";
  /** Only a `problem` keeps the backlog from being read. */
  readonly level: "ok" | "warning" | "problem";
  readonly message: string;
}

/** Looks at everything; what cannot be asked because of an earlier problem is left out. */
export const check = Effect.fn("Preflight.check")(function* (options: Options) {
  const { client, sources } = options;
  const token = yield* tokenOf(options);
  if (token.level === "problem") return [token];
  const repositories = new Set(sources.flatMap((source) => repositoryOf(source) ?? []));
  const findings = [
    token,
    ...(yield* Effect.forEach(repositories, (name) => ofRepository(options, name))).flat(),
    ...(yield* Effect.forEach(sources, (source) => ofSource(client, source))),
  ];
  return [...findings, ...client.ledger.statement().remaining.map(points)];
});

const finding =
  (level: Finding["level"]) =>
  (about: Finding["about"], message: string): Finding => ({ about, level, message });

const ok = finding("ok");
const warning = finding("warning");
const problem = finding("problem");

const installation = "the token of an App's installation or of a job of GitHub Actions";

/** The kinds of tokens, by what GitHub lets them begin with. */
const kinds: ReadonlyArray<readonly [start: string, kind: string]> = [
  ["github_pat_", "a fine-grained token"],
  ["ghp_", "a classic token"],
  ["gho_", "a token of gh or another OAuth app"],
  ["ghu_", "a token of an App for a user"],
  ["ghs_", installation],
];

/** What kind of token it is; nothing else of it is looked at. */
const kindOf = (credentials: Credentials): string | undefined => {
  if (credentials._tag === "App") return undefined;
  const token = Redacted.value(credentials.token);
  return kinds.find(([start]) => token.startsWith(start))?.[1] ?? "a token of an unknown kind";
};

const User = Schema.Struct({ login: Schema.String });

/** Whose token it is. Who acts as an App is nobody, and is told of the host by what comes next. */
const tokenOf = Effect.fnUntraced(function* ({ client, credentials, from }: Options) {
  const kind = kindOf(credentials);
  if (kind === undefined || kind === installation) {
    const what = kind === undefined ? from : `${from}, ${kind}`;
    return ok("token", `${what}: it acts as an App and not as a person`);
  }
  const user = client.get({
    what: "the user of the token",
    operation: "user.get",
    route: "GET /user",
    parameters: {},
    schema: User,
  });
  return yield* Effect.match(user, {
    onFailure: unanswered,
    onSuccess: ({ login }) => ok("token", `${from}, ${kind}, is ${login}'s at ${client.host}`),
  });
});

/** A host that has no user for a token is no API of GitHub. */
const unanswered = ({ _tag, message }: GitHubError): Finding => {
  if (_tag === "RateLimited") return problem("points", message);
  const isToken = _tag === "Unauthorized" || _tag === "Forbidden";
  const hint = _tag === "NotFound" ? " Check github.base_url." : "";
  return problem(isToken ? "token" : "host", message + hint);
};

const repositoryOf = (source: GitHubSource.Source): string | undefined =>
  "issues" in source ? `${source.issues.owner}/${source.issues.repository}` : undefined;

const Repository = Schema.Struct({
  full_name: Schema.String,
  private: Schema.Boolean,
  archived: Schema.optional(Schema.Boolean),
  has_issues: Schema.optional(Schema.Boolean),
  permissions: Schema.optional(Schema.Struct({ push: Schema.optional(Schema.Boolean) })),
});
type Repository = typeof Repository.Type;

const ofRepository = Effect.fnUntraced(function* (options: Options, name: string) {
  const [owner, repo] = name.split("/");
  const asked = options.client.get({
    what: `the repository ${name}`,
    operation: "repos.get",
    permission: "Metadata: read",
    route: "GET /repos/{owner}/{repo}",
    parameters: { owner, repo },
    schema: Repository,
  });
  return yield* Effect.match(asked, {
    onFailure: ({ message }) => [problem("repository", message)],
    onSuccess: (found) => [readable(found), ...writable(found, options)],
  });
});

const readable = (found: Repository): Finding => {
  const { archived, full_name: full, has_issues: hasIssues, private: isPrivate } = found;
  if (hasIssues === false) {
    return problem(
      "repository",
      `${full} has issues switched off: switch them on in its settings.`,
    );
  }
  if (archived === true) {
    const only = `${full} is archived: its issues can be read, and nothing can land.`;
    return warning("repository", only);
  }
  return ok("repository", `${full}, which is ${isPrivate ? "private" : "public"}, can be read`);
};

const writable = (
  { full_name: repository, permissions, private: isPrivate }: Repository,
  { credentials, operations = [], scopes }: Options,
): ReadonlyArray<Finding> => {
  const kind = kindOf(credentials);
  // What is said of an App there is not what its installation may do.
  const isPerson = kind !== undefined && kind !== installation;
  const mayPush = isPerson ? permissions?.push : undefined;
  const known = { operations, scopes: scopes?.(), mayPush, isPrivate, repository };
  const verdict = WriteAccess.judge(known);
  return verdict === undefined ? [] : [finding(verdict.level)("access", verdict.message)];
};

/** Reads the first issue of a source, as a plan would read all of them. */
const ofSource = Effect.fnUntraced(function* (client: GitHubClient, source: GitHubSource.Source) {
  const [about, opened] =
    "issues" in source
      ? (["issues", IssueSource.make(client, first(source.issues))] as const)
      : (["project", ProjectSource.make(client, first(source.project))] as const);
  const read = yield* Effect.result(Stream.runHead(opened.facts));
  return Result.isFailure(read)
    ? problem(about, read.failure.message)
    : ok(about, `${opened.name} can be read`);
});

const first = <O extends { readonly filter?: object | undefined }>(options: O): O => ({
  ...options,
  filter: { ...options.filter, limit: 1 },
});

/** A thousand issues take less; with fewer left a backlog may not be read in one go. */
const fewPoints = 100;

const points = ({ limit, remaining, resetsAt, resource }: Remaining): Finding => {
  const name = resource === "rest" ? "REST" : "GraphQL";
  const until = `${new Date(resetsAt).toISOString().slice(11, 16)} UTC`;
  const message = `${remaining} of ${limit} ${name} points are left until ${until}`;
  return remaining < fewPoints
    ? warning("points", `${message}: a large backlog may have to wait.`)
    : ok("points", message);
};
