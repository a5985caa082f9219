/** The pages of relations after the first: only of the issues that have more, several in one request. */
import * as Effect from "effect/Effect";
import { isNotNullish } from "effect/Predicate";
import { type GitHubError, Malformed } from "../GitHubError.ts";
import { cut, halving } from "./batches.ts";
import type { GraphRelations } from "./graphIssue.ts";
import { type From, moreOfIssues, mostPages } from "./queries/moreOfIssues.ts";
import { type Connection, connections } from "./queries/parts.ts";
import type { Reader } from "./Reader.ts";

/** The relations of issues by node id. */
type Known = Map<string, GraphRelations>;

/** Where pages of one issue began so far. */
type Begun = Set<string>;

/** Reads on until every relation is complete. */
export const furtherPages = Effect.fnUntraced(function* (reader: Reader, known: Known) {
  const begun: Begun = new Set();
  for (const name of connections) {
    for (let open = openIn(known, name); open.length > 0; open = openIn(known, name)) {
      const read = (from: ReadonlyArray<From>) =>
        Effect.as(readOn(reader, name, from, known, begun), from);
      yield* Effect.forEach(cut(open, mostPages), (from) => halving(from, read));
    }
  }
});

const openIn = (known: Known, name: Connection): ReadonlyArray<From> =>
  [...known].flatMap(([nodeId, relations]) => {
    const { endCursor, hasNextPage } = relations[name]?.pageInfo ?? {};
    return hasNextPage === true && isNotNullish(endCursor) ? [{ nodeId, cursor: endCursor }] : [];
  });

const readOn = Effect.fnUntraced(function* (
  reader: Reader,
  name: Connection,
  open: ReadonlyArray<From>,
  known: Known,
  begun: Begun,
) {
  const { data, errors } = yield* reader.ask((without) => moreOfIssues(name, open, without));
  reader.notePartly(errors, () => undefined);
  for (const [i, from] of open.entries()) {
    const before = known.get(from.nodeId) ?? {};
    known.set(from.nodeId, yield* joined(name, from, before, data[`i${i}`], begun));
  }
});

/** Pages that lead back to one of them would be read for ever. An issue that is gone has no more pages. */
const joined = (
  name: Connection,
  from: From,
  before: GraphRelations,
  after: GraphRelations | null | undefined,
  begun: Begun,
): Effect.Effect<GraphRelations, GitHubError> => {
  const page = after?.[name] ?? { pageInfo: { hasNextPage: false } };
  const keyOf = (cursor: string) => JSON.stringify([name, from.nodeId, cursor]);
  begun.add(keyOf(from.cursor));
  const { endCursor, hasNextPage } = page.pageInfo;
  if (hasNextPage && isNotNullish(endCursor) && begun.has(keyOf(endCursor))) {
    const message = `GitHub gave a page of ${name} that leads back to itself: try again later`;
    return Effect.fail(new Malformed({ message }));
  }
  const nodes = [...(before[name]?.nodes ?? []), ...(page.nodes ?? [])];
  return Effect.succeed({ ...before, [name]: { pageInfo: page.pageInfo, nodes } });
};
