import type { Agent } from "@orchestrator/core";
import * as Effect from "effect/Effect";

/** What happens before a launch. */
export interface Preparation {
  /** What its span is called. */
  readonly name: string;
  /** How long it may take; the launch gets this time on top of its own. */
  readonly patienceSeconds: number;
  /** Answers with what is launched, or says why nothing is. */
  readonly prepare: (
    request: Agent.LaunchRequest,
  ) => Effect.Effect<Agent.LaunchRequest, Agent.LaunchError>;
}

/** The same agent, which is launched only after a preparation, and as that says. */
export const prepared = (
  agent: Agent.Agent,
  { name, patienceSeconds, prepare }: Preparation,
): Agent.Agent => {
  const { capabilities } = agent;
  const launchPatienceSeconds = (capabilities.launchPatienceSeconds ?? 0) + patienceSeconds;
  return {
    ...agent,
    capabilities: { ...capabilities, launchPatienceSeconds },
    launch: Effect.fn(name)(function* (request) {
      return yield* agent.launch(yield* prepare(request));
    }),
  };
};
