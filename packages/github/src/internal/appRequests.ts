import type { Octokit } from "@octokit/core";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import * as Schema from "effect/Schema";
import type { AppRequests } from "./Authentication.ts";
import { type GitHubError, RateLimited } from "../GitHubError.ts";
import { address } from "./address.ts";
import { decode, parse } from "./decode.ts";
import { refusal } from "./refusal.ts";
import type { Call, Transport } from "./Transport.ts";
import { ofTransport, type Trouble } from "./Trouble.ts";
import { mostBytes, type Usual } from "./Usual.ts";

const Installation = Schema.Struct({ id: Schema.Int });
const Token = Schema.Struct({ token: Schema.NonEmptyString, expires_at: Schema.String });

const again = Schedule.exponential("500 millis").pipe(
  Schedule.jittered,
  Schedule.upTo({ times: 4 }),
);

/**
 * What an App asks as itself. It has limits of its own and asks little, once an
 * hour, so nothing here waits for a limit. A token that nobody got is forgotten.
 */
export const appRequests = (transport: Transport, usual: Usual): AppRequests => {
  let skewMillis = 0;
  const ask = <A>(
    app: Octokit,
    what: string,
    method: Call["method"],
    [path, parameters]: readonly [string, Readonly<Record<string, unknown>>],
    schema: Schema.Codec<A, unknown>,
  ): Effect.Effect<A, GitHubError> => {
    const asked = { what, line: (text: string) => usual.words.line(text) };
    const once = Effect.gen(function* () {
      const url = yield* Effect.mapError(
        Effect.fromResult(address(usual.baseUrl, what, `${method} ${path}`, parameters)),
        ofTransport,
      );
      const call: Call = { what, method, url, mostBytes: mostBytes.one, deadline: usual.deadline };
      const answer = yield* Effect.mapError(transport.send(app, call), ofTransport);
      const { status } = answer;
      if (status < 200 || status >= 300) {
        const now = yield* Clock.currentTimeMillis;
        const theirs = Date.parse(answer.headers.get("date") ?? "");
        if (status === 401 && !Number.isNaN(theirs)) skewMillis = theirs - now;
        return yield* Effect.fail(refusal(asked, answer, now));
      }
      return yield* decode(asked, schema, yield* parse(asked, answer));
    });
    return once.pipe(
      Effect.retry({ schedule: again, while: ({ _tag }) => _tag === "Passing" }),
      Effect.catch((trouble) => Effect.flatMap(errorOf(trouble, what), Effect.fail)),
    );
  };
  return {
    skewMillis: () => skewMillis,
    installation: (app, { owner, repo }) =>
      Effect.map(
        ask(
          app,
          `the installation of the GitHub App in ${owner}/${repo}`,
          "GET",
          ["/repos/{owner}/{repo}/installation", { owner, repo }],
          Installation,
        ),
        ({ id }) => id,
      ),
    token: (app, installation) =>
      ask(
        app,
        `a token of the GitHub App's installation ${installation}`,
        "POST",
        ["/app/installations/{installation}/access_tokens", { installation }],
        Token,
      ),
  };
};

const errorOf = (trouble: Trouble, what: string): Effect.Effect<GitHubError> => {
  if (trouble._tag !== "Limited") return Effect.succeed(trouble.error);
  const { limit, status, waitMillis = 60_000 } = trouble;
  return Effect.map(Clock.currentTimeMillis, (now) => {
    const message = `GitHub refused ${what} because of its ${limit} limit. Try again later.`;
    return new RateLimited({ message, status, limit, until: now + waitMillis });
  });
};
