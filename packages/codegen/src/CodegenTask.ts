/** What a task may say to the Codegen agent, in `task.payload`, beside its title and prompt. */
import type { Task } from "@orchestrator/core";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";

const Texts = Schema.Union([Schema.String, Schema.Array(Schema.String)]);

/** The payload of a task for Codegen. Other keys belong to other agents and are ignored. */
export const CodegenTask = Schema.Struct({
  /** What must hold for the task to be done. */
  acceptance: Schema.optionalKey(Texts),
  /** Addresses worth reading. */
  links: Schema.optionalKey(Texts),
  /** The branch to work from. */
  branch: Schema.optionalKey(Schema.String),
  /** Rules beside those of the prompt. */
  rules: Schema.optionalKey(Texts),
  /** Codegen's own id of the repository, instead of the configured one. */
  repo_id: Schema.optionalKey(Schema.Int),
  model: Schema.optionalKey(Schema.String),
  agent_type: Schema.optionalKey(Schema.Literals(["codegen", "claude_code"])),
  /** Base64 data URIs. */
  images: Schema.optionalKey(Schema.Array(Schema.String)),
});
export type CodegenTask = typeof CodegenTask.Type;

const decode = Schema.decodeUnknownResult(CodegenTask);

/** The payload of a task, or what is wrong with it. */
export const of = ({ id, payload }: Task.Task): Result.Result<CodegenTask, string> => {
  if (payload === undefined || payload === null) return Result.succeed({});
  return Result.mapError(
    decode(payload),
    ({ message }) => `The payload of task ${id} does not suit Codegen: ${message}`,
  );
};

/** A text or several as a list without empty ones. */
export const texts = (stated: string | ReadonlyArray<string> | undefined): ReadonlyArray<string> =>
  (typeof stated === "string" ? [stated] : (stated ?? [])).filter((text) => text.trim() !== "");
