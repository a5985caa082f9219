/** The agents that can work on issues: Codegen, and those of this machine, which work in the clone. */
import type { Settings } from "@orchestrator/github/GitHubConfig";
import * as GitHubHost from "@orchestrator/github/GitHubHost";
import { Presets } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import type { Config, OwnAgent } from "../config/Config.ts";
import * as CloneRemote from "../github/CloneRemote.ts";
import * as AgentPrograms from "../start/AgentPrograms.ts";
import { Screen } from "../terminal/Screen.ts";
import type { Reason } from "./BacklogAgents.ts";
import * as Routing from "./Routing.ts";

export interface IssueAgents {
  readonly hasCodegen: boolean;
  /** The agent of issues that name none; undefined if nothing says it. */
  readonly usual: string | undefined;
  /** Those of this machine, by name. */
  readonly own: Readonly<Record<string, OwnAgent>>;
  /** Why some of them cannot work here. */
  readonly lacking: Readonly<Record<string, Reason>>;
  /** The repository that the clone around the current folder is one of, on the host of the API. */
  readonly home: string | undefined;
}

/** Codegen alone, if it is configured. */
export const remote = (hasCodegen: boolean): IssueAgents => ({
  hasCodegen,
  usual: hasCodegen ? Routing.codegen : undefined,
  own: {},
  lacking: {},
  home: undefined,
});

/** What a configuration says of them. */
export type Given = Pick<Config, "agent" | "agents" | "codegen" | "files" | "isNamed">;

/** Whether all that is configured is the operator's own word. */
const isOwn = ({ files, isNamed }: Given): boolean => isNamed || files.length === 0;

/** Those that a configuration gives. */
export const of = Effect.fn("IssueAgents.of")(function* (
  config: Given,
  { baseUrl, sources }: Pick<Settings, "baseUrl" | "sources">,
) {
  const hasCodegen = config.codegen !== undefined;
  const own = allowed(config);
  const names = Object.keys(own);
  if (names.length === 0) return { ...remote(hasCodegen), usual: usualOf(config, names) };
  const { folder } = yield* Screen;
  const clone = yield* CloneRemote.find(
    folder,
    GitHubHost.hostOf(baseUrl),
    repositoriesOf(sources),
  );
  return {
    hasCodegen,
    usual: usualOf(config, names),
    own,
    lacking: yield* lackingOf(names),
    home: clone?.repository,
  } satisfies IssueAgents;
});

/** Those whose issues are read by name. */
const repositoriesOf = (sources: Settings["sources"]): ReadonlyArray<string> =>
  sources.flatMap((one) =>
    "issues" in one ? [`${one.issues.owner}/${one.issues.repository}`] : [],
  );

const usualOf = ({ agent, codegen }: Given, names: ReadonlyArray<string>): string | undefined => {
  if (agent !== undefined) return agent;
  if (codegen !== undefined) return Routing.codegen;
  return names.length === 1 ? names[0] : undefined;
};

/**
 * The agents of this machine that count, by name, and what they are given.
 *
 * Whoever writes a file that merely lies in the folder decides which coding agent works, and
 * neither what it may do nor what it is told of this machine.
 */
export const allowed = (config: Given): IssueAgents["own"] => {
  const { agent, agents } = config;
  const isUsual = agent !== undefined && agent !== Routing.codegen && agent !== Routing.local;
  const all = isUsual && agents[agent] === undefined ? { ...agents, [agent]: {} } : agents;
  if (isOwn(config)) return all;
  const presets = Object.keys(all).filter((name) => name !== Routing.local);
  return Object.fromEntries(presets.map((name) => [name, {}]));
};

/** What of a file that nobody named does not count, for people; undefined if all of it does. */
export const unheard = (config: Given): string | undefined => {
  if (isOwn(config) || Object.values(config.agents).every((one) => Object.keys(one).length === 0)) {
    return undefined;
  }
  return "what agents of this machine are given (args, run, pass_env) by a configuration that nobody named does not count for issues of GitHub. Name the file if you trust it: --config FILE";
};

const lackingOf = Effect.fnUntraced(function* (names: ReadonlyArray<string>) {
  const environment = yield* AgentPrograms.variables;
  const lacking: Record<string, Reason> = {};
  for (const name of names) {
    const preset = Presets.named(name);
    if (preset === undefined || (yield* Presets.locate(preset, environment)) !== undefined)
      continue;
    const clause = `there is no program ${name} on the PATH`;
    lacking[name] = { clause, advice: `Install ${preset.title}: ${preset.install}` };
  }
  return lacking;
});
