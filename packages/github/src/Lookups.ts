/** Issues and pull requests that something points to, found by their ids: many in one request. */
import * as Arr from "effect/Array";
import * as Effect from "effect/Effect";
import type { Fact, Reading } from "./FactSource.ts";
import type { GitHubClient } from "./GitHubClient.ts";
import type { GitHubError } from "./GitHubError.ts";
import { withApprovals } from "./internal/approvals.ts";
import { cut, halving, most } from "./internal/batches.ts";
import { factsOf, type GraphIssue, linkedOf } from "./internal/graphIssue.ts";
import { issuesByName } from "./internal/queries/issuesByName.ts";
import { foundIn, type Named } from "./internal/queries/named.ts";
import { statesByName } from "./internal/queries/statesByName.ts";
import { Reader } from "./internal/Reader.ts";
import { completed } from "./internal/relations.ts";
import * as IssueId from "./IssueId.ts";
import type { Lookup } from "./IssueFacts.ts";

/** How issues are looked up that the sources did not give. */
export interface Options {
  readonly reading?: Reading | undefined;
  /** What the issues give as their source. */
  readonly source: string;
}

const concurrency = 4;

/**
 * What each id stands for, by `IssueId.key` of the id as it was asked for.
 *
 * A repository that was renamed is found under its old name; the answer has the new one.
 */
export const look = Effect.fn("Lookups.look")(function* (
  client: GitHubClient,
  ids: ReadonlyArray<string>,
): Effect.fn.Return<ReadonlyMap<string, Lookup>, GitHubError> {
  const reader = new Reader(client, "a lookup");
  const found = new Map<string, Lookup>(
    ids.map((id) => [IssueId.key(id), { _tag: "Missing" }] as const),
  );
  const ask = Effect.fnUntraced(function* (batch: ReadonlyArray<IssueId.Parts>) {
    const named = grouped(batch);
    const { data } = yield* reader.ask((without) => statesByName(named, without));
    return foundIn(data, named);
  });
  for (const { found: node, id } of yield* inBatches(ids, ask)) {
    if (node !== undefined) found.set(IssueId.key(id), { _tag: "Found", issue: linkedOf(node) });
  }
  return found;
});

/** The issues themselves, whole. What is a pull request, or is not there, is left out. */
export const facts = Effect.fn("Lookups.facts")(function* (
  client: GitHubClient,
  ids: ReadonlyArray<string>,
  options: Options,
): Effect.fn.Return<ReadonlyArray<Fact>, GitHubError> {
  const reader = new Reader(client, options.source, options.reading);
  const comments = reader.reading.comments ?? false;
  const wanted = { blockedBy: true, subIssues: true, parent: true, comments };
  const ask = Effect.fnUntraced(function* (batch: ReadonlyArray<IssueId.Parts>) {
    const named = grouped(batch);
    const { data, errors } = yield* reader.ask((without) => issuesByName(named, wanted, without));
    const forbidden = errors.filter(({ type }) => type !== "NOT_FOUND");
    reader.notePartly(forbidden, () => undefined);
    return foundIn(data, named);
  });
  const nodes = (yield* inBatches(ids, ask)).flatMap(({ found }) => wholeIssue(found));
  const pieces = nodes.map((node) => ({ facts: factsOf(node, reader.source), relations: node }));
  const issues = yield* withApprovals(reader, yield* completed(reader, pieces));
  const told = issues.map((issue): Fact => ({ _tag: "Issue", issue }));
  return [...told, ...reader.shortfalls()];
});

const wholeIssue = (
  found: GraphIssue | { readonly __typename: "PullRequest" } | undefined,
): ReadonlyArray<GraphIssue> => (found?.__typename === "Issue" ? [found] : []);

/** Each id once, those of one repository together. Whatever is no id cannot be there. */
const inBatches = <A>(
  ids: ReadonlyArray<string>,
  ask: (batch: ReadonlyArray<IssueId.Parts>) => Effect.Effect<ReadonlyArray<A>, GitHubError>,
): Effect.Effect<ReadonlyArray<A>, GitHubError> => {
  const distinct = new Map(ids.map((id) => [IssueId.key(id), IssueId.parse(id)]));
  const parts = [...distinct.values()].filter((part) => part !== undefined);
  const together = parts.toSorted((a, b) => order(repositoryKey(a), repositoryKey(b)));
  const asked = Effect.forEach(cut(together, most), (batch) => halving(batch, ask), {
    concurrency,
  });
  return Effect.map(asked, (answers) => answers.flat());
};

const repositoryKey = ({ owner, repository }: IssueId.Parts): string =>
  `${owner}/${repository}`.toLowerCase();

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const grouped = (batch: ReadonlyArray<IssueId.Parts>): ReadonlyArray<Named> =>
  Object.values(Arr.groupBy(batch, repositoryKey)).map((parts) => ({
    owner: parts[0].owner,
    repository: parts[0].repository,
    numbers: parts.map(({ number }) => number),
  }));
