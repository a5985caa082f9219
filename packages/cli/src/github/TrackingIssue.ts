/**
 * The issue that tells how a whole run stands, if the operator names one.
 *
 * It is best effort: what cannot be told there is a warning.
 */
import type { RunState } from "@orchestrator/core";
import * as IssueId from "@orchestrator/github/IssueId";
import type { Statement } from "@orchestrator/github/Ledger";
import type { RunComment } from "@orchestrator/github/RunComment";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import type * as Scope from "effect/Scope";

/** As people write it; without a repository it is in that of the run. */
export interface Named {
  /** `owner/name`. */
  readonly repository: string | undefined;
  readonly number: number;
}

/** Reads `acme/shop#9`, `#9` or `9`; undefined if it is none of these. */
export const parse = (text: string): Named | undefined => {
  const number = IssueId.parseNumber(text.replace(/^#/, ""));
  if (number !== undefined) return { repository: undefined, number };
  const id = IssueId.parse(text);
  return id && { repository: `${id.owner}/${id.repository}`, number: id.number };
};

/** The issue that is meant in a run; undefined if that is not known. */
export const issueOf = (
  { number, repository }: Named,
  repositoryOfRun: string | undefined,
): IssueId.Parts | undefined => IssueId.parse(`${repository ?? repositoryOfRun}#${number}`);

/** What is told of a run, and where. */
export interface Told {
  readonly comment: Pick<RunComment, "publish">;
  readonly state: RunState.RunState;
  readonly ledger: () => Statement;
}

export interface TrackingIssue {
  /** Tells how the run stands, in the background; and once more when the scope closes. */
  readonly follow: (told: Told) => Effect.Effect<void>;
}

/** A change waits for its turn, and a comment that an earlier process may have sent for some minutes. */
const patience = "5 minutes";

/**
 * Tells about one run until the scope closes.
 *
 * A process that is asked to end has two seconds. To be made before everything
 * that has to be given back, which then is given back before the last words.
 */
export const make: Effect.Effect<TrackingIssue, never, Scope.Scope> = Effect.gen(function* () {
  let followed: { readonly told: Told; readonly first: Fiber.Fiber<void> } | undefined;
  yield* Effect.addFinalizer(() =>
    followed === undefined ? Effect.void : last(followed.told, followed.first),
  );
  return {
    follow: (told) =>
      Effect.map(Effect.forkDetach(publish(told)), (first) => void (followed = { told, first })),
  };
});

const publish = ({ comment, ledger, state }: Told): Effect.Effect<void> =>
  Effect.suspend(() => comment.publish(state, ledger())).pipe(
    Effect.catch(({ message }) => warn(message)),
    Effect.asVoid,
  );

/** To cut the first words short could lead to a second comment. */
const last = (told: Told, first: Fiber.Fiber<void>) =>
  Effect.andThen(Fiber.await(first), publish(told)).pipe(
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () => warn(`GitHub took longer than ${patience}`),
    }),
    Effect.ensuring(Fiber.interrupt(first)),
  );

/** What people are told where the issue does not say it. */
export const warn = (why: string): Effect.Effect<void> =>
  Effect.logWarning(`The issue automation.tracking_issue does not say how the run stands: ${why}`);
