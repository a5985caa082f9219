import { Octokit } from "@octokit/core";
import type * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import type { GitHubError } from "../GitHubError.ts";

/** How an App asks before it has a token: as itself. */
export interface AppRequests {
  /** How far GitHub's clock is before that of this machine, in milliseconds; 0 until it refused a claim. */
  readonly skewMillis: () => number;
  readonly installation: (
    app: Octokit,
    repository: { readonly owner: string; readonly repo: string },
  ) => Effect.Effect<number, GitHubError>;
  readonly token: (
    app: Octokit,
    installation: number,
  ) => Effect.Effect<{ readonly token: string; readonly expires_at: string }, GitHubError>;
}

/** Writes requests in the name of somebody. */
export interface Authentication {
  /** The same for the same somebody, and tells nothing of the token. */
  readonly identity: string;
  readonly octokit: Effect.Effect<Octokit, GitHubError>;
  /** Whether there is another token after one that was refused. */
  readonly isRenewable: boolean;
  /** A token was refused: it is not used again, if there is another. */
  readonly forget: (refused: Octokit) => void;
}

/** Octokit has nothing to say on a terminal. */
export const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Requests with a token. */
export const octokitWith = (auth: Redacted.Redacted, baseUrl: string): Octokit =>
  new Octokit({ auth: Redacted.value(auth), baseUrl, userAgent: "orchestrator", log: silent });
