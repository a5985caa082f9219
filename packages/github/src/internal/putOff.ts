import { Agent } from "@orchestrator/core";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type { GitHubError } from "../GitHubError.ts";

/** The end of a launch that comes too early: nothing is wrong with its task, which waits on and loses no attempt. */
export const putOff = (message: string, until?: number): Effect.Effect<never, Agent.LaunchError> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    Effect.fail(new Agent.LaunchError({ reason: "Exhausted", message, until: until ?? now })),
  );

/** The same, if GitHub only has no time now; else undefined. */
export const putOffBy = (
  error: GitHubError,
  message: string,
): Effect.Effect<never, Agent.LaunchError> | undefined => {
  if (error._tag === "RateLimited") return putOff(message, error.until);
  return error._tag === "Unavailable" ? putOff(message) : undefined;
};
