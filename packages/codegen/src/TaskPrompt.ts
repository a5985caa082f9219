/** The prompt for one attempt at a task, from nothing but what is asked. */
import type { Agent } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import type { CodegenTask } from "./CodegenTask.ts";
import { promptParts } from "./internal/promptParts.ts";
import * as Prompt from "./Prompt.ts";

/** Writes it, with what the task says beside its title and prompt. */
export const render = Effect.fn("TaskPrompt.render")(function* (
  request: Agent.LaunchRequest,
  stated: CodegenTask,
  options?: Prompt.Options,
) {
  return yield* Prompt.render(promptParts(request, stated), options);
});
