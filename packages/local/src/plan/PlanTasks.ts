/** Turns tasks as a plan file states them into tasks as the engine takes them. */
import { Action, type Task, type Template } from "@orchestrator/core";
import type * as Schema from "effect/Schema";
import type { CommandPayload } from "../CommandPayload.ts";
import { parseSeconds } from "./PlanDuration.ts";
import { type DefaultsInput, promptKeys, type TaskInput } from "./PlanSchema.ts";

type Mutable<A> = { -readonly [K in keyof A]: A[K] };

/** Puts defaults under a task: `env`, `resources` and `retry` key by key, all else as a whole. */
export const withDefaults = (task: TaskInput, defaults: DefaultsInput): TaskInput => {
  const merged: TaskInput = { ...defaults, ...task };
  if (defaults.env && task.env) merged.env = { ...defaults.env, ...task.env };
  if (defaults.retry && task.retry) merged.retry = { ...defaults.retry, ...task.retry };
  if (defaults.resources && task.resources) {
    merged.resources = { ...defaults.resources, ...task.resources };
  }
  // What all tasks share says what commands and agents do.
  if (task.uses !== undefined) {
    delete merged.run;
    merged.agent = task.agent ?? Action.agentName;
  }
  return merged;
};

/** What agents read of a task beside its prompt: commands their command, others the rest. */
type Payload = CommandPayload &
  Pick<TaskInput, (typeof promptKeys)[number]> & {
    readonly uses?: string;
    readonly with?: Schema.Json;
    readonly when?: string;
    readonly params?: Template.Parameters;
  };

const payloadOf = (input: TaskInput, params: Template.Parameters): Payload | undefined => {
  const { env, run, uses, when } = input;
  const payload: Mutable<Payload> = {};
  if (uses !== undefined) {
    payload.uses = uses;
    // It was read from JSON or YAML.
    payload.with = (input.with ?? {}) as Schema.Json;
  }
  if (when !== undefined) payload.when = when;
  if (Object.keys(params).length > 0) payload.params = params;
  if (run !== undefined) payload.run = run;
  if (env !== undefined) {
    payload.env = Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, String(value)]),
    );
  }
  for (const key of promptKeys) {
    if (input[key] !== undefined) Object.assign(payload, { [key]: input[key] });
  }
  return Object.keys(payload).length === 0 ? undefined : payload;
};

const retryOf = ({ attempts, delay }: NonNullable<TaskInput["retry"]>): Task.Retry => {
  const retry: Mutable<Task.Retry> = {};
  if (attempts !== undefined) retry.attempts = attempts;
  if (delay !== undefined) retry.delaySeconds = parseSeconds(delay)!;
  return retry;
};

/** A stated dependency and where it was stated. */
export const dependencyOf = (
  stated: string | Task.Dependency,
  source: string,
): Task.Dependency => ({
  ...(typeof stated === "string" ? { task: stated } : stated),
  source,
});

/** Builds the engine's task, with the default keys in it already and its dependencies given. */
export const toTask = (
  input: TaskInput,
  dependsOn: ReadonlyArray<Task.Dependency>,
  params: Template.Parameters = {},
): Task.Task => {
  const task: Mutable<Task.Task> = { id: input.id };
  const payload = payloadOf(input, params);
  if (input.title !== undefined) task.title = input.title;
  if (input.prompt !== undefined) task.prompt = input.prompt;
  if (payload !== undefined) task.payload = payload;
  if (dependsOn.length > 0) task.dependsOn = dependsOn;
  if (input.agent !== undefined) task.agent = input.agent;
  if (input.priority !== undefined) task.priority = input.priority;
  if (input.timeout !== undefined) task.timeoutSeconds = parseSeconds(input.timeout)!;
  if (input.estimate !== undefined) task.estimateSeconds = parseSeconds(input.estimate)!;
  if (input.retry !== undefined) task.retry = retryOf(input.retry);
  if (input.onDependencyFailure !== undefined) task.onDependencyFailure = input.onDependencyFailure;
  if (input.resources !== undefined) task.resources = input.resources;
  if (input.claims !== undefined) task.claims = input.claims;
  if (input.expectChange !== undefined) task.expectChange = input.expectChange;
  return task;
};
