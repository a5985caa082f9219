/**
 * Which pull request carries the change of a task: those that its agent reports, else those of its
 * branch, else those that close its issue. Never by search, whose index is behind.
 */
import type { Agent } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import type { GitHubClient } from "./GitHubClient.ts";
import type { GitHubError } from "./GitHubError.ts";
import { byBranch, closing, plain, reported } from "./internal/landing/candidates.ts";
import { isOnBase, isTheirs } from "./internal/landing/readiness.ts";
import { hasEnded, isEarlier, isProven } from "./internal/landing/since.ts";
import type * as IssueId from "./IssueId.ts";
import type { LandingOptions } from "./LandingOptions.ts";
import type { PullRequestView } from "./PullRequestView.ts";

/** What is looked for. */
export interface Wanted {
  readonly repository: IssueId.Repository;
  readonly change: Agent.Change;
  /** The issue of the task, in the same repository. */
  readonly issue: number | undefined;
  /** When the task began, in milliseconds since the epoch; undefined if nobody knows. */
  readonly since?: number | undefined;
}

/** Which pull request is the work of a task, or why none is. */
export type Choice =
  | {
      readonly _tag: "Delivered";
      readonly view: PullRequestView;
      /** It was opened before the task began and does not close its issue: it may be somebody else's. */
      readonly isEarlier?: true;
    }
  | { readonly _tag: "NoChange" }
  /** The agent reports what was merged and cannot, or need not, be its work. */
  | { readonly _tag: "Unrelated"; readonly urls: ReadonlyArray<string> }
  | { readonly _tag: "WrongRepository"; readonly urls: ReadonlyArray<string> }
  | { readonly _tag: "Ambiguous"; readonly urls: ReadonlyArray<string> };

/** The best of some candidates; undefined if there are none. */
export const among = (
  candidates: ReadonlyArray<PullRequestView>,
  change: Agent.Change,
  options: LandingOptions,
): Choice | undefined => {
  const best = Math.max(...candidates.map((view) => rank(view, options)));
  const usable = candidates.filter((view) => rank(view, options) === best);
  const named = preferring(usable, ({ head }) => head.branch === plain(change.branch));
  const left = preferring(named, ({ state }) => state === "open");
  if (left.length > 1 && best > 0) return { _tag: "Ambiguous", urls: left.map(({ url }) => url) };
  const view = left.toSorted((one, other) => other.number - one.number).at(0);
  return view === undefined ? undefined : { _tag: "Delivered", view };
};

/** A change in the right place goes before one in the wrong place, and that before one that people closed. */
const rank = (view: PullRequestView, options: LandingOptions): number => {
  if (view.state === "closed") return 0;
  const isMeant = isOnBase(view, options) && isTheirs(view, options);
  return isMeant && (view.changedFiles > 0 || view.state === "merged") ? 2 : 1;
};

const isGood = (choice: Choice, options: LandingOptions): boolean =>
  choice._tag !== "Delivered" || rank(choice.view, options) === 2;

const preferring = <A>(all: ReadonlyArray<A>, is: (one: A) => boolean): ReadonlyArray<A> => {
  const preferred = all.filter(is);
  return preferred.length > 0 ? preferred : all;
};

/** Asks in turn, until there is one that is as it should be. */
export const read = Effect.fn("PullRequestChoice.read")(function* (
  client: GitHubClient,
  wanted: Wanted,
  options: LandingOptions,
): Effect.fn.Return<Choice, GitHubError> {
  const { elsewhere, views } = yield* reported(client, wanted);
  const closers = yield* Effect.cached(closing(client, wanted));
  const [proven, unproven] = yield* Effect.map(
    Effect.forEach(views, (view) => isProven(view, wanted, closers)),
    (are) => [views.filter((_, i) => are[i]), views.filter((_, i) => !are[i])] as const,
  );
  const current = Effect.map((found: ReadonlyArray<PullRequestView>) =>
    found.filter((view) => !hasEnded(view, wanted)),
  );
  const told = (choice: Choice) =>
    choice._tag === "Delivered"
      ? Effect.map(isEarlier(choice.view, wanted, closers), (is) =>
          is ? { ...choice, isEarlier: is } : choice,
        )
      : Effect.succeed(choice);
  const found: Array<Choice> = [];
  const sources = [Effect.succeed(proven), current(byBranch(client, wanted)), current(closers)];
  for (const source of sources) {
    const choice = among(yield* source, wanted.change, options);
    if (choice === undefined) continue;
    if (isGood(choice, options)) return yield* told(choice);
    found.push(choice);
  }
  if (found[0] !== undefined) return yield* told(found[0]);
  if (unproven.length > 0) return { _tag: "Unrelated", urls: unproven.map(({ url }) => url) };
  return elsewhere.length > 0 ? { _tag: "WrongRepository", urls: elsewhere } : { _tag: "NoChange" };
});
