import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type { Fact, FactSource } from "../FactSource.ts";
import type { GitHubError } from "../GitHubError.ts";
import type { IssueFacts, Unusable } from "../IssueFacts.ts";

/** What sources tell, by its kind. */
export interface Gathered {
  readonly issues: ReadonlyArray<IssueFacts>;
  readonly unusable: ReadonlyArray<Unusable>;
  readonly unsupported: ReadonlyArray<string>;
}

/** Everything that a source tells. */
export const read = (source: FactSource): Effect.Effect<ReadonlyArray<Fact>, GitHubError> =>
  Effect.map(Stream.runCollect(source.facts), (facts) => [...facts]);

/** Sorts facts by their kind, each kind in the order given. */
export const sorted = (facts: ReadonlyArray<Fact>): Gathered => {
  const issues: Array<IssueFacts> = [];
  const unusable: Array<Unusable> = [];
  const unsupported: Array<string> = [];
  for (const fact of facts) {
    if (fact._tag === "Issue") issues.push(fact.issue);
    else if (fact._tag === "Unusable") unusable.push(fact.unusable);
    else unsupported.push(fact.message);
  }
  return { issues, unusable, unsupported };
};
