/**
 * The configuration: files, and the variables that go before their keys.
 *
 * A file may say where the token is, but never to which host it may be sent
 * beside the official one: that is for the operator to allow.
 */
import type { CodegenConfig } from "@orchestrator/codegen";
import type * as GitHubConfig from "@orchestrator/github/GitHubConfig";
import * as HookSchema from "@orchestrator/local/HookSchema";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as Automation from "./Automation.ts";
import * as ConfigFile from "./ConfigFile.ts";
import * as ConfigGitHub from "./ConfigGitHub.ts";
import type { Sections } from "./ConfigFile.ts";
import type { Sources } from "./ConfigSources.ts";
import * as ExitCode from "../ExitCode.ts";
import * as Webhook from "../hooks/Webhook.ts";
import type * as Log from "../terminal/Log.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Secrets from "../telemetry/Secrets.ts";

/** What the flags say. */
export interface Flags {
  /** The configuration files, each going before those before it; none: the one of the folder. */
  readonly config: ReadonlyArray<string>;
  /** Hosts that a token may be sent to beside the official ones. */
  readonly allowHost: ReadonlyArray<string>;
  /** Whether nothing is configured, whatever lies here and is set, as for the demo. */
  readonly isAlone?: boolean;
}

/** What is said for all runs; what is absent is left to the plan and the defaults. */
export interface Config {
  /** The files that were read, as absolute names. */
  readonly files: ReadonlyArray<string>;
  /** Whether the operator named these files. */
  readonly isNamed: boolean;
  readonly concurrency: number | undefined;
  /** The longest one attempt may take. */
  readonly timeoutSeconds: number | undefined;
  readonly retry: {
    readonly attempts: number | undefined;
    readonly delaySeconds: number | undefined;
  };
  /** `owner/name` on GitHub. */
  readonly repository: string | undefined;
  /** How Codegen is reached, or why it cannot be; undefined if nothing asks for it. */
  readonly codegen: Result.Result<CodegenConfig.Settings, ConfigInvalid> | undefined;
  /** How GitHub is reached and what is read there, or why it cannot be; undefined if there is no section. */
  readonly github: Result.Result<GitHubConfig.Settings, ConfigInvalid> | undefined;
  /** The agent of issues that name none; undefined if nothing says it. */
  readonly agent: string | undefined;
  /** The agents of this machine that may work on issues, by name. */
  readonly agents: Readonly<Record<string, OwnAgent>>;
  /** What a run does on GitHub by itself. */
  readonly automation: Automation.Automation;
  /** What runs may use, by the keys of the section. */
  readonly limits: Readonly<Record<string, number | null | undefined>>;
  /** The capacity of each resource, for plans that do not name it. */
  readonly resources: Readonly<Record<string, number>>;
  /** A folder with templates of projects, relative to the file. */
  readonly templates: string | undefined;
  /** How much is told beside the results; undefined if nothing says it. */
  readonly loggingLevel: Log.Level | undefined;
  /** Commands that run at events. */
  readonly hooks: ReadonlyArray<HookSchema.Hook>;
  /** Who is sent events, or why somebody cannot be. */
  readonly webhooks: Result.Result<ReadonlyArray<Webhook.Webhook>, ConfigInvalid>;
  /** What is allowed but not wise. */
  readonly warnings: ReadonlyArray<string>;
}

/** What the operator gives an agent of this machine. */
export interface OwnAgent {
  /** Of a coding agent. */
  readonly args?: ReadonlyArray<string>;
  /** The command line of the agent `local`. */
  readonly run?: string;
  /** Names of variables of the environment. */
  readonly passEnv?: ReadonlyArray<string>;
}

