/** One reading of a source: asks what the server knows, and notes what it would not tell. */
import * as Effect from "effect/Effect";
import type { Fact, Reading } from "../FactSource.ts";
import type { Answer, GitHubClient, PartialError, Query } from "../GitHubClient.ts";
import type { GitHubError, Invalid } from "../GitHubError.ts";
import { lackingOf, refusedFields, sentenceOf } from "./lacking.ts";
import type { Without } from "./queries/parts.ts";

export class Reader {
  readonly client: GitHubClient;
  readonly reading: Reading;
  /** What people call the source. */
  readonly source: string;
  readonly #notes = new Map<string, string>();

  constructor(client: GitHubClient, source: string, reading: Reading = {}) {
    this.client = client;
    this.source = source;
    this.reading = reading;
  }

  /** Notes which parts were not told. One issue stands for all that lack the same part. */
  notePartly(
    errors: ReadonlyArray<PartialError>,
    idOf: (index: number) => string | undefined,
  ): void {
    for (const { message, path, type } of errors) {
      const index = path.find((step) => typeof step === "number");
      const part = path.findLast(isName) ?? "everything";
      const id = index === undefined ? undefined : idOf(index);
      const of = id === undefined ? "" : ` of ${id}`;
      const key = `${type} ${part}`;
      if (this.#notes.has(key)) continue;
      this.#notes.set(key, `${this.source}: GitHub did not tell ${part}${of}: ${message}`);
    }
  }

  /** Asks, and asks again without the fields that the server turns out not to know. */
  ask<A>(query: (without: Without) => Query<A>): Effect.Effect<Answer<A>, GitHubError> {
    const without = new Set(lackingOf(this.client));
    const again = (error: Invalid) => {
      const refused = refusedFields(error, without);
      for (const name of refused) lackingOf(this.client).add(name);
      return refused.length === 0 ? Effect.fail(error) : this.ask(query);
    };
    return this.client.query(query(without)).pipe(Effect.catchTag("Invalid", again));
  }

  /** What could not be told so far. */
  shortfalls(): ReadonlyArray<Fact> {
    const { client, reading } = this;
    const lacking = sentenceOf(client.host, lackingOf(client));
    const unproven = reading.approval?.permissions.shortfalls() ?? [];
    const messages = [...(lacking === undefined ? [] : [lacking]), ...unproven];
    return [...messages, ...this.#notes.values()].map((message) => ({
      _tag: "Unsupported",
      message,
    }));
  }
}

/** Whether a step of a path says what was asked for: no position, and none of our aliases. */
const isName = (step: string | number): step is string =>
  typeof step === "string" && step !== "nodes" && !/^[ri][0-9]+$/.test(step);
