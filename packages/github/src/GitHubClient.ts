/**
 * Requests to GitHub: typed, within the budget of their token, cached and counted.
 *
 * Reads are tried again where that may help; what changes something is sent once.
 */
import { Words } from "@orchestrator/core/remote/Words";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import type * as Schema from "effect/Schema";
import type * as Stream from "effect/Stream";
import * as BaseUrl from "./BaseUrl.ts";
import * as GitHubAuth from "./GitHubAuth.ts";
import type { GitHubError } from "./GitHubError.ts";
import { Accounts } from "./internal/Accounts.ts";
import { appRequests } from "./internal/appRequests.ts";
import { GraphqlReads } from "./internal/GraphqlReads.ts";
import { Mutations } from "./internal/Mutations.ts";
import { Requests } from "./internal/Requests.ts";
import { RestReads } from "./internal/RestReads.ts";
import { Sends } from "./internal/Sends.ts";
import { Transport } from "./internal/Transport.ts";
import { Waiting } from "./internal/Waiting.ts";
import type { Ledger } from "./Ledger.ts";
import * as RateLimits from "./RateLimits.ts";
import * as ResponseCache from "./ResponseCache.ts";

/** What every request says of itself. */
interface Asked {
  /** For messages: `the issues of acme/shop`. */
  readonly what: string;
  /** The name in the ledger: `issues.list`. */
  readonly operation: string;
  /** What the token needs, for the message when it may not: `Issues: read`. */
  readonly permission?: string;
}

/** A read over REST. Parameters that the route does not name go into the query; undefined ones are left out. */
export interface Read<A> extends Asked {
  /** As `GET /repos/{owner}/{repo}/issues`, in Octokit's templates. */
  readonly route: `GET ${string}`;
  readonly parameters: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly schema: Schema.Codec<A, unknown>;
}

/** A query over GraphQL. */
export interface Query<A> extends Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly schema: Schema.Codec<A, unknown>;
}

/** An error that concerns a part of the answer only, which is null there. */
export interface PartialError {
  /** As GitHub writes it: `NOT_FOUND`, `FORBIDDEN` … */
  readonly type: string;
  readonly path: ReadonlyArray<string | number>;
  readonly message: string;
}

/** The answer to a query, with what could not be answered. */
export interface Answer<A> {
  readonly data: A;
  readonly errors: ReadonlyArray<PartialError>;
}

/** A change over REST: sent once, never repeated, one at a time and spaced. */
export interface Send<A> extends Asked {
  readonly route: `${"POST" | "PUT" | "PATCH" | "DELETE"} ${string}`;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly schema: Schema.Codec<A, unknown>;
  /** Called when its turn has come: from then on GitHub may know of it. */
  readonly leaving?: (() => void) | undefined;
}

/** A change over GraphQL: as one over REST. */
export interface Mutation<A> extends Query<A> {
  /** Called when the request leaves: until then, nothing can have happened. */
  readonly leaving?: (() => void) | undefined;
}

/** Asks GitHub within the budget of one token. Reads are repeated where that helps, changes are sent once. */
export interface GitHubClient {
  /** The host of the API, for messages. */
  readonly host: string;
  /** What was asked so far, by operation. */
  readonly ledger: Ledger;
  /** One read over REST; an answer that has not changed comes from the cache. */
  readonly get: <A>(read: Read<A>) => Effect.Effect<A, GitHubError>;
  /** All pages, following `Link` as GitHub wrote it, each when it is wanted. */
  readonly pages: <A>(read: Read<ReadonlyArray<A>>) => Stream.Stream<ReadonlyArray<A>, GitHubError>;
  /** `NOT_FOUND` and `FORBIDDEN` at a path are part of the answer; everything else fails. */
  readonly query: <A>(query: Query<A>) => Effect.Effect<Answer<A>, GitHubError>;
  /** One change over REST, sent once. */
  readonly send: <A>(send: Send<A>) => Effect.Effect<A, GitHubError>;
  /** A change over GraphQL: sent once like every other. Any error in the answer fails it. */
  readonly mutate: <A>(mutation: Mutation<A>) => Effect.Effect<A, GitHubError>;
}

/** A pause that GitHub asked for, for people who wonder why nothing happens. */
export interface Wait extends RateLimits.Hindrance {
  /** What was to be asked. */
  readonly what: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** Who is asked, as whom, and with how much patience. */
export interface Options {
  readonly credentials: GitHubAuth.Credentials;
  /** Default: `https://api.github.com`. */
  readonly baseUrl?: string | undefined;
  /** Hosts beside the official one and this machine that the token may be sent to. */
  readonly allowedHosts?: ReadonlyArray<string> | undefined;
  /** Where answers are kept (default: in memory, for the life of this client). */
  readonly cache?: ResponseCache.ResponseCache | undefined;
  /** Limits other than those shared by all of this process with the token. */
  readonly limits?: RateLimits.RateLimits | undefined;
  /** How long one answer may take (default 30). */
  readonly deadlineSeconds?: number | undefined;
  /** How long a request may wait for limits in all, before `RateLimited` is its answer (default 900). */
  readonly patienceSeconds?: number | undefined;
  /** Told once for each pause. */
  readonly onWait?: ((wait: Wait) => Effect.Effect<void>) | undefined;
}

/**
 * A client; nothing is asked yet.
 *
 * Requests go through `fetch` as `FetchHttpClient.Fetch` has it. Fails where the
 * token may not be sent to the address, or cannot be.
 */
export const make = Effect.fn("GitHubClient.make")(function* (options: Options) {
  const fetch = yield* FetchHttpClient.Fetch;
  const base = yield* Effect.fromResult(BaseUrl.check(options.baseUrl, options.allowedHosts));
  const { credentials, deadlineSeconds = 30, patienceSeconds = 900 } = options;
  const words = new Words();
  const accounts = new Accounts();
  const transport = new Transport(fetch, base.host, words);
  const deadline = Duration.seconds(deadlineSeconds);
  const usual = { baseUrl: BaseUrl.rest(base), graphqlUrl: BaseUrl.graphql(base), deadline, words };
  const asApp = appRequests(transport, usual);
  const auth = yield* GitHubAuth.make(credentials, usual.baseUrl, words, asApp);
  const limits = options.limits ?? RateLimits.of(base.origin, auth.identity);
  const onWait = options.onWait ?? (() => Effect.void);
  const waiting = new Waiting(patienceSeconds * 1000, accounts, onWait);
  const requests = new Requests(transport, auth, limits, waiting, accounts);
  const cache = options.cache ?? ResponseCache.memory();
  const reads = new RestReads(requests, accounts, cache, auth.identity, usual);
  const queries = new GraphqlReads(requests, accounts, usual);
  const sends = new Sends(requests, accounts, usual);
  const mutations = new Mutations(requests, accounts, usual);
  const client: GitHubClient = {
    host: base.host,
    ledger: accounts,
    get: (read) => reads.get(read),
    pages: (read) => reads.pages(read),
    query: (query) => queries.ask(query),
    send: (send) => sends.send(send),
    mutate: (mutation) => mutations.send(mutation),
  };
  return client;
});
