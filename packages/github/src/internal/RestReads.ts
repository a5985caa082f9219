import { createHash } from "node:crypto";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import type { Read } from "../GitHubClient.ts";
import { type GitHubError, Malformed } from "../GitHubError.ts";
import type { Entry, ResponseCache } from "../ResponseCache.ts";
import type { Accounts } from "./Accounts.ts";
import { address } from "./address.ts";
import { decode, parse } from "./decode.ts";
import type { Answer } from "./exchange.ts";
import { nextPage } from "./nextPage.ts";
import type { Request, Requests } from "./Requests.ts";
import { versioned } from "./Transport.ts";
import type { Trouble } from "./Trouble.ts";
import { mostBytes, type Usual } from "./Usual.ts";

interface Page<A> {
  readonly data: A;
  /** The address of the next page. */
  readonly next: string | undefined;
}

/** An answer that is the same as the one that is kept, which is of no use any more. */
const stale = Symbol("stale");

/** Reads over REST: unchanged answers come from the cache, lists page after page. */
export class RestReads {
  readonly #requests: Requests;
  readonly #accounts: Accounts;
  readonly #cache: ResponseCache;
  readonly #identity: string;
  readonly #usual: Usual;

  constructor(
    requests: Requests,
    accounts: Accounts,
    cache: ResponseCache,
    identity: string,
    usual: Usual,
  ) {
    this.#requests = requests;
    this.#accounts = accounts;
    this.#cache = cache;
    this.#identity = identity;
    this.#usual = usual;
  }

  get<A>(read: Read<A>): Effect.Effect<A, GitHubError> {
    return Effect.flatMap(this.#address(read), (url) =>
      Effect.map(this.#page(read, url, mostBytes.one), ({ data }) => data),
    );
  }

  pages<A>(read: Read<ReadonlyArray<A>>): Stream.Stream<ReadonlyArray<A>, GitHubError> {
    return Stream.unwrap(
      Effect.map(this.#address(read), (first) => {
        const seen = new Set<string>();
        return Stream.paginate(first, (url) =>
          Effect.gen({ self: this }, function* () {
            seen.add(url);
            const { data, next } = yield* this.#page(read, url, mostBytes.many);
            if (next !== undefined) yield* this.#check(read, next, seen);
            return [[data], Option.fromNullishOr(next)] as const;
          }),
        );
      }),
    );
  }

  #address({ parameters, route, what }: Read<unknown>): Effect.Effect<string, GitHubError> {
    return Effect.fromResult(address(this.#usual.baseUrl, what, route, parameters));
  }

  /** The next page is where the first one was, and none that was read already. */
  #check({ what }: Read<unknown>, next: string, seen: ReadonlySet<string>) {
    const origin = URL.parse(next)?.origin;
    const isElsewhere = origin !== new URL(this.#usual.baseUrl).origin;
    if (!isElsewhere && !seen.has(next)) return Effect.void;
    const how = isElsewhere
      ? `on another host, ${origin ?? "which is no address"}; the token is not sent there`
      : "one that was read already";
    const message = `GitHub's answer to ${what} names a next page that is ${how}. Check github.base_url.`;
    return Effect.fail(new Malformed({ message: this.#usual.words.line(message) }));
  }

  #page<A>(read: Read<A>, url: string, most: number): Effect.Effect<Page<A>, GitHubError> {
    return Effect.gen({ self: this }, function* () {
      const key = this.#keyOf(url);
      const found = yield* this.#cache.get(key);
      const kept = found !== undefined && mayHaveGrown(found, url) ? undefined : found;
      const answer = yield* this.#ask(read, url, most, key, kept);
      if (answer !== stale) return answer;
      const fresh = yield* this.#ask(read, url, most, key, undefined);
      return fresh === stale ? yield* this.#unasked(read) : fresh;
    });
  }

  #ask<A>(
    read: Read<A>,
    url: string,
    most: number,
    key: string,
    kept: Entry | undefined,
  ): Effect.Effect<Page<A> | typeof stale, GitHubError> {
    const { operation, permission, what } = read;
    const request: Request = {
      what,
      operation,
      permission,
      resource: "rest",
      method: "GET",
      url,
      headers: kept === undefined ? {} : { "if-none-match": kept.etag },
      mostBytes: most,
      deadline: this.#usual.deadline,
    };
    return this.#requests.read(request, (answer) =>
      answer.status === 304
        ? this.#unchanged(read, answer, kept)
        : this.#changed(read, answer, key),
    );
  }

  #unchanged<A>(read: Read<A>, answer: Answer, kept: Entry | undefined) {
    this.#accounts.add(read.operation, { unchanged: 1, rest: answer.requests - 1 });
    if (kept === undefined) return Effect.succeed<typeof stale>(stale);
    const link = answer.headers.get("link") ?? kept.link;
    const page = this.#decoded(read, { ...answer, text: kept.body }, link);
    return Effect.orElseSucceed(page, (): typeof stale => stale);
  }

  /** Only what was understood is kept. */
  #changed<A>(read: Read<A>, answer: Answer, key: string): Effect.Effect<Page<A>, Trouble> {
    return Effect.gen({ self: this }, function* () {
      const link = answer.headers.get("link") ?? undefined;
      const page = yield* this.#decoded(read, answer, link);
      this.#accounts.add(read.operation, { rest: answer.requests });
      const etag = answer.headers.get("etag");
      if (etag !== null) yield* this.#cache.set(key, { etag, link, body: answer.text });
      return page;
    });
  }

  #decoded<A>(
    { schema, what }: { readonly what: string; readonly schema: Schema.Codec<A, unknown> },
    answer: Answer,
    link: string | undefined,
  ): Effect.Effect<Page<A>, Trouble> {
    const asked = { what, line: (text: string) => this.#usual.words.line(text) };
    return parse(asked, answer).pipe(
      Effect.flatMap((value) => decode(asked, schema, value)),
      Effect.map((data) => ({ data, next: nextPage(link) })),
    );
  }

  /** An answer depends on who asks and in which form. */
  #keyOf(url: string): string {
    const parts = [this.#identity, versioned.accept, versioned["x-github-api-version"], url];
    return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  }

  #unasked({ what }: Read<unknown>): Malformed {
    const message = `GitHub said that ${what} had not changed, but was not asked that. Check github.base_url.`;
    return new Malformed({ message, status: 304 });
  }
}

/** GitHub's own number where a request names none. */
const usualPerPage = 30;

/**
 * Whether a page that was the last one is full: then there may be another one by now,
 * and the page is the same as it was.
 */
const mayHaveGrown = ({ body, link }: Entry, url: string): boolean => {
  if (nextPage(link) !== undefined) return false;
  const perPage = Number(new URL(url).searchParams.get("per_page") ?? usualPerPage);
  try {
    const rows: unknown = JSON.parse(body);
    return Array.isArray(rows) && rows.length >= perPage;
  } catch {
    return true;
  }
};
