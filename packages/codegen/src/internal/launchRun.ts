import { Agent } from "@orchestrator/core";
import type * as Duration from "effect/Duration";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type { CodegenClient, CreateAgentRun } from "../CodegenClient.ts";
import type { CodegenError } from "../CodegenError.ts";
import type { AgentRun } from "../CodegenModel.ts";

/**
 * Sends one launch, once.
 *
 * An interruption is answered like everything else: whether it came before the
 * request left or after it is the difference between nothing and nobody knows.
 */
export const launchRun = (
  client: CodegenClient,
  body: CreateAgentRun,
  patience: Duration.Duration,
): Effect.Effect<AgentRun, Agent.LaunchError> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.suspend(() => {
      let isLeaving = false;
      const leaving = () => void (isLeaving = true);
      return Effect.flatMap(
        Effect.exit(restore(client.create(body, { patience, leaving }))),
        (exit) => {
          if (Exit.isSuccess(exit)) return Effect.succeed(exit.value);
          const error = Cause.findErrorOption(exit.cause);
          if (error._tag === "Some") return Effect.fail(launchError(error.value));
          if (!Cause.hasInterruptsOnly(exit.cause)) return Effect.die(Cause.squash(exit.cause));
          return Effect.fail(isLeaving ? cutOff : neverSent);
        },
      );
    }),
  );

const neverSent = new Agent.LaunchError({
  reason: "NotSent",
  message: "The launch was stopped while it waited for its turn; nothing was sent to Codegen.",
});

const cutOff = new Agent.LaunchError({
  reason: "Ambiguous",
  message: "The launch was stopped after it was sent and before Codegen answered.",
});

/**
 * What an error says about the launch. A 429 is no verdict on the task: the
 * service did nothing, as if it had never been asked.
 */
export const launchError = (error: CodegenError): Agent.LaunchError =>
  new Agent.LaunchError({ reason: reasonOf(error), message: error.message });

const reasonOf = (error: CodegenError): Agent.LaunchError["reason"] => {
  switch (error._tag) {
    case "Malformed":
      return "Ambiguous";
    case "Unavailable":
      return error.reached === "no" ? "NotSent" : "Ambiguous";
    case "RateLimited":
      return "NotSent";
    case "PlanLimitReached":
      return "Exhausted";
    default:
      return "Rejected";
  }
};
