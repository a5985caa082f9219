/** The prompt for one attempt at a task, from nothing but what is asked; a task that has none is refused. */
import { Agent, type Task } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as CodegenTask from "./CodegenTask.ts";
import { promptParts } from "./internal/promptParts.ts";
import * as Prompt from "./Prompt.ts";

const refuse = (message: string) => new Agent.LaunchError({ reason: "Rejected", message });

/** What a task says beside its title and prompt. */
export const statedOf = (
  task: Task.Task,
): Effect.Effect<CodegenTask.CodegenTask, Agent.LaunchError> =>
  Effect.mapError(Effect.fromResult(CodegenTask.of(task)), refuse);

/** Writes it, with what the task says beside its title and prompt. */
export const render = Effect.fn("TaskPrompt.render")(function* (
  request: Agent.LaunchRequest,
  stated: CodegenTask.CodegenTask,
  options?: Prompt.Options,
) {
  return yield* Effect.mapError(
    Prompt.render(promptParts(request, stated), options),
    ({ message }) => refuse(message),
  );
});
