/**
 * Codegen as an agent of a run, and a look at whether it would work.
 *
 * Whoever needs this module imports it when it is needed: the HTTP client is
 * not loaded for help, plans and local runs.
 */
import { CodegenAgent, type CodegenConfig, Preflight } from "@orchestrator/codegen";
import { Agent } from "@orchestrator/core";
import { Variables } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as Routing from "./Routing.ts";

export interface Options extends CodegenConfig.Settings {
  /** Agents that may work at once. */
  readonly slots: number;
  /** Whether the run lands changes here, where nothing of Codegen's is. */
  readonly landsHere: boolean;
}

/** Looks whether Codegen would take work for a repository. */
export const preflight = (
  settings: CodegenConfig.Settings,
  repository: string | undefined,
): Effect.Effect<Preflight.Report> =>
  Effect.provide(Preflight.check({ ...settings, repository }), FetchHttpClient.layer);

/** The agent, watching until the scope closes. */
export const agent = Effect.fn("CodegenBackend.agent")(function* ({
  landsHere,
  ...options
}: Options) {
  const made = yield* CodegenAgent.make({ ...options, name: Routing.codegen });
  return {
    ...made,
    launch: (request) => Effect.flatMap(filled(request), made.launch),
    observe: (ref, report) =>
      landsHere ? Effect.map(made.observe(ref, report), delivered) : made.observe(ref, report),
  } satisfies Agent.Agent;
}, Effect.provide(FetchHttpClient.layer));

/** Puts the outputs of dependencies where the prompt names them. */
const filled = Effect.fnUntraced(function* (request: Agent.LaunchRequest) {
  const { prompt } = request.task;
  if (prompt === undefined) return request;
  const lookup = Variables.lookupIn(request.dependencies());
  const text = yield* Effect.fromResult(Variables.substitute(prompt, lookup)).pipe(
    Effect.mapError(
      ({ message }) =>
        new Agent.LaunchError({
          reason: "Rejected",
          message: `The task ${request.task.id} cannot start: ${message}`,
        }),
    ),
  );
  const { attempt, dependencies, key, previousFailure, run } = request;
  const task = { ...request.task, prompt: text };
  return { attempt, dependencies, key, previousFailure, run, task } satisfies Agent.LaunchRequest;
});

/** A pull request is in no repository of this machine: it stands in the output, and nothing tries to merge it. */
const delivered = (end: Agent.AgentRunEnd): Agent.AgentRunEnd => {
  if (end._tag !== "Succeeded") return end;
  const { change: _, ...rest } = end;
  return rest;
};
