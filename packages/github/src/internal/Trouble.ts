import type { GitHubError } from "../GitHubError.ts";

/** Too many requests: GitHub did nothing and asks to wait. */
export interface Limited {
  readonly _tag: "Limited";
  readonly limit: "primary" | "secondary";
  /** How long it asks to wait, if it says so. */
  readonly waitMillis: number | undefined;
  readonly status: number;
}

/** An error that the same request may not meet a little later. */
export interface Passing {
  readonly _tag: "Passing";
  readonly error: GitHubError;
  /** How long GitHub asks to wait, if it says so. */
  readonly waitMillis: number | undefined;
}

/** An error that stays. */
export interface Final {
  readonly _tag: "Final";
  readonly error: GitHubError;
}

/** Why a request gave nothing, and what may help. */
export type Trouble = Limited | Passing | Final;

export const final = (error: GitHubError): Final => ({ _tag: "Final", error });

export const passing = (error: GitHubError, waitMillis?: number): Passing => ({
  _tag: "Passing",
  error,
  waitMillis,
});

/** No answer, or an odd one, may be the fault of what stands between for a while; a request that cannot be written stays so. */
export const ofTransport = (error: GitHubError): Trouble =>
  error._tag === "Invalid" ? final(error) : passing(error);
