import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type { Mutation } from "../GitHubClient.ts";
import type { GitHubError } from "../GitHubError.ts";
import type { Accounts } from "./Accounts.ts";
import { decode, parse } from "./decode.ts";
import type * as Exchange from "./exchange.ts";
import { Body, queryTrouble } from "./graphql.ts";
import type { Request, Requests } from "./Requests.ts";
import type { Trouble } from "./Trouble.ts";
import { mostBytes, type Usual } from "./Usual.ts";

/** Changes over GraphQL: each is sent once. */
export class Mutations {
  readonly #requests: Requests;
  readonly #accounts: Accounts;
  readonly #usual: Usual;

  constructor(requests: Requests, accounts: Accounts, usual: Usual) {
    this.#requests = requests;
    this.#accounts = accounts;
    this.#usual = usual;
  }

  send<A>(mutation: Mutation<A>): Effect.Effect<A, GitHubError> {
    const request: Request = {
      what: mutation.what,
      operation: mutation.operation,
      permission: mutation.permission,
      resource: "graphql",
      method: "POST",
      url: this.#usual.graphqlUrl,
      body: { query: mutation.query, variables: mutation.variables },
      mostBytes: mostBytes.one,
      deadline: this.#usual.deadline,
      leaving: mutation.leaving,
    };
    return this.#requests.write(request, (answer) => this.#read(mutation, answer));
  }

  /** What is refused in part is refused: nobody may take half a change for a whole one. */
  #read<A>(mutation: Mutation<A>, answer: Exchange.Answer): Effect.Effect<A, Trouble> {
    return Effect.gen({ self: this }, function* () {
      const line = (text: string) => this.#usual.words.line(text);
      const asked = { what: mutation.what, permission: mutation.permission, line };
      const body = yield* decode(asked, Body, yield* parse(asked, answer));
      const { data, errors } = body;
      if (data === null || data === undefined || (errors ?? []).length > 0) {
        const now = yield* Clock.currentTimeMillis;
        return yield* Effect.fail(queryTrouble(asked, body, answer, now));
      }
      const decoded = yield* decode(asked, mutation.schema, data);
      this.#accounts.add(mutation.operation, { graphql: 1 });
      return decoded;
    });
  }
}
