/**
 * Codegen as an agent of a run, and a look at whether it would work.
 *
 * Whoever needs this module imports it when it is needed: the HTTP client is
 * not loaded for help, plans and local runs.
 */
import { CodegenAgent, type CodegenConfig, Preflight } from "@orchestrator/codegen";
import { Agent, type Task } from "@orchestrator/core";
import { PlanFile, Variables } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as Result from "effect/Result";
import type * as Schema from "effect/Schema";
import * as Routing from "../plan/Routing.ts";

export interface Options extends CodegenConfig.Settings {
  /** Agents that may work at once. */
  readonly slots: number;
  /** Whether the run lands changes here, where nothing of Codegen's is. */
  readonly landsHere: boolean;
  /** Whether whoever lands changes finds pull requests that an agent run does not report. */
  readonly findsChanges?: boolean | undefined;
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

/** Puts the outputs of dependencies where the texts of a plan file name them. */
const filled = Effect.fnUntraced(function* (request: Agent.LaunchRequest) {
  const task = yield* Effect.mapError(
    Effect.fromResult(filledTask(request.task, Variables.lookupFor(request))),
    ({ message }) =>
      new Agent.LaunchError({
        reason: "Rejected",
        message: `The task ${request.task.id} cannot start: ${message}`,
      }),
  );
  return Agent.requestWith(request, { task });
});

/** What stands in an issue is other people's text: nothing in it is a reference. */
const isFromGitHub = ({ payload }: Task.Task): boolean => isObject(payload) && "github" in payload;

const filledTask = (task: Task.Task, lookup: Variables.Lookup) =>
  Result.gen(function* () {
    if (isFromGitHub(task)) return task;
    const { payload, prompt } = task;
    const texts: Record<string, Schema.Json> = {};
    for (const key of PlanFile.promptKeys) {
      const stated = isObject(payload) ? payload[key] : undefined;
      if (stated !== undefined) texts[key] = yield* filledText(stated, lookup);
    }
    return {
      ...task,
      ...(prompt === undefined ? {} : { prompt: yield* Variables.substitute(prompt, lookup) }),
      ...(isObject(payload) ? { payload: { ...payload, ...texts } } : {}),
    };
  });

const filledText = (
  stated: Schema.Json,
  lookup: Variables.Lookup,
): Result.Result<Schema.Json, Variables.VariableError> => {
  if (typeof stated === "string") return Variables.substitute(stated, lookup);
  if (!Array.isArray(stated)) return Result.succeed(stated);
  return Result.all(stated.map((text: Schema.Json) => filledText(text, lookup)));
};

const isObject = (value: Schema.Json | undefined): value is Schema.JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A pull request is in no repository of this machine: it stands in the output, and nothing tries to merge it. */
const delivered = (end: Agent.AgentRunEnd): Agent.AgentRunEnd => {
  if (end._tag !== "Succeeded") return end;
  const { change: _, ...rest } = end;
  return rest;
};
