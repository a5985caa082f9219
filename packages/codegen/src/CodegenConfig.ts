/** The section `codegen` of a configuration, and the variables that go before it. */
import * as Effect from "effect/Effect";
import * as Path from "effect/Path";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as v from "valibot";
import * as BaseUrl from "./BaseUrl.ts";
import type * as CodegenAgent from "./CodegenAgent.ts";
import * as PromptFile from "./PromptFile.ts";

/** What is wrong, where, what is allowed and what to try; never with a secret in it. */
export interface Problem {
  /** A key as `codegen.org_id`, or the name of a variable. */
  readonly where: string;
  readonly message: string;
}

/** A configuration that cannot be used. */
export class ConfigInvalid extends Schema.TaggedError<ConfigInvalid>()("ConfigInvalid", {
  problems: Schema.Array(Schema.Struct({ where: Schema.String, message: Schema.String })),
}) {
  override get message(): string {
    return this.problems.map(({ message, where }) => `${where}: ${message}`).join("\n");
  }
}

const id = (what: string) => {
  const wanted = `expected ${what}, a whole number above 0 (also as text)`;
  return v.pipe(
    v.union([v.number(), v.string()], wanted),
    v.transform((given) =>
      typeof given === "string" && /^\s*\d+\s*$/.test(given) ? Number(given) : given,
    ),
    v.number(wanted),
    v.safeInteger(wanted),
    v.minValue(1, wanted),
  );
};

const text = (wanted: string) =>
  v.pipe(v.string(wanted), v.trim(), v.nonEmpty(`${wanted}, and not an empty text`));

const seconds = (least: number, most: number) => {
  const wanted = `expected seconds, a number from ${least} to ${most}`;
  return v.pipe(v.number(wanted), v.minValue(least, wanted), v.maxValue(most, wanted));
};

/** What a key means, for the JSON Schema and the guide. */
interface Meaning {
  readonly description: string;
  readonly default?: string | number;
  /** A secret, as JSON Schema calls what is never shown. */
  readonly writeOnly?: true;
}

/** A key that may be left out, with one sentence about it. */
const described = <S extends v.GenericSchema>(
  schema: S,
  description: string,
  more: Omit<Meaning, "description"> = {},
) => v.pipe(v.nullish(schema), v.metadata({ description, ...more }));

/** The section `codegen`. A key that is null counts as absent. */
export const Section = v.strictObject({
  org_id: described(
    id("the id of an organisation"),
    "The id of the organisation at Codegen; absent: CODEGEN_ORG_ID.",
  ),
  api_token: described(
    text("expected a token as text"),
    "A token from codegen.com/token; absent: CODEGEN_API_TOKEN.",
    { writeOnly: true },
  ),
  base_url: described(
    text("expected an address as text"),
    "The API of Codegen; another host than the official one must be allowed by the operator.",
    { default: BaseUrl.official },
  ),
  repo_id: described(
    id("Codegen's own id of a repository"),
    "Codegen's own id of the repository, not GitHub's; absent: looked up.",
  ),
  model: described(
    text("expected the name of a model"),
    "Which model works; absent: that of the organisation.",
  ),
  agent_type: described(
    v.picklist(["codegen", "claude_code"], 'expected "codegen" or "claude_code"'),
    "Which kind of agent works; absent: that of the organisation.",
  ),
  launch_deadline_seconds: described(seconds(1, 600), "How long a launch may stay unanswered.", {
    default: 60,
  }),
  settle_seconds: described(
    seconds(0, 3600),
    "How long a launch without an answer may take to appear in the list of agent runs.",
    { default: 120 },
  ),
  prompt_file: described(
    text("expected the name of a file with a prompt template"),
    "A file with the template of all prompts, from the folder of this file; absent: the usual prompt.",
  ),
});
export type Section = v.InferOutput<typeof Section>;

/** The variables that go before the keys of the section. */
export const variables = {
  org_id: "CODEGEN_ORG_ID",
  api_token: "CODEGEN_API_TOKEN",
  base_url: "CODEGEN_API_BASE_URL",
} as const;

/** The part of the agent's options that a configuration says. */
export type Settings = Pick<
  CodegenAgent.Options,
  | "token"
  | "orgId"
  | "baseUrl"
  | "allowedHosts"
  | "repoId"
  | "model"
  | "agentType"
  | "launchDeadlineSeconds"
  | "settleSeconds"
> & {
  /** The file of the prompt template, as it is stated. */
  readonly promptFile?: string | undefined;
  /** The template in it, once `load` has read it. */
  readonly prompt?: CodegenAgent.Options["prompt"];
};

