import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type { Answer, Query } from "../GitHubClient.ts";
import type { GitHubError } from "../GitHubError.ts";
import type { Accounts } from "./Accounts.ts";
import { costOf, withCost } from "./cost.ts";
import { decode, parse } from "./decode.ts";
import type * as Exchange from "./exchange.ts";
import { Body, partialErrors, queryTrouble } from "./graphql.ts";
import type { Request, Requests } from "./Requests.ts";
import type { Trouble } from "./Trouble.ts";
import { mostBytes, type Usual } from "./Usual.ts";

/** Queries over GraphQL: each is asked again where that may help. */
export class GraphqlReads {
  readonly #requests: Requests;
  readonly #accounts: Accounts;
  readonly #usual: Usual;

  constructor(requests: Requests, accounts: Accounts, usual: Usual) {
    this.#requests = requests;
    this.#accounts = accounts;
    this.#usual = usual;
  }

  ask<A>(query: Query<A>): Effect.Effect<Answer<A>, GitHubError> {
    const request: Request = {
      what: query.what,
      operation: query.operation,
      permission: query.permission,
      resource: "graphql",
      method: "POST",
      url: this.#usual.graphqlUrl,
      body: { query: withCost(query.query), variables: query.variables },
      mostBytes: mostBytes.many,
      deadline: this.#usual.deadline,
    };
    return this.#requests.read(request, (answer) => this.#read(query, answer));
  }

  #read<A>(query: Query<A>, answer: Exchange.Answer): Effect.Effect<Answer<A>, Trouble> {
    return Effect.gen({ self: this }, function* () {
      const line = (text: string) => this.#usual.words.line(text);
      const asked = { what: query.what, permission: query.permission, line };
      const body = yield* decode(asked, Body, yield* parse(asked, answer));
      const errors = partialErrors(body);
      if (errors === undefined) {
        const now = yield* Clock.currentTimeMillis;
        return yield* Effect.fail(queryTrouble(asked, body, answer, now));
      }
      const { data, points = 1 } = costOf(body.data ?? {});
      const decoded = yield* decode(asked, query.schema, data);
      this.#accounts.add(query.operation, { graphql: points });
      return { data: decoded, errors };
    });
  }
}
