/** Many things in few requests: full batches, and smaller ones where an answer is too much for the server. */
import * as Effect from "effect/Effect";
import type { GitHubError } from "../GitHubError.ts";

/** How many nodes GitHub takes at once. */
export const most = 100;

/**
 * Half as many, or undefined if that would not help either.
 *
 * Anybody may write a hundred long comments on one issue, so that even two together are too much.
 */
export const halfOf = (size: number, error: GitHubError): number | undefined =>
  isTooMuch(error) && size > 1 ? Math.ceil(size / 2) : undefined;

/** What GitHub says when a query costs it more than it gives to one. */
const tooExpensive = new Set(["RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED"]);

/** What GitHub answers when a query takes it longer than ten seconds. */
const gaveUp = new Set([502, 504]);

/** Whether fewer at once may succeed: the server gave up, or its answer was too large to take. */
const isTooMuch = (error: GitHubError): boolean =>
  error._tag === "Malformed" ||
  (error._tag === "Unavailable" && gaveUp.has(error.status ?? 0)) ||
  (error._tag === "Invalid" && tooExpensive.has(error.code ?? ""));

/** Cuts a list so that no piece has more than `size` elements, nor weighs more than `weight` together. */
export const cut = <A>(
  all: ReadonlyArray<A>,
  size: number,
  weight = Infinity,
  weightOf: (item: A) => number = () => 0,
): ReadonlyArray<ReadonlyArray<A>> => {
  const pieces: Array<Array<A>> = [];
  let total = 0;
  for (const item of all) {
    const piece = pieces.at(-1);
    total += weightOf(item);
    if (piece !== undefined && piece.length < size && total <= weight) piece.push(item);
    else {
      pieces.push([item]);
      total = weightOf(item);
    }
  }
  return pieces;
};

/** Asks for a batch; if that is too much, for its halves one after the other. */
export const halving = <A, B>(
  batch: ReadonlyArray<A>,
  ask: (batch: ReadonlyArray<A>) => Effect.Effect<ReadonlyArray<B>, GitHubError>,
): Effect.Effect<ReadonlyArray<B>, GitHubError> =>
  ask(batch).pipe(
    Effect.catch((error) => {
      const half = halfOf(batch.length, error);
      if (half === undefined) return Effect.fail(error);
      const halves = [batch.slice(0, half), batch.slice(half)];
      const both = Effect.forEach(halves, (part) => halving(part, ask));
      return Effect.map(both, (parts) => parts.flat());
    }),
  );
