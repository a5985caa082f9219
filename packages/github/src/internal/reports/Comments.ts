import { Reporter } from "@orchestrator/core";
import * as Cause from "effect/Cause";
import type * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import type { GitHubClient } from "../../GitHubClient.ts";
import type { GitHubError } from "../../GitHubError.ts";
import * as IssueId from "../../IssueId.ts";
import { orNull } from "../decoding.ts";
import { creationError, isSoonOver } from "./reportError.ts";

const Comment = Schema.Struct({
  id: Schema.Int,
  body: orNull(Schema.String),
  html_url: orNull(Schema.String),
  user: orNull(Schema.Struct({ login: Schema.String })),
});
export type Comment = typeof Comment.Type;

/** What the journal keeps of a comment. */
export const refOf = ({ html_url: url, id }: Comment): Reporter.ReportRef =>
  typeof url === "string" ? { id: String(id), url } : { id: String(id) };

const Viewer = Schema.Struct({ viewer: Schema.Struct({ login: Schema.String }) });
const permission = "Issues: write";

/** So often a limit may refuse a comment before it is put off. */
const mostRefusals = 3;

/** An app is called `shop[bot]` in one API and may be called `shop` in the other. */
const plain = (login: string): string => login.toLowerCase().replace(/\[bot\]$/, "");

const placeOf = ({ owner, repository }: IssueId.Parts) => ({ owner, repo: repository });

/** The comments of issues, as far as they are those of one's own account. */
export class Comments {
  readonly #client: GitHubClient;
  readonly #patience: Duration.Duration;
  #login: string | undefined;

  constructor(client: GitHubClient, patience: Duration.Duration) {
    this.#client = client;
    this.#patience = patience;
  }

  /**
   * Writes a comment by one request; again only if a limit refused it, and so nothing was done.
   * Whoever interrupts it, or waits too long for its turn, is told apart: before it leaves nothing
   * has happened, after that nobody knows.
   */
  create(issue: IssueId.Parts, body: string): Effect.Effect<Comment, Reporter.ReportError> {
    return Effect.uninterruptibleMask((restore) =>
      Effect.suspend(() => {
        let hasLeft = false;
        const sent = this.#send(issue, body, () => void (hasLeft = true)).pipe(
          Effect.tapError((error) => Effect.sync(() => void (hasLeft &&= !isSoonOver(error)))),
          Effect.retry({ while: isSoonOver, times: mostRefusals }),
        );
        const tooLong = Effect.andThen(
          Effect.sleep(this.#patience),
          Effect.suspend(() => (hasLeft ? Effect.never : Effect.fail(put("NotSent")))),
        );
        const asked = Effect.raceFirst(Effect.mapError(sent, creationError), tooLong);
        return Effect.flatMap(Effect.exit(restore(asked)), (exit) => {
          if (Exit.isSuccess(exit)) return Effect.succeed(exit.value);
          if (!Cause.hasInterruptsOnly(exit.cause)) return Effect.failCause(exit.cause);
          return Effect.fail(put(hasLeft ? "Ambiguous" : "NotSent"));
        });
      }),
    );
  }

  edit(issue: IssueId.Parts, id: string, body: string): Effect.Effect<void, GitHubError> {
    return Effect.asVoid(
      this.#client.send({
        what: `the comment ${id} on ${IssueId.of(issue)}`,
        operation: "comments.update",
        permission,
        route: "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
        parameters: { ...placeOf(issue), comment_id: id, body },
        schema: Comment,
      }),
    );
  }

  /** All comments of an issue by one's own account, the oldest first. */
  own(issue: IssueId.Parts): Effect.Effect<ReadonlyArray<Comment>, GitHubError> {
    return Effect.gen({ self: this }, function* () {
      const login = plain(yield* this.#own());
      const pages = this.#client.pages({
        what: `the comments of ${IssueId.of(issue)}`,
        operation: "comments.list",
        permission: "Issues: read",
        route: "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
        parameters: { ...placeOf(issue), issue_number: issue.number, per_page: 100 },
        schema: Schema.Array(Comment),
      });
      const all = (yield* Stream.runCollect(pages)).flat();
      return all.filter(({ user }) => user && plain(user.login) === login);
    });
  }

  #own(): Effect.Effect<string, GitHubError> {
    return Effect.suspend(() =>
      this.#login === undefined
        ? Effect.map(
            this.#client.query({
              what: "whose token it is",
              operation: "Viewer",
              query: "query Viewer { viewer { login } }",
              variables: {},
              schema: Viewer,
            }),
            ({ data }) => (this.#login = data.viewer.login),
          )
        : Effect.succeed(this.#login),
    );
  }

  #send(issue: IssueId.Parts, body: string, leaving: () => void) {
    return this.#client.send({
      what: `a comment on ${IssueId.of(issue)}`,
      operation: "comments.create",
      permission,
      route: "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
      parameters: { ...placeOf(issue), issue_number: issue.number, body },
      schema: Comment,
      leaving,
    });
  }
}

const put = (reason: "NotSent" | "Ambiguous"): Reporter.ReportError =>
  new Reporter.ReportError({
    reason,
    message:
      reason === "NotSent"
        ? "the comment waited too long for its turn, or was stopped; nothing was sent to GitHub"
        : "the comment was stopped after it was sent and before GitHub answered",
  });
