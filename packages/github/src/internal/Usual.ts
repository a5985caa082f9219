import type { Words } from "@orchestrator/core/remote/Words";
import type * as Duration from "effect/Duration";

/** What all requests of a client have in common. */
export interface Usual {
  /** Of the REST API, without a slash at its end. */
  readonly baseUrl: string;
  readonly graphqlUrl: string;
  readonly deadline: Duration.Duration;
  readonly words: Words;
}

const mebibyte = 2 ** 20;

/** The most bytes of the answer about one thing, and of a list of many. */
export const mostBytes = { one: 4 * mebibyte, many: 16 * mebibyte };
