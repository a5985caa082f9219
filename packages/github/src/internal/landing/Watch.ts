import { monotonicMillis } from "@orchestrator/core/remote/time";
import * as Cause from "effect/Cause";
import * as Clock from "effect/Clock";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import type { GitHubClient } from "../../GitHubClient.ts";
import type { GitHubError } from "../../GitHubError.ts";
import * as IssueId from "../../IssueId.ts";
import * as PullRequestView from "../../PullRequestView.ts";
import { isPassing } from "./failures.ts";
import { floor, type Pace } from "./pace.ts";

/** What was seen, and on the monotonic clock when it was asked for. */
export interface Seen {
  readonly look: PullRequestView.Look;
  readonly askedAt: number;
}

/** Somebody who wants to see a pull request, at the latest at a time. */
interface Wish {
  readonly subject: IssueId.Parts;
  readonly due: number;
  readonly seen: Deferred.Deferred<Seen, GitHubError>;
}

/** Looks at pull requests for many landings at once: when one is due, all are served, by a query that hardly costs more for it. */
export class Watch {
  readonly #client: GitHubClient;
  readonly #pace: Pace;
  readonly #wishes = new Set<Wish>();
  #changed = Deferred.makeUnsafe<void>();
  #failures = 0;

  constructor(client: GitHubClient, pace: Pace) {
    this.#client = client;
    this.#pace = pace;
  }

  /** How it is now. */
  now(subject: IssueId.Parts): Effect.Effect<Seen, GitHubError> {
    return this.#wish(subject, 0);
  }

  /** How it is after a while, or earlier if somebody else looks. */
  later(subject: IssueId.Parts, millis: number): Effect.Effect<Seen, GitHubError> {
    return Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const { remaining } = this.#client.ledger.statement();
      return this.#wish(subject, Math.max(millis, floor(remaining, this.#points(), now)));
    });
  }

  /** What a look at everybody costs, roughly: some connections each, a hundred for a point. */
  #points(): number {
    return Math.max(1, Math.ceil(this.#wishes.size / 20));
  }

  #wish(subject: IssueId.Parts, millis: number): Effect.Effect<Seen, GitHubError> {
    return Effect.gen({ self: this }, function* () {
      const now = yield* monotonicMillis;
      const seen = Deferred.makeUnsafe<Seen, GitHubError>();
      const wish = { subject, due: now + millis, seen };
      this.#wishes.add(wish);
      Deferred.doneUnsafe(this.#changed, Effect.void);
      return yield* Effect.ensuring(
        Deferred.await(seen),
        Effect.sync(() => this.#wishes.delete(wish)),
      );
    });
  }

  /** Serves wishes as they come; goes on for ever. */
  readonly run: Effect.Effect<never> = Effect.gen({ self: this }, function* () {
    for (;;) {
      // Whoever comes from here on wakes the rest, even before it begins.
      this.#changed = Deferred.makeUnsafe<void>();
      const now = yield* monotonicMillis;
      const due = Math.min(...Array.from(this.#wishes, (wish) => wish.due));
      if (due <= now) yield* this.#serve(now);
      else yield* this.#rest(due - now);
    }
  });

  #rest(millis: number): Effect.Effect<void> {
    const woken = Deferred.await(this.#changed);
    return Number.isFinite(millis) ? Effect.asVoid(Effect.timeoutOption(woken, millis)) : woken;
  }

  #serve(now: number): Effect.Effect<void> {
    const served = [...this.#wishes];
    const look = PullRequestView.read(
      this.#client,
      served.map(({ subject }) => subject),
    );
    return Effect.flatMap(Effect.exit(look), (exit) =>
      Exit.isSuccess(exit) ? this.#tell(served, exit.value, now) : this.#fail(served, exit.cause),
    );
  }

  #tell(
    served: ReadonlyArray<Wish>,
    looks: ReadonlyMap<string, PullRequestView.Look>,
    askedAt: number,
  ): Effect.Effect<void> {
    return Effect.sync(() => {
      this.#failures = 0;
      for (const wish of served) {
        this.#wishes.delete(wish);
        const found = looks.get(IssueId.key(IssueId.of(wish.subject)));
        const look = found ?? ({ _tag: "Missing" } as const);
        Deferred.doneUnsafe(wish.seen, Effect.succeed({ look, askedAt }));
      }
    });
  }

  /** What may pass is waited for, ever longer: without seeing anything nothing can be done. */
  #fail(served: ReadonlyArray<Wish>, cause: Cause.Cause<GitHubError>): Effect.Effect<void> {
    const error = Option.getOrUndefined(Cause.findErrorOption(cause));
    if (error !== undefined && isPassing(error)) return this.#pause(error);
    return Effect.sync(() => {
      for (const wish of served) {
        this.#wishes.delete(wish);
        Deferred.doneUnsafe(wish.seen, Effect.failCause(cause));
      }
    });
  }

  #pause(error: GitHubError): Effect.Effect<void> {
    const { longestMillis, soonMillis } = this.#pace;
    const pause = Math.min(soonMillis * 2 ** this.#failures++, longestMillis);
    return Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Effect.sleep(error._tag === "RateLimited" ? Math.max(error.until - now, pause) : pause),
    );
  }
}
