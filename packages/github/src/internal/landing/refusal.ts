/** What an agent is told about the change that it delivered. */
import type { CodeHost } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import type { GitHubClient } from "../../GitHubClient.ts";
import type { Step } from "../../LandingPolicy.ts";
import type { PullRequestView } from "../../PullRequestView.ts";
import { landingError } from "./failures.ts";
import { changedPaths, changedSince } from "./files.ts";
import { some } from "./names.ts";
import { subjectOf } from "./requests.ts";
import { textsOf } from "./texts.ts";

type Refuse = Extract<Step, { readonly _tag: "Refuse" }>;

/** The error of a change that goes back, with the words of whoever found fault; what cannot be read is left out. */
export const refusal = Effect.fnUntraced(function* (
  client: GitHubClient,
  view: PullRequestView,
  { isConflict, message, obstacle, texts }: Refuse,
): Effect.fn.Return<CodeHost.LandingError> {
  const unread = `What they say could not be read; it is on ${view.url}.`;
  const told = yield* Effect.orElseSucceed(textsOf(client, texts), () => unread);
  const paths = isConflict ? yield* pathsInConflict(client, view) : [];
  const where = paths.length === 0 ? "" : `\nBoth changed ${some(paths, 20)}.`;
  const whole = `${message}${where}${told === "" ? "" : `\n\n${told}`}`;
  return landingError(isConflict ? "Conflict" : "Refused", whole, { paths, obstacle });
});

/** GitHub does not say which files conflict: those that both sides have changed since they parted. */
const pathsInConflict = Effect.fnUntraced(function* (client: GitHubClient, view: PullRequestView) {
  const subject = subjectOf(view);
  const { base, head } = view;
  const none: ReadonlyArray<string> = [];
  const ours = yield* Effect.orElseSucceed(
    Effect.map(changedPaths(client, subject), ({ paths }) => paths),
    () => none,
  );
  const others = yield* Effect.orElseSucceed(
    changedSince(client, subject, head.sha, base.tip ?? base.branch),
    () => none,
  );
  const both = ours.filter((path) => others.includes(path));
  return both.length > 0 ? both : ours;
});