/** The configuration cannot be used; each line says where and what. */
export class ConfigInvalid extends Schema.TaggedError<ConfigInvalid>()("ConfigInvalid", {
  problems: Schema.Array(Schema.String),
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.configuration;
  override get message(): string {
    return `the configuration cannot be used:\n${this.problems.join("\n")}`;
  }
}

/** The files of a run, as it remembers them. */
export type Remembered = string | ReadonlyArray<string>;

/** What a run remembers of its configuration. */
export const remembered = ({
  files,
  isNamed,
}: Config): { readonly config?: Remembered; readonly configNamed?: true } =>
  files.length === 0
    ? {}
    : {
        config: files.length === 1 ? files[0]! : files,
        ...(isNamed ? { configNamed: true } : {}),
      };

/** Hosts that the operator allows, separated by commas or spaces. */
const hostsVariable = "ORCHESTRATOR_ALLOWED_HOSTS";

/** Codegen's own variables, and the keys that they go before. */
export const codegenVariables = {
  CODEGEN_ORG_ID: "org_id",
  CODEGEN_API_TOKEN: "api_token",
  CODEGEN_API_BASE_URL: "base_url",
} as const;

/** Those that ask for Codegen. */
const asking = ["CODEGEN_ORG_ID", "CODEGEN_API_TOKEN"];

/** Reads what the flags name, or else a run, or else lies in the folder; and the environment. */
export const load = Effect.fn("Config.load")(function* (flags: Flags, usual: Remembered = []) {
  if (flags.isAlone === true) return none;
  const config = yield* ofSources(yield* sourcesOf(flags, usual), flags);
  Secrets.hide(Secrets.redactedIn(config));
  return config;
});

/** All that says something, and where it stands. */
export const sourcesOf = Effect.fn("Config.sourcesOf")(function* (
  flags: Flags,
  usual: Remembered = [],
) {
  const { choose, lines, read } = yield* Effect.promise(() => import("./ConfigSources.ts"));
  const { Section } = yield* adapter;
  const onSection = yield* ConfigGitHub.adapter;
  const chosen = yield* choose(flags.config, typeof usual === "string" ? [usual] : usual);
  const keys = { codegen: topKeys(Section.entries), github: onSection.keys };
  const sources = yield* read({ ...chosen, keys, look: ConfigGitHub.remarks(onSection) }).pipe(
    Effect.mapError((problems) => new ConfigInvalid({ problems: lines(problems) })),
  );
  // Before anything can tell of them.
  Secrets.hide(Secrets.ofSections(sources.raw));
  return { ...sources, warnings: [...chosen.warnings, ...sources.warnings] } satisfies Sources;
});

/** How Codegen is reached; fails if that is unknown or wrong. */
export const codegenOf = ({ codegen }: Config) =>
  codegen === undefined ? Effect.undefined : Effect.fromResult(codegen);

/** How GitHub is reached: as the section says, else as the variables alone do. */
export const githubOf = Effect.fn("Config.githubOf")(function* ({ github }: Config, flags: Flags) {
  if (github !== undefined) return yield* Effect.fromResult(github);
  const { read } = yield* ConfigGitHub.adapter;
  return yield* Effect.mapError(Effect.fromResult(read({}, yield* around(flags))), byVariable);
});

/** Hosts that the operator allows, by flags and by the variable. */
export const allowedHosts = Effect.fnUntraced(function* ({ allowHost }: Pick<Flags, "allowHost">) {
  const { environment } = yield* Screen;
  const listed = environment([hostsVariable])[hostsVariable] ?? "";
  return [...allowHost, ...listed.split(/[\s,]+/)].filter((host) => host !== "");
});

/** What the operator says beside the files. */
const around = Effect.fnUntraced(function* (flags: Flags) {
  const { environment } = yield* Screen;
  const names = [...Object.keys(codegenVariables), ...ConfigGitHub.variables];
  return {
    allowedHosts: yield* allowedHosts(flags),
    environment: environment(names),
  } satisfies Given;
});

type Given = CodegenConfig.Given;

/** The adapter is loaded only where something asks for it: help and plans must come at once. */
const adapter = Effect.promise(() => import("@orchestrator/codegen/CodegenConfig"));

/** Nothing is configured. */
export const none: Config = {
  files: [],
  isNamed: false,
  concurrency: undefined,
  timeoutSeconds: undefined,
  retry: { attempts: undefined, delaySeconds: undefined },
  repository: undefined,
  codegen: undefined,
  github: undefined,
  agent: undefined,
  agents: {},
  automation: Automation.of(),
  limits: {},
  resources: {},
  templates: undefined,
  loggingLevel: undefined,
  hooks: [],
  webhooks: Result.succeed([]),
  warnings: [],
};

/** What all places together come to. */
export const ofSources = Effect.fn("Config.ofSources")(function* (sources: Sources, flags: Flags) {
  const given = yield* around(flags);
  const { agent, automation, limits, logging_level: level } = sources.value;
  const codegen = yield* codegenIn(sources, given);
  const { lines } = yield* Effect.promise(() => import("./ConfigSources.ts"));
  const invalid = (problems: Parameters<typeof lines>[0]) =>
    new ConfigInvalid({ problems: lines(problems) });
  const onGitHub = yield* Effect.mapError(ConfigGitHub.read(sources, given), invalid);
  return {
    files: sources.files,
    isNamed: flags.config.length > 0,
    concurrency: agent?.max_concurrent_agents ?? undefined,
    timeoutSeconds: agent?.task_timeout_seconds ?? undefined,
    retry: {
      attempts: agent?.retry_attempts ?? undefined,
      delaySeconds: agent?.retry_delay_seconds ?? undefined,
    },
    repository: onGitHub.repository,
    codegen,
    github: onGitHub.settings && Result.mapError(onGitHub.settings, invalid),
    agent: agent?.name ?? undefined,
    agents: ownAgents(sources.value.agents),
    automation: Automation.of(automation),
    limits: { ...limits },
    resources: { ...sources.value.resources },
    templates: sources.value.project?.templates ?? undefined,
    loggingLevel: level ?? undefined,
    hooks: HookSchema.read(sources.value.on ?? {}),
    webhooks: Result.mapError(
      Webhook.read(sources.value.webhooks ?? [], given.allowedHosts ?? []),
      (found) => invalid(found.map(({ message, path }) => sources.problem(path, message))),
    ),
    warnings: sources.warnings,
  } satisfies Config;
});

/** An agent whose value is nothing is not there. */
const ownAgents = (stated: Sections["agents"]): Config["agents"] =>
  Object.fromEntries(
    Object.entries(stated ?? {}).flatMap(([name, given]) => {
      if (given === null || given === undefined) return [];
      const { pass_env: passEnv, ...rest } = given;
      const all = { ...rest, passEnv };
      const said = Object.entries(all).filter(([, value]) => value !== null && value !== undefined);
      return [[name, Object.fromEntries(said) as OwnAgent]];
    }),
  );

/** Variables that are set for another purpose are no mistake until Codegen is needed. */
const codegenIn = Effect.fnUntraced(function* (sources: Sources, given: Given) {
  const { folder } = yield* Screen;
  const { load: read } = yield* adapter;
  const overridden = Object.entries(codegenVariables).flatMap(([name, key]) =>
    sources.originOf(["codegen", key])?._tag === "Variable" ? [name] : [],
  );
  const isSet = (name: string) => (given.environment[name] ?? "").trim() !== "";
  const isAsked = asking.some((name) => isSet(name) || overridden.includes(name));
  if (!isAsked && !sources.isInFile("codegen")) return undefined;
  const environment = ConfigGitHub.except(given.environment, overridden);
  const { lines } = yield* Effect.promise(() => import("./ConfigSources.ts"));
  const section = sources.value.codegen;
  const result = Result.mapError(
    yield* Effect.result(read(section, { ...given, environment, folder })),
    ({ problems }) =>
      new ConfigInvalid({ problems: lines(problems.map((one) => placed(sources, one))) }),
  );
  // A section that is written is to be right, whether the plan needs it or not.
  if (sources.isInFile("codegen")) yield* Effect.fromResult(result);
  return result;
});

interface Stated {
  readonly where: string;
  readonly message: string;
}

/** What a variable holds is not shown. */
const byVariable = ({ problems }: { readonly problems: ReadonlyArray<Stated> }): ConfigInvalid =>
  new ConfigInvalid({
    problems: problems.map(({ message, where }) => `${where}: ${ConfigFile.unseen(message)}`),
  });

/** The keys of a section whose values hold no further ones. */
const topKeys = (entries: object) =>
  Object.fromEntries(Object.keys(entries).map((key) => [key, null]));

const placed = (sources: Sources, { message, where }: CodegenConfig.Problem) => {
  const path = where.split(".");
  return path[0] === "codegen"
    ? sources.problem(path, ConfigGitHub.allowing(message))
    : { where: undefined, order: 0, path: where, message: ConfigFile.unseen(message) };
};
