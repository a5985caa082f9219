/** The relations of issues that a listing gave, by the hundred. */
import * as Effect from "effect/Effect";
import { isNullish } from "effect/Predicate";
import type { IssueFacts } from "../IssueFacts.ts";
import { cut, halving, most } from "./batches.ts";
import { furtherPages } from "./furtherPages.ts";
import type { GraphRelations } from "./graphIssue.ts";
import { lackingOf } from "./lacking.ts";
import type { Wanted, Without } from "./queries/parts.ts";
import { relationsOfIssues } from "./queries/relationsOfIssues.ts";
import type { Reader } from "./Reader.ts";
import { related } from "./related.ts";

/** An issue whose relations are still to be read. */
export interface Draft {
  readonly facts: IssueFacts;
  readonly wanted: Wanted;
  /** How many comments it has. */
  readonly comments: number;
}

/** An issue with the first page of its relations. */
export interface Piece {
  readonly facts: IssueFacts;
  readonly relations: GraphRelations;
}

/** Few enough comments for one answer: at their usual length, some megabytes. */
const mostComments = 2000;
/** Batches at once; the client has a limit of its own for everything together. */
const concurrency = 4;

/** Reads the relations that the issues have, in their order. What is gone meanwhile stays as it was listed. */
export const withRelations = Effect.fnUntraced(function* (
  reader: Reader,
  drafts: ReadonlyArray<Draft>,
) {
  const lacking = lackingOf(reader.client);
  const needing = drafts.filter(({ wanted }) => isAny(wanted, lacking));
  const batches = cut(needing, most, mostComments, weightOf);
  const read = (batch: ReadonlyArray<Draft>) => firstPages(reader, batch);
  const pieces = yield* Effect.forEach(batches, (batch) => halving(batch, read), { concurrency });
  const whole = yield* completed(reader, pieces.flat());
  const byId = new Map(whole.map((facts) => [facts.nodeId, facts]));
  return drafts.map(({ facts }) => byId.get(facts.nodeId) ?? facts);
});

/** Reads the pages after the first, and puts everything into the facts. */
export const completed = Effect.fnUntraced(function* (
  reader: Reader,
  pieces: ReadonlyArray<Piece>,
) {
  const known = new Map(pieces.map(({ facts, relations }) => [facts.nodeId, relations]));
  yield* furtherPages(reader, known);
  return pieces.map(({ facts, relations }) => related(facts, known.get(facts.nodeId) ?? relations));
});

const kinds = ["blockedBy", "subIssues", "parent", "comments"] as const;

const isAny = (wanted: Wanted, lacking: Without): boolean =>
  kinds.some((name) => wanted[name] && (name === "comments" || !lacking.has(name)));

/** How many comments its first page has. */
const weightOf = ({ comments, wanted }: Draft): number =>
  wanted.comments ? Math.min(comments, most) : 0;

/** A batch asks only for what some issue of it has. */
const union = (batch: ReadonlyArray<Draft>): Wanted => {
  const some = (name: (typeof kinds)[number]) => batch.some(({ wanted }) => wanted[name]);
  return {
    blockedBy: some("blockedBy"),
    subIssues: some("subIssues"),
    parent: some("parent"),
    comments: some("comments"),
  };
};

const firstPages = Effect.fnUntraced(function* (reader: Reader, batch: ReadonlyArray<Draft>) {
  const ids = batch.map(({ facts }) => facts.nodeId);
  const wanted = union(batch);
  const { data, errors } = yield* reader.ask((without) => relationsOfIssues(ids, wanted, without));
  reader.notePartly(errors, (index) => batch[index]?.facts.id);
  return batch.flatMap(({ facts }, index): ReadonlyArray<Piece> => {
    const relations = data.nodes[index];
    return isNullish(relations) ? [] : [{ facts, relations }];
  });
});
