/** Whether a pull request can be the work of a task, by when things happened. */
import * as Effect from "effect/Effect";
import type { GitHubError } from "../../GitHubError.ts";
import type { Wanted } from "../../PullRequestChoice.ts";
import type { PullRequestView } from "../../PullRequestView.ts";
import { isOnBranch } from "./candidates.ts";

/** Those that close the issue of the task. */
type Closers = Effect.Effect<ReadonlyArray<PullRequestView>, GitHubError>;

/** So far this machine's clock may be ahead of GitHub's. */
const clocksMillis = 5 * 60_000;

const isBefore = (at: number | undefined, { since }: Wanted): boolean =>
  at !== undefined && since !== undefined && at < since - clocksMillis;

/** Whether it was merged or closed before the task began. */
export const hasEnded = ({ endedAt }: PullRequestView, wanted: Wanted): boolean =>
  isBefore(endedAt, wanted);

/** Whether it was opened before the task began and does not close its issue: an agent may name anybody's. */
export const isEarlier = (
  view: PullRequestView,
  wanted: Wanted,
  closers: Closers,
): Effect.Effect<boolean, GitHubError> => {
  if (view.state !== "open" || !isBefore(view.openedAt, wanted)) return Effect.succeed(false);
  return Effect.map(closers, (found) => !found.some(({ id }) => id === view.id));
};

/**
 * Whether what an agent reports shows to be its work if it is merged: an agent may name anything.
 * It was merged since the task began, and it closes the task's issue, or was opened since on the
 * branch of the agent.
 */
export const isProven = (
  view: PullRequestView,
  wanted: Wanted,
  closers: Closers,
): Effect.Effect<boolean, GitHubError> => {
  if (view.state !== "merged" || wanted.since === undefined) return Effect.succeed(true);
  if (hasEnded(view, wanted)) return Effect.succeed(false);
  if (isOnBranch(view, wanted.change) && !isBefore(view.openedAt, wanted)) {
    return Effect.succeed(true);
  }
  return Effect.map(closers, (found) => found.some(({ id }) => id === view.id));
};
