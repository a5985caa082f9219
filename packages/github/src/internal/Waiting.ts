import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import { RateLimited } from "../GitHubError.ts";
import type { Wait } from "../GitHubClient.ts";
import type { Hindrance, Patience } from "../RateLimits.ts";
import type { Accounts } from "./Accounts.ts";

/** What is said once: clocks and headers differ a little from answer to answer. */
const sameMillis = 2_000;

const names = { rest: "REST", graphql: "GraphQL" };

/** How a client waits for limits: so long, noted in its ledger, and told once for each pause. */
export class Waiting {
  readonly #patienceMillis: number;
  readonly #accounts: Accounts;
  readonly #onWait: (wait: Wait) => Effect.Effect<void>;
  readonly #told = new Map<string, number>();

  constructor(
    patienceMillis: number,
    accounts: Accounts,
    onWait: (wait: Wait) => Effect.Effect<void>,
  ) {
    this.#patienceMillis = patienceMillis;
    this.#accounts = accounts;
    this.#onWait = onWait;
  }

  /** The patience of one request, however often it has to wait. */
  begin(what: string): Patience<RateLimited> {
    let left = this.#patienceMillis;
    return (hindrance) =>
      Effect.gen({ self: this }, function* () {
        const now = yield* Clock.currentTimeMillis;
        const until = now + hindrance.millis;
        if (hindrance.millis > left) return yield* this.#tooLong(what, hindrance, until);
        left -= hindrance.millis;
        yield* this.#tell({ what, ...hindrance, until });
        this.#accounts.waits(now);
        yield* Effect.ensuring(
          Effect.sleep(Math.ceil(hindrance.millis)),
          Effect.map(Clock.currentTimeMillis, (end) => this.#accounts.waited(end)),
        );
      });
  }

  #tell(wait: Wait): Effect.Effect<void> {
    const key = `${wait.limit} ${wait.limit === "primary" ? wait.resource : ""}`;
    const told = this.#told.get(key) ?? -Infinity;
    if (wait.until <= told + sameMillis) return Effect.void;
    this.#told.set(key, wait.until);
    return this.#onWait(wait);
  }

  #tooLong(what: string, { limit, millis, resource }: Hindrance, until: number) {
    const why =
      limit === "primary"
        ? `the token's ${names[resource]} points of this hour are used up`
        : "too many requests came in too short a time";
    const at = new Date(until).toISOString().replace(/\.\d+Z$/, "Z");
    const message = `GitHub was not asked for ${what}, because its ${limit} limit is reached: ${why}. Try again from ${at} on, in ${roughly(millis)}.`;
    return Effect.fail(new RateLimited({ message, limit, until }));
  }
}

const roughly = (millis: number): string =>
  Duration.format(Duration.seconds(Math.ceil(millis / 1000)));
