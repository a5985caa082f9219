import type { CodeHost } from "@orchestrator/core";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type { GitHubClient } from "../../GitHubClient.ts";
import type { GitHubError } from "../../GitHubError.ts";
import type { LandingOptions } from "../../LandingOptions.ts";
import type { Situation } from "../../LandingPolicy.ts";
import type { PullRequestView } from "../../PullRequestView.ts";
import { askedOf, isPassing, landingError } from "./failures.ts";
import { changedPaths } from "./files.ts";
import type { Memories } from "./Memories.ts";
import { next, type Pace } from "./pace.ts";
import { isOnBase } from "./readiness.ts";
import { subjectOf } from "./requests.ts";
import type { Watch } from "./Watch.ts";

type LandingError = CodeHost.LandingError;

/** How long the outcome of a merge without an answer is looked for at once; after that, as everything else is. */
const readBackSeconds = "30 seconds";

/** A pull request as it was at a time, on the monotonic clock. */
export interface Sighted {
  readonly view: PullRequestView;
  readonly askedAt: number;
}

/** What landings see of their pull requests. */
export class Sight {
  readonly #client: GitHubClient;
  readonly #options: LandingOptions;
  readonly #pace: Pace;
  readonly #watch: Watch;
  readonly #memories: Memories;

  constructor(
    client: GitHubClient,
    options: LandingOptions,
    pace: Pace,
    watch: Watch,
    memories: Memories,
  ) {
    this.#client = client;
    this.#options = options;
    this.#pace = pace;
    this.#watch = watch;
    this.#memories = memories;
  }

  /** How a pull request is now, or after a while. */
  look(view: PullRequestView, millis: number): Effect.Effect<Sighted, LandingError> {
    const subject = subjectOf(view);
    const looked = millis === 0 ? this.#watch.now(subject) : this.#watch.later(subject, millis);
    return Effect.flatMap(this.patiently(view.url, looked), ({ askedAt, look }) =>
      look._tag === "Found"
        ? Effect.succeed({ view: look.view, askedAt })
        : Effect.fail(gone(view)),
    );
  }

  /** All that is known, with the paths of the head if they decide. */
  situation(view: PullRequestView): Effect.Effect<Situation, LandingError> {
    return Effect.gen({ self: this }, function* () {
      const now = yield* Clock.currentTimeMillis;
      const memory = this.#memories.of(view, now);
      const { mode, protectedPaths } = this.#options;
      const isWanted = mode === "auto" && protectedPaths.length > 0 && view.state === "open";
      if (isWanted && this.#memories.paths(view) === undefined) {
        const read = changedPaths(this.#client, subjectOf(view));
        const { files, paths } = yield* this.patiently(view.url, read);
        // GitHub lists no more than some thousand.
        if (files >= view.changedFiles) this.#memories.keepPaths(view, paths, now);
      }
      const whole = { ...view, paths: this.#memories.paths(view) };
      return { view: whole, options: this.#options, memory };
    });
  }

  /** The commit of a merge about which GitHub said nothing, or nothing good, if it happened. */
  commitOf(view: PullRequestView): Effect.Effect<string | undefined> {
    const looked = Effect.option(this.#watch.now(subjectOf(view)));
    const found = Effect.timeoutOrElse(looked, {
      duration: readBackSeconds,
      orElse: () => Effect.succeedNone,
    });
    return Effect.map(found, (seen) => {
      if (seen._tag === "None" || seen.value.look._tag === "Missing") return undefined;
      const after = seen.value.look.view;
      const isLanded = after.state === "merged" && isOnBase(after, this.#options);
      return isLanded ? after.mergeCommit : undefined;
    });
  }

  /** Goes on asking while that may help: the work is done, and an hour without GitHub takes nothing of it away. */
  patiently<A>(what: string, read: Effect.Effect<A, GitHubError>): Effect.Effect<A, LandingError> {
    return Effect.gen({ self: this }, function* () {
      for (let millis = 0; ;) {
        const result = yield* Effect.result(read);
        if (result._tag === "Success") return result.success;
        const { failure } = result;
        if (!isPassing(failure)) return yield* askedOf(`${what} cannot be read`, failure);
        millis = next(this.#pace, millis, false, false);
        const now = yield* Clock.currentTimeMillis;
        const until = failure._tag === "RateLimited" ? failure.until - now : 0;
        yield* Effect.sleep(Math.max(millis, until));
      }
    });
  }
}

const gone = ({ url }: PullRequestView) =>
  landingError(
    "Undecided",
    `${url} cannot be seen any more: it is gone, or the token has lost its access. Put that right and decide wait, or decide relaunch or skip.`,
  );
