/**
 * Lands changes as pull requests: watches them, merges what may be merged, sends back what an
 * agent can put right, and asks people about the rest.
 *
 * A merge names the head that was looked at, one at a time for each base, each after a fresh look.
 * Whatever was sent and not answered is read before anything else is sent. A change that is merged
 * already, by whomever, has landed. Interrupting a landing ends its watching.
 */
import { CodeHost, type Task } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type * as Scope from "effect/Scope";
import type { GitHubClient } from "./GitHubClient.ts";
import { Landing } from "./internal/landing/Landing.ts";
import { landingError } from "./internal/landing/failures.ts";
import { Memories } from "./internal/landing/Memories.ts";
import { Sight } from "./internal/landing/Sight.ts";
import { Turns } from "./internal/landing/Turns.ts";
import { Watch } from "./internal/landing/Watch.ts";
import * as IssueId from "./IssueId.ts";
import * as LandingOptions from "./LandingOptions.ts";
import type { Step } from "./LandingPolicy.ts";
import type { PullRequestView } from "./PullRequestView.ts";

/** How a landing stands; told whenever that is another than before. */
export interface News {
  readonly task: Task.TaskId;
  readonly attempt: number;
  readonly view: PullRequestView;
  /** What is done next; the `why` of a `Wait` is what it waits for. */
  readonly step: Step;
}

export interface Options extends LandingOptions.Given {
  /** `acme/shop`, for tasks that are no issues. */
  readonly repository?: string | undefined;
  /** Hears what becomes of changes on their way, for those who tell people. */
  readonly onNews?: ((news: News) => Effect.Effect<void>) | undefined;
  /** How soon to look again after something has happened (default 20). */
  readonly soonSeconds?: number | undefined;
  /** The longest time between two looks (default 120). */
  readonly longestSeconds?: number | undefined;
}

const gates: ReadonlyArray<Task.Gate> = ["agent-ended", "pr-open", "checks-green", "merged"];

/** A code host over the repositories of its tasks; it watches until its scope ends. */
export const make = Effect.fn("GitHubCodeHost.make")(function* (
  client: GitHubClient,
  options: Options = {},
): Effect.fn.Return<CodeHost.CodeHost["Service"], never, Scope.Scope> {
  const { longestSeconds = 120, onNews = () => Effect.void, soonSeconds = 20 } = options;
  const pace = { soonMillis: soonSeconds * 1000, longestMillis: longestSeconds * 1000 };
  const watch = new Watch(client, pace);
  yield* Effect.forkScoped(watch.run);
  const policy = LandingOptions.make(options);
  const memories = new Memories();
  const sight = new Sight(client, policy, pace, watch, memories);
  const turns = new Turns();
  const surroundings = { client, options: policy, pace, sight, memories, turns, onNews };
  return CodeHost.CodeHost.of({
    gates,
    land: Effect.fn("GitHubCodeHost.land")(function* (request: CodeHost.LandRequest) {
      const place = placeOf(request.task, options.repository);
      if (place === undefined) return yield* homeless(request.task);
      return yield* new Landing(surroundings, request, place).land;
    }),
  });
});

const isIssue = Schema.is(
  Schema.Struct({ github: Schema.Struct({ repository: Schema.String, number: Schema.Int }) }),
);

/** The repository of a task, and the number of its issue there. */
const placeOf = ({ payload }: Task.Task, usual: string | undefined) => {
  const issue = isIssue(payload) ? payload.github : undefined;
  const name = issue?.repository ?? usual ?? "";
  // The number only makes a whole id of it.
  const parts = IssueId.parse(`${name}#${issue?.number ?? 1}`);
  if (parts === undefined) return undefined;
  const { owner, repository } = parts;
  return { repository: { owner, repository }, issue: issue?.number };
};

const homeless = ({ id }: Task.Task) =>
  landingError(
    "Rejected",
    `${id} does not say in which repository its change lands: set github.repository to owner/name.`,
  );
