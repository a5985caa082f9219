import * as Effect from "effect/Effect";
import type { CodegenClient } from "../CodegenClient.ts";
import { type CodegenError, isTransient, Malformed } from "../CodegenError.ts";
import type { AgentRun, AgentRunPage } from "../CodegenModel.ts";

/** Whose agent runs are listed. */
export interface Filter {
  readonly userId: number | undefined;
  readonly sourceType: string | undefined;
}

const pageSize = 100;
/** What one page repeats of the one before it, so that nothing falls between them. */
const overlap = 10;
const mostScans = 3;
const mostPages = 10_000;

/** Pages do not meet, because agent runs came or went in between, or show less than they count. */
class Torn {
  readonly _tag = "Torn";
}

/**
 * All agent runs, however old, newest first.
 *
 * A page that fails, or that does not meet the one before it, begins the whole
 * scan again; a listing that never becomes whole is an error.
 */
export const allRuns = (
  client: CodegenClient,
  filter: Filter,
): Effect.Effect<ReadonlyArray<AgentRun>, CodegenError> =>
  scan(client, filter).pipe(
    Effect.retry({
      times: mostScans - 1,
      while: (error) => error._tag === "Torn" || isTransient(error),
    }),
    Effect.catchTag("Torn", () =>
      Effect.fail(
        new Malformed({
          message: `None of ${mostScans} scans of the list of agent runs was complete: it changed meanwhile, or shows less than it counts. Try again later.`,
        }),
      ),
    ),
  );

const scan = Effect.fnUntraced(function* (client: CodegenClient, filter: Filter) {
  const runs = new Map<AgentRun["id"], AgentRun>();
  let before: ReadonlyArray<AgentRun> = [];
  let skip = 0;
  for (let pages = 0; pages < mostPages; pages++) {
    const page: AgentRunPage = yield* client.list({ skip, limit: pageSize, ...filter });
    const known = runs.size;
    for (const run of page.items) runs.set(run.id, run);
    const place = placeOf(page, skip, runs.size > known);
    if (!meets(before, page.items, skip) || place === "torn") return yield* Effect.fail(new Torn());
    if (place === "end") return [...runs.values()];
    before = page.items;
    skip += Math.max(page.items.length - overlap, 1);
  }
  return yield* Effect.fail(new Torn());
});

/** Whether a page goes on where the one before it ended. */
const meets = (
  before: ReadonlyArray<AgentRun>,
  items: ReadonlyArray<AgentRun>,
  skip: number,
): boolean => {
  if (skip === 0) return true;
  const ids = new Set(before.map(({ id }) => id));
  return items.some(({ id }) => ids.has(id));
};

/**
 * Where a page stands in the listing. A short page alone is no end, because a
 * service may give less than it is asked for: its count decides, and without
 * one a page that shows nothing new. A count of more than is shown is no end either.
 */
const placeOf = (
  { items, total }: AgentRunPage,
  skip: number,
  isNews: boolean,
): "middle" | "end" | "torn" => {
  if (total === undefined) return isNews ? "middle" : "end";
  if (items.length < pageSize && skip + items.length >= total) return "end";
  return isNews ? "middle" : "torn";
};
