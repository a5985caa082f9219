/** The command line, the variables and the prompt of a coding agent. */
import type { Agent } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import { rejected } from "../internal/LaunchFailure.ts";
import * as Variables from "../Variables.ts";
import type { Permissions, Preset } from "./Preset.ts";

/** A coding agent with what its plan gives it. */
export interface Chosen {
  readonly preset: Preset;
  /** Arguments that it gets besides. */
  readonly args: ReadonlyArray<string>;
}

const Texts = Schema.Union([Schema.String, Schema.Array(Schema.String)]);

/** What a coding agent reads of `task.payload`. */
const PromptPayload = Schema.Struct({
  run: Schema.optionalKey(Schema.Unknown),
  env: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  model: Schema.optionalKey(Schema.String),
  acceptance: Schema.optionalKey(Texts),
  links: Schema.optionalKey(Texts),
  rules: Schema.optionalKey(Texts),
});
type PromptPayload = typeof PromptPayload.Type;

const decodePayload = Schema.decodeUnknownEffect(PromptPayload);

/**
 * Reads the task and replaces variables; fails with `Rejected`, because a second try cannot help.
 * With `isToldElsewhere` somebody else writes the prompt, and nothing in texts of the task counts
 * as a reference.
 */
export const resolve = Effect.fnUntraced(function* (
  { args, preset }: Chosen,
  request: Agent.LaunchRequest,
  isToldElsewhere = false,
) {
  const { task } = request;
  const payload = yield* decodePayload(task.payload ?? {}).pipe(
    Effect.mapError((error) =>
      rejected(`The payload of task ${task.id} is nothing for ${preset.title}: ${error.message}`),
    ),
  );
  const isUntold = task.prompt === undefined || task.prompt.trim() === "";
  if (payload.run !== undefined || (isUntold && !isToldElsewhere)) {
    return yield* rejected(
      `The task ${task.id} must have a prompt, and no command, for the agent ${preset.name}.`,
    );
  }
  const lookup = Variables.lookupFor(request);
  const texts = isToldElsewhere
    ? Result.succeed(asStated(payload))
    : fill(task.prompt ?? "", payload, lookup);
  const filled = yield* Effect.fromResult(texts).pipe(
    Effect.mapError((error) => rejected(`The task ${task.id} cannot start: ${error.message}`)),
  );
  const least = leastOf(preset.permissions, args);
  const model = filled.model === undefined ? [] : ["--model", filled.model];
  return {
    command: preset.name,
    args: [...preset.args, ...least.args, ...model, ...args],
    environment: filled.env,
    fallbacks: least.variables,
    prompt: filled.prompt,
  };
});

const asStated = ({ env = {}, model }: PromptPayload) => ({ env, model, prompt: "" });

const fill = (prompt: string, payload: PromptPayload, lookup: Variables.Lookup) =>
  Result.gen(function* () {
    const { env } = yield* Variables.fill(
      payload.env === undefined ? {} : { env: payload.env },
      lookup,
    );
    const sections = [yield* Variables.substitute(prompt, lookup)];
    for (const [key, title] of Object.entries(titles)) {
      const stated = payload[key as keyof typeof titles];
      if (stated === undefined) continue;
      const lines: Array<string> = [];
      for (const text of typeof stated === "string" ? [stated] : stated) {
        lines.push(`- ${yield* Variables.substitute(text, lookup)}`);
      }
      sections.push(`${title}:\n\n${lines.join("\n")}`);
    }
    const model =
      payload.model === undefined ? undefined : yield* Variables.substitute(payload.model, lookup);
    return { env: env ?? {}, model, prompt: sections.join("\n\n") };
  });

const titles = {
  acceptance: "It is done when",
  rules: "Rules",
  links: "Worth reading",
} as const;

/** What holds unless an argument says something else. */
const leastOf = (
  { args: least, replacedBy, variables }: Permissions,
  args: ReadonlyArray<string>,
) =>
  args.some((arg) => replacedBy.some((flag) => arg === flag || arg.startsWith(`${flag}=`)))
    ? { args: [], variables: {} }
    : { args: least, variables };
