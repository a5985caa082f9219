/** Makes the command, its variables and its prompt from a task that is about to start. */
import type { Agent } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import { CommandPayload } from "../CommandPayload.ts";
import type { CommandAgentOptions } from "../CommandAgent.ts";
import * as PresetLine from "../presets/PresetLine.ts";
import type { AttemptFiles } from "../RunFolder.ts";
import * as Variables from "../Variables.ts";
import { rejected } from "./LaunchFailure.ts";

/** What is started. */
export interface CommandLine {
  readonly command: string;
  readonly args: ReadonlyArray<string>;
  /** The variables that the task declares. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables that it gets where nobody else sets them. */
  readonly fallbacks: Readonly<Record<string, string>>;
  /** The text of the prompt file. */
  readonly prompt: string;
  /** Whether the prompt file is its standard input. */
  readonly readsPrompt: boolean;
}

/** How commands are run, as far as their lines depend on it. */
type Given = Pick<CommandAgentOptions, "isolation" | "preset" | "prompt">;

const decodePayload = Schema.decodeUnknownEffect(CommandPayload);

/** Reads the payload and replaces variables; fails with `Rejected`, because a second try cannot help. */
export const resolve = Effect.fnUntraced(function* (
  request: Agent.LaunchRequest,
  { isolation, preset: chosen, prompt: told }: Given,
) {
  const { task } = request;
  if (isolation._tag === "None" && task.expectChange === true) {
    return yield* rejected(
      `The task ${task.id} has expectChange, but changes are seen only with isolation: worktree.`,
    );
  }
  if (chosen !== undefined) {
    const line = yield* PresetLine.resolve(chosen, request, told !== undefined);
    const usual = promptOf(line.prompt, request.previousFailure?.message);
    const prompt = told === undefined ? usual : yield* told(request);
    return { ...line, prompt, readsPrompt: true } satisfies CommandLine;
  }
  const payload = yield* decodePayload(task.payload ?? {}).pipe(
    Effect.mapError((error) =>
      rejected(`The payload of task ${task.id} is no command: ${error.message}`),
    ),
  );
  const isToldAsIs = task.prompt === undefined || told !== undefined;
  const texts = isToldAsIs ? payload : { ...payload, prompt: task.prompt };
  const { run, env, prompt } = yield* Effect.fromResult(
    Variables.fill(texts, Variables.lookupFor(request)),
  ).pipe(
    Effect.mapError((error) => rejected(`The task ${task.id} cannot start: ${error.message}`)),
  );
  const [command, ...args] = words(run);
  if (command === undefined || command === "") {
    return yield* rejected(
      `The task ${task.id} has no command, which the local agent needs. ` +
        'Add one, as run: my-agent --prompt "$ORCHESTRATOR_PROMPT_FILE"',
    );
  }
  return {
    command,
    args,
    environment: env ?? {},
    fallbacks: {},
    prompt:
      told === undefined
        ? promptOf(prompt ?? "", request.previousFailure?.message)
        : yield* told(request),
    readsPrompt: false,
  } satisfies CommandLine;
});

/** The variables that tell a command who it works for and where to write. */
export const variables = (
  request: Agent.LaunchRequest,
  files: AttemptFiles,
): Readonly<Record<string, string>> => ({
  ORCHESTRATOR_RUN_ID: request.run,
  ORCHESTRATOR_TASK_ID: request.task.id,
  ORCHESTRATOR_ATTEMPT: String(request.attempt),
  ORCHESTRATOR_PROMPT_FILE: files.prompt,
  ORCHESTRATOR_OUTPUT: files.output,
  ORCHESTRATOR_DISCOVERED: files.discovered,
  ...(request.startFrom?.change.branch === undefined
    ? {}
    : { ORCHESTRATOR_STACKED_ON: request.startFrom.change.branch }),
});

const words = (run: CommandPayload["run"]): ReadonlyArray<string> => {
  if (run === undefined || typeof run !== "string") return run ?? [];
  return run.trim() === "" ? [] : ["/bin/sh", "-c", run];
};

const promptOf = (prompt: string, previousFailure: string | undefined): string => {
  if (previousFailure === undefined) return prompt;
  return `${prompt}${prompt === "" ? "" : "\n\n"}The attempt before this one failed:\n\n${previousFailure}\n`;
};
