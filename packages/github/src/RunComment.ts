/**
 * The summary of a run as a comment on an issue of people's choice: one for each run, kept up to date.
 *
 * It is known by its mark, as the reports of tasks are. Before it is created, all comments are
 * looked through, late enough to show one that this or an earlier process may have sent.
 */
import { monotonicMillis } from "@orchestrator/core/remote/time";
import type { Reporter, RunState } from "@orchestrator/core";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as Redacted from "effect/Redacted";
import * as Semaphore from "effect/Semaphore";
import type { GitHubClient } from "./GitHubClient.ts";
import * as GitHubHost from "./GitHubHost.ts";
import { type Comment, Comments, refOf } from "./internal/reports/Comments.ts";
import { creationError } from "./internal/reports/reportError.ts";
import type * as IssueId from "./IssueId.ts";
import type { Statement } from "./Ledger.ts";
import * as ReportMarker from "./ReportMarker.ts";
import * as StepSummary from "./StepSummary.ts";

/** Where the comment on the whole run stands. */
export interface Options {
  /** What marks are made with. */
  readonly secret: Redacted.Redacted;
  readonly run: string;
  readonly issue: IssueId.Parts;
  /** Whether an earlier process may have sent the comment. */
  readonly isResumed: boolean;
  /** Hosts beside GitHub's own that links may lead to. */
  readonly linkHosts?: ReadonlyArray<string> | undefined;
  /** How long a change may wait for its turn, in seconds (default 300). */
  readonly patienceSeconds?: number | undefined;
}

/** The comment on the issue that tells how the whole run stands. */
export interface RunComment {
  /** Writes how the run stands; may be repeated. */
  readonly publish: (
    state: RunState.RunState,
    ledger?: Statement,
  ) => Effect.Effect<Reporter.ReportRef, Reporter.ReportError>;
}

/** GitHub takes 65,536 characters; the mark needs some. */
const mostBytes = 60_000;

/** What is sent may arrive so much later, and be listed so much later again. */
const settleMillis = (60 + 120) * 1_000;
const longestWaitMillis = 15_000;

/** Looks at nothing yet. To be made when the process begins to work on the run. */
export const make = Effect.fn("RunComment.make")(function* (
  client: GitHubClient,
  { isResumed, issue, linkHosts, patienceSeconds = 300, run, secret }: Options,
) {
  const comments = new Comments(client, Duration.seconds(patienceSeconds));
  const repository = `${issue.owner}/${issue.repository}`;
  const subject = { run, key: `${run}/summary`, repository, number: issue.number };
  const mark = ReportMarker.make(secret, subject);
  const host = GitHubHost.hostOf(client.host).replace(/:\d+$/, "");
  const oneAtATime = Semaphore.makeUnsafe(1);
  let settledAt = isResumed ? (yield* monotonicMillis) + settleMillis : -Infinity;
  let id: string | undefined;
  let written: string | undefined;

  const known = (comment: Comment): Comment => {
    id = String(comment.id);
    return comment;
  };

  /** Nothing, only if a listing that began late enough does not show it. */
  const look = Effect.gen(function* () {
    for (let wait = 1_000; ; wait = Math.min(wait * 2, longestWaitMillis)) {
      const began = yield* monotonicMillis;
      const own = yield* Effect.mapError(comments.own(issue), creationError);
      const found = own.find(({ body }) => ReportMarker.isOn(body ?? "", secret, subject));
      if (found !== undefined) return known(found);
      if (began >= settledAt) return undefined;
      yield* Effect.sleep(Math.min(wait, settledAt - began + 1));
    }
  });

  const create = (body: string) =>
    Effect.catch(Effect.map(comments.create(issue, body), known), (error) =>
      Effect.gen(function* () {
        if (error.reason !== "Ambiguous") return yield* error;
        settledAt = (yield* monotonicMillis) + settleMillis;
        return (yield* look) ?? (yield* error);
      }),
    );

  const publish = Effect.fn("RunComment.publish")(
    function* (state: RunState.RunState, ledger?: Statement) {
      const text = StepSummary.make(state, { ledger, host, linkHosts, mostBytes });
      const body = `${mark}\n${text}`;
      if (id === undefined) yield* look;
      const found = id;
      if (found === undefined) {
        const created = yield* create(body);
        written = created.body ?? undefined;
        return refOf(created);
      }
      if (written !== body)
        yield* Effect.mapError(comments.edit(issue, found, body), creationError);
      written = body;
      return { id: found };
    },
    (publishing) => oneAtATime.withPermit(publishing),
  );
  const made: RunComment = { publish };
  return made;
});
