import type { Task } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import type { GitHubClient } from "../../GitHubClient.ts";
import type { GitHubError } from "../../GitHubError.ts";
import type { StatusLabels } from "../../StatusLabels.ts";
import { seen } from "../decoding.ts";
import { type Labelling, labelMany } from "../queries/labelMany.ts";
import type { Seen } from "./atOnce.ts";
import { issueOf, type Place } from "./place.ts";

/** So many issues are labelled by one request, for one point; GitHub gives a request ten seconds. */
const mostAtOnce = 25;

/** Whether nothing else is known of a task than that it waits, at this moment. */
export type IsWaiting = (task: Task.TaskId) => boolean;

/**
 * Labels the issues of tasks that wait, some with each request. One request after the other, so
 * that whatever else is to be told goes between them.
 */
export const queue = (
  client: GitHubClient,
  labels: StatusLabels,
  before: Seen,
): ((tasks: Iterable<Task.Task>, isWaiting: IsWaiting) => Effect.Effect<void, GitHubError>) =>
  Effect.fnUntraced(function* (tasks, isWaiting) {
    const left = tasks[Symbol.iterator]();
    for (;;) {
      const waiting = next(left, isWaiting);
      if (waiting.length === 0) return;
      yield* splitting(waiting, (some) => label(client, labels, before, some, isWaiting));
    }
  });

/** A task that waits, and its issue. */
interface Waiting extends Place {
  readonly nodeId: string;
  readonly task: Task.TaskId;
}

/** The next tasks that still wait; none if there are no more. */
const next = (left: Iterator<Task.Task>, isWaiting: IsWaiting): ReadonlyArray<Waiting> => {
  const found: Array<Waiting> = [];
  while (found.length < mostAtOnce) {
    const { done, value: task } = left.next();
    if (done === true) return found;
    const place = isWaiting(task.id) ? issueOf(task) : undefined;
    const nodeId = place?.nodeId;
    if (place !== undefined && nodeId !== undefined)
      found.push({ ...place, nodeId, task: task.id });
  }
  return found;
};

/** One issue that is gone or locked spoils a whole request; alone it is left as it is. */
const splitting = (
  places: ReadonlyArray<Waiting>,
  change: (some: ReadonlyArray<Waiting>) => Effect.Effect<void, GitHubError>,
): Effect.Effect<void, GitHubError> => {
  if (places.length === 0) return Effect.void;
  return Effect.catchIf(
    change(places),
    ({ _tag }) => _tag === "Invalid" || _tag === "NotFound",
    () => {
      const half = Math.ceil(places.length / 2);
      if (places.length === 1) return Effect.void;
      const [first, second] = [places.slice(0, half), places.slice(half)];
      return Effect.andThen(splitting(first, change), splitting(second, change));
    },
  );
};

const label = Effect.fnUntraced(function* (
  client: GitHubClient,
  labels: StatusLabels,
  before: Seen,
  places: ReadonlyArray<Waiting>,
  isWaiting: IsWaiting,
) {
  const found: Array<Labelling & Pick<Waiting, "task">> = [];
  for (const { issue, nodeId, task } of places) {
    const id = yield* labels.idOf(issue, "queued");
    if (id !== undefined) found.push({ issue: nodeId, labels: [id], task });
  }
  const given = found.filter(({ task }) => isWaiting(task));
  if (given.length === 0) return;
  const changed = yield* client.mutate(labelMany("give", given));
  const old: Array<Labelling> = [];
  for (const [i, { issue, labels: own, task }] of given.entries()) {
    const now = labels.among(seen(changed[`i${i}`]?.labelable?.labels)).map(({ id }) => id);
    const others = now.filter((one) => !own.includes(one));
    // Of a task that began while this request was on its way, the other label is the newer one.
    if (others.length > 0) old.push({ issue, labels: isWaiting(task) ? others : own });
    // Whoever begins to work on it takes this label away, and does not have to look for it.
    else if (!before.has(issue)) before.set(issue, own);
  }
  if (old.length > 0) yield* client.mutate(labelMany("take", old));
});
