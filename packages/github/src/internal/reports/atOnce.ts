import * as Effect from "effect/Effect";
import type { BoardStatus } from "../../BoardStatus.ts";
import type { GitHubClient } from "../../GitHubClient.ts";
import type { GitHubError } from "../../GitHubError.ts";
import * as IssueId from "../../IssueId.ts";
import type { State, StatusLabels } from "../../StatusLabels.ts";
import { seen } from "../decoding.ts";
import { setStatus } from "../queries/setStatus.ts";
import type { Place } from "./place.ts";

/** What certainly is as it should be. */
export type Set = ReadonlyArray<"label" | "status">;

const nothing: Set = [];

/** The labels of a status that issues were last seen with, by the ids of both. */
export type Seen = Map<string, ReadonlyArray<string>>;

/**
 * Sets label and card of an issue by one request, which costs one point where one by one they cost
 * up to four. What is not set then, because it failed or more was found, is left to be set one by one.
 */
export const atOnce = (
  client: GitHubClient,
  labels: StatusLabels,
  board: BoardStatus | undefined,
  before: Seen,
): ((place: Place, state: State) => Effect.Effect<Set, GitHubError>) =>
  Effect.fnUntraced(function* ({ issue, nodeId }: Place, state: State) {
    if (nodeId === undefined) return nothing;
    const id = IssueId.of(issue);
    const add = yield* labels.idOf(issue, state);
    if (add === undefined) return nothing;
    const card = board === undefined ? undefined : yield* board.change({ id, nodeId }, state);
    const remove = (before.get(nodeId) ?? []).filter((label) => label !== add);
    const changed = yield* client.mutate(setStatus(id, nodeId, { add, remove }, card));
    const { labelable } = changed.removed ?? changed.added;
    const now = labels.among(seen(labelable?.labels)).map((label) => label.id);
    before.set(nodeId, now);
    const isAlone = now.length === 1 && now[0] === add;
    return isAlone ? (["label", "status"] as const) : (["status"] as const);
  });