/** What the operator says beside the configuration. */
export interface Given {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Hosts that the token may be sent to. Never from a file of a repository. */
  readonly allowedHosts?: ReadonlyArray<string>;
}

/** What the operator says, and the folder that names of files count from. */
export interface Placed extends Given {
  readonly folder: string;
}

/** Reads the section, and the prompt template that it names. */
export const load = Effect.fn("CodegenConfig.load")(function* (section: unknown, given: Placed) {
  const path = yield* Path.Path;
  const stated = yield* Effect.fromResult(read(section, given));
  if (stated.promptFile === undefined) return stated;
  const file = path.resolve(given.folder, stated.promptFile);
  const template = yield* Effect.mapError(PromptFile.read(file), ({ problems }) => {
    const where = "codegen.prompt_file";
    return new ConfigInvalid({ problems: problems.map((message) => ({ where, message })) });
  });
  return { ...stated, prompt: { template } } satisfies Settings;
});

/**
 * Reads the section; a variable that is set and not empty goes before its key.
 * A prompt template is not looked at: see `load`.
 */
export const read = (
  section: unknown,
  { allowedHosts = [], environment }: Given,
): Result.Result<Settings, ConfigInvalid> => {
  if (section !== undefined && section !== null && !isObject(section)) {
    return invalid([{ where: "codegen", message: "expected keys with values, as org_id: 42" }]);
  }
  const merged: Record<string, unknown> = { ...section };
  const origins = new Map<string, string>();
  for (const [key, name] of Object.entries(variables)) {
    const value = environment[name]?.trim();
    if (value === undefined || value === "") continue;
    merged[key] = value;
    origins.set(key, name);
  }
  const where = (key: string) => origins.get(key) ?? `codegen.${key}`;
  const parsed = v.safeParse(Section, merged);
  if (!parsed.success) return invalid(parsed.issues.map((issue) => problemOf(issue, where)));
  return settings(parsed.output, allowedHosts, where);
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const settings = (
  section: Section,
  allowedHosts: ReadonlyArray<string>,
  where: (key: string) => string,
): Result.Result<Settings, ConfigInvalid> => {
  const { api_token: token, org_id: orgId } = section;
  const baseUrl = section.base_url ?? undefined;
  const checked = BaseUrl.check(baseUrl, allowedHosts);
  const problems: Array<Problem> = [];
  if (isAbsent(orgId)) problems.push(missing("org_id", "the id of your organisation at Codegen"));
  if (isAbsent(token)) problems.push(missing("api_token", "a token from codegen.com/token"));
  if (Result.isFailure(checked)) {
    problems.push({ where: where("base_url"), message: checked.failure.message });
  }
  if (isAbsent(orgId) || isAbsent(token) || problems.length > 0) return invalid(problems);
  return Result.succeed({
    token: Redacted.make(token, { label: "codegen token" }),
    orgId,
    baseUrl,
    allowedHosts,
    repoId: section.repo_id ?? undefined,
    model: section.model ?? undefined,
    agentType: section.agent_type ?? undefined,
    launchDeadlineSeconds: section.launch_deadline_seconds ?? undefined,
    settleSeconds: section.settle_seconds ?? undefined,
    promptFile: section.prompt_file ?? undefined,
  });
};

const isAbsent = (value: unknown): value is null | undefined =>
  value === null || value === undefined;

const missing = (key: "org_id" | "api_token", what: string): Problem => ({
  where: `codegen.${key}`,
  message: `is missing; set it, or the variable ${variables[key]}, to ${what}`,
});

const invalid = (problems: ReadonlyArray<Problem>) => Result.fail(new ConfigInvalid({ problems }));

const problemOf = (issue: v.BaseIssue<unknown>, where: (key: string) => string): Problem => {
  const key = String(issue.path?.[0]?.key ?? "");
  const keys = Object.keys(Section.entries);
  if (!keys.includes(key)) {
    return { where: `codegen.${key}`, message: `is not a key; allowed are ${keys.join(", ")}` };
  }
  return { where: where(key), message: `${issue.message}; found ${found(key, issue)}` };
};

/** A token is never shown, whatever is wrong with it. */
const found = (key: string, { input, path }: v.BaseIssue<unknown>): string => {
  if (key === "api_token") return `${typeof input} (not shown)`;
  const value = path?.[0]?.value ?? input;
  const shown = JSON.stringify(value) ?? typeof value;
  return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
};
