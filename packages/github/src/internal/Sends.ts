import * as Effect from "effect/Effect";
import type { Send } from "../GitHubClient.ts";
import type { GitHubError } from "../GitHubError.ts";
import type { Accounts } from "./Accounts.ts";
import { address, split } from "./address.ts";
import { decode, parse } from "./decode.ts";
import type { Answer } from "./exchange.ts";
import type { Request, Requests } from "./Requests.ts";
import type { Trouble } from "./Trouble.ts";
import type { Call } from "./Transport.ts";
import { mostBytes, type Usual } from "./Usual.ts";

/** Changes over REST: each is sent once. */
export class Sends {
  readonly #requests: Requests;
  readonly #accounts: Accounts;
  readonly #usual: Usual;

  constructor(requests: Requests, accounts: Accounts, usual: Usual) {
    this.#requests = requests;
    this.#accounts = accounts;
    this.#usual = usual;
  }

  send<A>(send: Send<A>): Effect.Effect<A, GitHubError> {
    const { leaving, operation, permission, route, what } = send;
    const { named, others } = split(route, send.parameters);
    return Effect.gen({ self: this }, function* () {
      const url = yield* Effect.fromResult(address(this.#usual.baseUrl, what, route, named));
      const request: Request = {
        what,
        operation,
        permission,
        resource: "rest",
        method: route.slice(0, route.indexOf(" ")) as Call["method"],
        url,
        ...(Object.keys(others).length === 0 ? {} : { body: others }),
        mostBytes: mostBytes.one,
        deadline: this.#usual.deadline,
        leaving,
      };
      return yield* this.#requests.write(request, (answer) => this.#read(send, answer));
    });
  }

  /** A change may be answered with nothing (204). */
  #read<A>({ operation, schema, what }: Send<A>, answer: Answer): Effect.Effect<A, Trouble> {
    const asked = { what, line: (text: string) => this.#usual.words.line(text) };
    const value = answer.text === "" ? Effect.undefined : parse(asked, answer);
    return Effect.tap(
      Effect.flatMap(value, (given) => decode(asked, schema, given)),
      () => Effect.sync(() => this.#accounts.add(operation, { rest: 1 })),
    );
  }
}
