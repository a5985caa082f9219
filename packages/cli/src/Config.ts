/**
 * The configuration: a file, and the variables that go before its keys.
 *
 * A file may say where the token is, but never to which host it may be sent
 * beside the official one: that is for the operator to allow.
 */
import type { CodegenConfig } from "@orchestrator/codegen";
import type * as GitHubConfig from "@orchestrator/github/GitHubConfig";
import * as DataFile from "@orchestrator/local/DataFile";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as Automation from "./Automation.ts";
import * as ConfigFile from "./ConfigFile.ts";
import * as ConfigGitHub from "./ConfigGitHub.ts";
import * as ExitCode from "./ExitCode.ts";
import type * as Log from "./Log.ts";
import { Screen } from "./Screen.ts";
import * as Text from "./Text.ts";

/** What the flags say. */
export interface Flags {
  /** The configuration file. */
  readonly config: Option.Option<string>;
  /** Hosts that a token may be sent to beside the official ones. */
  readonly allowHost: ReadonlyArray<string>;
}

/** What is said for all runs; what is absent is left to the plan and the defaults. */
export interface Config {
  /** As an absolute path; undefined if there is none. */
  readonly file: string | undefined;
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
  /** What a run does on GitHub by itself. */
  readonly automation: Automation.Automation;
  /** How much is told beside the results; undefined if nothing says it. */
  readonly loggingLevel: Log.Level | undefined;
  /** What is allowed but not wise. */
  readonly warnings: ReadonlyArray<string>;
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

/** Hosts that the operator allows, separated by commas or spaces. */
export const hostsVariable = "ORCHESTRATOR_ALLOWED_HOSTS";

/** Codegen's own variables; the first two ask for it. */
const codegenVariables = ["CODEGEN_ORG_ID", "CODEGEN_API_TOKEN", "CODEGEN_API_BASE_URL"];

/** Reads the file that the flags or else a run names, if there is one, and the environment. */
export const load = Effect.fn("Config.load")(function* (flags: Flags, usual?: string) {
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  const file = Option.match(flags.config, {
    onNone: () => usual,
    onSome: (named) => path.resolve(folder, named),
  });
  const given = yield* around(flags);
  return file === undefined ? yield* withoutFile(given) : yield* withFile(file, given);
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

/** What the operator says beside the file. */
const around = Effect.fnUntraced(function* ({ allowHost }: Flags) {
  const { environment } = yield* Screen;
  const listed = environment([hostsVariable])[hostsVariable] ?? "";
  const allowedHosts = [...allowHost, ...listed.split(/[\s,]+/)].filter((host) => host !== "");
  const names = [...codegenVariables, ...ConfigGitHub.variables];
  return { allowedHosts, environment: environment(names) } satisfies Given;
});

type Given = CodegenConfig.Given;

/** The adapter is loaded only where something asks for it: help and plans must come at once. */
const adapter = Effect.promise(() => import("@orchestrator/codegen/CodegenConfig"));

/** Nothing is configured. */
export const none: Config = {
  file: undefined,
  concurrency: undefined,
  timeoutSeconds: undefined,
  retry: { attempts: undefined, delaySeconds: undefined },
  repository: undefined,
  codegen: undefined,
  github: undefined,
  automation: Automation.of(),
  loggingLevel: undefined,
  warnings: [],
};

const withoutFile = Effect.fnUntraced(function* (given: Given) {
  return { ...none, codegen: yield* byVariables(given) } satisfies Config;
});

/** Variables that are set for another purpose are no mistake until Codegen is needed. */
const byVariables = Effect.fnUntraced(function* (given: Given) {
  const isSet = (name: string) => (given.environment[name] ?? "").trim() !== "";
  if (!codegenVariables.slice(0, 2).some(isSet)) return undefined;
  const { read } = yield* adapter;
  return Result.mapError(read({}, given), byVariable);
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

const withFile = Effect.fnUntraced(function* (file: string, given: Given) {
  const { environment } = yield* Screen;
  const path = yield* Path.Path;
  const { Section, load: read } = yield* adapter;
  const onSection = yield* ConfigGitHub.adapter;
  const invalid = (problems: ReadonlyArray<DataFile.Problem>) =>
    new ConfigInvalid({ problems: problems.map((one) => Text.block(DataFile.line(file, one))) });
  const text = yield* Effect.mapError(DataFile.text(file, ConfigFile.kind), invalid);
  const lookup = (name: string) => environment([name])[name];
  const found = yield* Effect.fromResult(
    ConfigFile.parse(
      text,
      file,
      lookup,
      { codegen: topKeys(Section.entries), github: onSection.keys },
      ConfigGitHub.remarks(onSection),
    ),
  ).pipe(Effect.mapError(invalid));
  const { agent, automation, codegen: section, logging_level: level } = found.sections;
  const codegen =
    section === undefined || section === null
      ? yield* byVariables(given)
      : Result.mapError(
          yield* Effect.result(read(section, { ...given, folder: path.dirname(file) })),
          ({ problems }) => invalid(problems.map((problem) => placed(found, problem))),
        );
  // A section that is written is to be right, whether the plan needs it or not.
  if (section !== undefined && section !== null) yield* Effect.fromResult(codegen!);
  const onGitHub = yield* Effect.mapError(ConfigGitHub.read(file, found, given), invalid);
  return {
    file,
    concurrency: agent?.max_concurrent_agents ?? undefined,
    timeoutSeconds: agent?.task_timeout_seconds ?? undefined,
    retry: {
      attempts: agent?.retry_attempts ?? undefined,
      delaySeconds: agent?.retry_delay_seconds ?? undefined,
    },
    repository: onGitHub.repository,
    codegen,
    github: onGitHub.settings && Result.mapError(onGitHub.settings, invalid),
    automation: Automation.of(automation),
    loggingLevel: level ?? undefined,
    warnings: found.written.length > 0 ? yield* exposed(file, found.written) : [],
  } satisfies Config;
});

/** The keys of a section whose values hold no further ones. */
const topKeys = (entries: object) =>
  Object.fromEntries(Object.keys(entries).map((key) => [key, null]));

const placed = (
  file: ConfigFile.ConfigFile,
  { message, where }: CodegenConfig.Problem,
): DataFile.Problem => {
  const path = where.split(".");
  if (path[0] !== "codegen") return { message: `${where}: ${ConfigFile.unseen(message)}` };
  return file.problem(path, file.isSecret(path) ? ConfigFile.unseen(message) : message);
};

/** A secret in a file is for its owner's eyes only. */
const exposed = Effect.fnUntraced(function* (file: string, written: ReadonlyArray<string>) {
  const fs = yield* FileSystem.FileSystem;
  const mode = yield* Effect.option(Effect.map(fs.stat(file), (info) => info.mode));
  if (Option.isNone(mode) || (Number(mode.value) & 0o077) === 0) return [];
  const name = Text.line(file);
  const instead = written.map(
    (path) => `${path.split(".")[1]}: \${${variableFor[path] ?? "NAME"}}`,
  );
  return [
    `${name} holds a token and other users may read it. Take it from a variable (${instead.join(", ")}), or: chmod 600 ${name}`,
  ];
});

/** Where people usually keep what a key holds. */
const variableFor: Readonly<Record<string, string>> = {
  "codegen.api_token": "CODEGEN_API_TOKEN",
  "github.token": "GITHUB_TOKEN",
  "github.private_key": "GITHUB_APP_PRIVATE_KEY",
};
