/** The items of a board, page by page: the issues whole, and of everything else what it is. */
import * as Effect from "effect/Effect";
import type * as Option from "effect/Option";
import { isNullish } from "effect/Predicate";
import * as Stream from "effect/Stream";
import type { Fact } from "../FactSource.ts";
import type { Answer } from "../GitHubClient.ts";
import { Forbidden, type GitHubError, Malformed, NotFound } from "../GitHubError.ts";
import type { Unusable } from "../IssueFacts.ts";
import { withApprovals } from "./approvals.ts";
import { halfOf, most } from "./batches.ts";
import { type Criterion, isMet, isRefuted } from "./boardFilter.ts";
import { factsOf } from "./graphIssue.ts";
import { type BoardAddress, permission } from "./queries/board.ts";
import { boardItems, type Item, valuesOf } from "./queries/boardItems.ts";
import type { Reader } from "./Reader.ts";
import { completed, type Piece } from "./relations.ts";

/** What is asked of every page of one board. */
export interface Board {
  readonly address: BoardAddress;
  readonly criteria: ReadonlyArray<Criterion>;
  /** The names of the fields to read, as the board spells them. */
  readonly fields: ReadonlyArray<string>;
  readonly search: string | undefined;
}

/** Where a page begins, and how many items it has. */
interface Place {
  readonly after: string | undefined;
  readonly size: number;
  /** Where pages began so far. */
  readonly begun: Set<string>;
}

type Next = readonly [ReadonlyArray<Fact>, Option.Option<Place>];

/** An item that is an issue, or what it is instead. */
type Told = { readonly _tag: "Piece"; readonly piece: Piece } | (Fact & { _tag: "Unusable" });

/** Everything on the board that passes. */
export const boardIssues = (reader: Reader, board: Board): Stream.Stream<Fact, GitHubError> =>
  Stream.paginate<Place, Fact, GitHubError>(
    { after: undefined, size: most, begun: new Set() },
    (place) => pageAt(reader, board, place),
  );

/** A page after a smaller one has at least so many: what made that one too much may have been one item. */
const fewest = 10;

/** One page; if that is too much for the server, half of it, and pages of about that size from then on. */
const pageAt = (reader: Reader, board: Board, place: Place): Effect.Effect<Next, GitHubError> =>
  readPage(reader, board, place).pipe(
    Effect.catch((error) => {
      const size = halfOf(place.size, error);
      return size === undefined ? Effect.fail(error) : pageAt(reader, board, { ...place, size });
    }),
  );

const readPage = Effect.fnUntraced(function* (reader: Reader, board: Board, place: Place) {
  const { comments = false } = reader.reading;
  const wanted = { blockedBy: true, subIssues: true, parent: true, comments };
  const asked = { ...place, search: board.search, fields: board.fields, wanted };
  const answer = yield* reader.ask((without) => boardItems(board.address, asked, without));
  const items = answer.data.owner?.projectV2?.items;
  if (items === undefined) return yield* absent(reader, answer);
  const nodes = items.nodes ?? [];
  reader.notePartly(answer.errors, (index) => titleOf(nodes[index]));
  const facts = yield* factsOfPage(
    reader,
    nodes.flatMap((item) => told(reader, board, item)),
  );
  return [facts, yield* nextPlace(reader, place, items.pageInfo)] as const;
});

/** Pages that lead back to one of them would be read for ever. */
const nextPlace = (
  { source }: Reader,
  { begun, size }: Place,
  { endCursor, hasNextPage }: { readonly hasNextPage: boolean; readonly endCursor?: string | null },
): Effect.Effect<Option.Option<Place>, Malformed> => {
  if (!hasNextPage || isNullish(endCursor)) return Effect.succeedNone;
  if (begun.has(endCursor)) {
    const message = `GitHub gave a page of ${source} that leads back to itself: try again later`;
    return Effect.fail(new Malformed({ message }));
  }
  begun.add(endCursor);
  return Effect.succeedSome({ after: endCursor, size: Math.max(size, fewest), begun });
};

/** GitHub says the same of a board that is not there and of one that the token may not see. */
export const absent = (
  { source }: Reader,
  { errors }: Answer<unknown>,
): Effect.Effect<never, GitHubError> => {
  const needs = `the token needs ${permission}; the GITHUB_TOKEN of a workflow cannot read boards`;
  const forbidden = errors.find(({ type }) => type !== "NOT_FOUND");
  if (forbidden === undefined) {
    const message = `${source} is not there, or the token may not see it: ${needs}`;
    return Effect.fail(new NotFound({ message }));
  }
  const message = `${source} may not be read (${forbidden.message}): ${needs}`;
  return Effect.fail(new Forbidden({ message, permission }));
};

const titleOf = (item: Item | null | undefined): string | undefined =>
  isNullish(item?.content) ? undefined : JSON.stringify(item.content.title);

/** What an item is, if it passes. Of what may not be seen it is told unless its fields speak against it. */
const told = (reader: Reader, board: Board, item: Item | null): ReadonlyArray<Told> => {
  const fields = item === null ? {} : valuesOf(item, board.fields);
  const content = item?.content ?? undefined;
  if (content === undefined) {
    const isOut = board.criteria.some((criterion) => isRefuted(criterion, fields));
    return isOut ? [] : [unusable(reader, "redacted", undefined)];
  }
  const facts =
    content.__typename === "Issue" ? { ...factsOf(content, reader.source), fields } : undefined;
  if (!board.criteria.every((criterion) => isMet(criterion, fields, facts))) return [];
  if (item?.isArchived === true) return [unusable(reader, "archived", content.title)];
  if (content.__typename === "Issue" && facts !== undefined) {
    return [{ _tag: "Piece", piece: { facts, relations: content } }];
  }
  const kind = content.__typename === "PullRequest" ? "pull-request" : "draft";
  return [unusable(reader, kind, content.title)];
};

const unusable = (
  { source }: Reader,
  kind: Unusable["kind"],
  title: string | undefined,
): Fact & { _tag: "Unusable" } => ({ _tag: "Unusable", unusable: { source, kind, title } });

/** Completes the issues of a page, and keeps the order of the board. */
const factsOfPage = Effect.fnUntraced(function* (reader: Reader, page: ReadonlyArray<Told>) {
  const pieces = page.flatMap((one) => (one._tag === "Piece" ? one.piece : []));
  const issues = yield* withApprovals(reader, yield* completed(reader, pieces));
  const whole = issues.values();
  return page.flatMap((one): ReadonlyArray<Fact> => {
    if (one._tag === "Unusable") return [one];
    const issue = whole.next().value;
    return issue === undefined ? [] : [{ _tag: "Issue", issue }];
  });
});
