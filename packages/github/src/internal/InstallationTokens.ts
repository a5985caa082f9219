import type { Words } from "@orchestrator/core/remote/Words";
import type { Octokit } from "@octokit/core";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as Semaphore from "effect/Semaphore";
import type { App } from "../GitHubAuth.ts";
import { type GitHubError, Unauthorized } from "../GitHubError.ts";
import { type AppRequests, octokitWith, silent } from "./Authentication.ts";

/** A token that ends so soon is not used any more. */
const marginMillis = 5 * 60_000;

/** GitHub takes a claim that is half a minute old. */
const tolerableSkewMillis = 10_000;

interface Held {
  readonly octokit: Octokit;
  readonly endsAt: number;
}

/** The tokens of an installation: they live for an hour and are renewed before they end. */
export class InstallationTokens {
  readonly #app: App;
  readonly #repository: { readonly owner: string; readonly repo: string };
  readonly #baseUrl: string;
  readonly #words: Words;
  readonly #requests: AppRequests;
  readonly #turn = Semaphore.makeUnsafe(1);
  #installation: number | undefined;
  #held: Held | undefined;

  constructor(
    app: App,
    repository: { readonly owner: string; readonly repo: string },
    baseUrl: string,
    words: Words,
    requests: AppRequests,
  ) {
    this.#app = app;
    this.#repository = repository;
    this.#baseUrl = baseUrl;
    this.#words = words;
    this.#requests = requests;
    this.#installation = app.installationId;
  }

  /** Who comes while a token is asked for waits for that one. */
  readonly octokit: Effect.Effect<Octokit, GitHubError> = this.#turn.withPermit(
    Effect.gen({ self: this }, function* () {
      const now = yield* Clock.currentTimeMillis;
      if (this.#held === undefined || this.#held.endsAt - marginMillis <= now) {
        this.#held = yield* this.#fresh();
      }
      return this.#held.octokit;
    }),
  );

  forget(refused: Octokit): void {
    if (this.#held?.octokit === refused) this.#held = undefined;
  }

  /** A claim by a clock that goes wrong is refused; the refusal tells the right time. */
  #fresh(): Effect.Effect<Held, GitHubError> {
    const skewMillis = this.#requests.skewMillis();
    return Effect.catchTag(this.#asked(skewMillis), "Unauthorized", (error) => {
      const learnt = this.#requests.skewMillis();
      const isNews = Math.abs(learnt - skewMillis) > tolerableSkewMillis;
      return isNews ? this.#asked(learnt) : Effect.fail(error);
    });
  }

  #asked(skewMillis: number): Effect.Effect<Held, GitHubError> {
    return Effect.gen({ self: this }, function* () {
      const app = yield* this.#asApp(skewMillis);
      this.#installation ??= yield* this.#requests.installation(app, this.#repository);
      const made = yield* this.#requests.token(app, this.#installation);
      const token = Redacted.make(made.token);
      this.#words.hide(token);
      const octokit = octokitWith(token, this.#baseUrl);
      return { octokit, endsAt: Date.parse(made.expires_at) - skewMillis };
    });
  }

  /** Signs with the private key. Only an App needs the module for it. */
  #asApp(skewMillis: number): Effect.Effect<Octokit, GitHubError> {
    const { appId, privateKey } = this.#app;
    const sign = async (now: number): Promise<Redacted.Redacted> => {
      const { createAppAuth } = await import("@octokit/auth-app");
      // It adds this to the time of the machine, which is not that of a test.
      const timeDifference = Math.round((now + skewMillis - Date.now()) / 1000);
      const key = Redacted.value(privateKey);
      const auth = createAppAuth({ appId, privateKey: key, log: silent, timeDifference });
      return Redacted.make((await auth({ type: "app" })).token);
    };
    return Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Effect.tryPromise({ try: () => sign(now), catch: () => unsignable }),
    ).pipe(
      Effect.tap((jwt) => Effect.sync(() => this.#words.hide(jwt))),
      Effect.map((jwt) => octokitWith(jwt, this.#baseUrl)),
    );
  }
}

const unsignable = new Unauthorized({
  message:
    "Nothing can be signed with the private key of the GitHub App. Make a new one in the App's settings and give the whole file.",
});
