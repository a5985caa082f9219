/** A run of a plan file: its base branch on this machine, its commands and whatever other agents it has. */
import type { CodegenConfig } from "@orchestrator/codegen";
import {
  Action,
  type Agent,
  type CodeHost,
  Orchestrator,
  type RunState,
  Workflow,
} from "@orchestrator/core";
import { Actions, Base, CommandAgent, Git, LocalCodeHost, Presets } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Path from "effect/Path";
import * as Routing from "../plan/Routing.ts";
import * as RunBackend from "./RunBackend.ts";
import { home } from "./RunRecord.ts";
import * as RunSetup from "./RunSetup.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Secrets from "../telemetry/Secrets.ts";
import * as Requests from "../telemetry/Requests.ts";

/** What commands and git get of the environment; plans add what they name. */
const forCommands = ["PATH", "HOME"];
const forGit = [...forCommands, "XDG_CONFIG_HOME", "TMPDIR"];

/** Prepares a new run. Closing the scope leaves commands alone: they belong to the run. */
export const make = Effect.fn("LocalRun.make")(function* (
  asked: Omit<RunSetup.RunSetup, "root">,
  slots: number,
  codegen: CodegenConfig.Settings | undefined,
  allowedHosts: ReadonlyArray<string>,
) {
  const id = yield* Orchestrator.runId;
  const git = yield* gitHere;
  const base = yield* baseOf(id, asked, git);
  const setup: RunSetup.RunSetup = {
    ...asked,
    root: base?.repository ?? asked.folder,
    // Another branch may be checked out when the run is resumed.
    ...(base === undefined ? {} : { base: base.requested }),
  };
  return yield* assemble({
    id,
    setup,
    slots,
    base,
    git,
    codegen,
    allowedHosts,
    notesAreLost: false,
  });
});

/** Prepares a run that was started before, with the same agents and the same base. */
export const restore = Effect.fn("LocalRun.restore")(function* (
  id: string,
  setup: RunSetup.RunSetup,
  slots: number,
  root: string,
  codegen: CodegenConfig.Settings | undefined,
  allowedHosts: ReadonlyArray<string>,
  state: RunState.RunState,
) {
  const fs = yield* FileSystem.FileSystem;
  yield* RunBackend.refuseMoved(id, setup, root);
  const git = yield* gitHere;
  const landed = Array.from(state.tasks(), ({ commit }) => commit).filter(
    (commit) => commit !== undefined,
  );
  const path = yield* Path.Path;
  const isThere = yield* Effect.orElseSucceed(
    fs.exists(path.join(setup.root, ...home, id)),
    () => false,
  );
  const base = yield* baseOf(id, { ...setup, folder: setup.root }, git, landed);
  return yield* assemble({
    id,
    setup,
    slots,
    base,
    git,
    codegen,
    allowedHosts,
    notesAreLost: !isThere,
  });
});

interface Parts extends Pick<
  RunBackend.RunBackend,
  "id" | "setup" | "slots" | "base" | "allowedHosts"
> {
  readonly git: Git.Git["Service"];
  /** Whether somebody removed the folder of a run that goes on. */
  readonly notesAreLost: boolean;
  /** How Codegen is reached, if the run has it. */
  readonly codegen: CodegenConfig.Settings | undefined;
}

const assemble = (parts: Parts) => Requests.within(parts.id)(assembled(parts));

const assembled = Effect.fnUntraced(function* (parts: Parts) {
  const { base, codegen, git, id, setup, slots } = parts;
  const screen = yield* Screen;
  const folder = yield* RunBackend.folderOf(setup.root, id);
  const shared: CommandAgent.CommandAgentOptions = {
    run: id,
    folder,
    notesAreLost: parts.notesAreLost,
    isolation: isolationOf(setup, base),
    environment: screen.environment(forCommands),
    defaults: RunSetup.defaultsOf(setup),
    keepFailed: setup.keepFailed,
  };
  const commandAgent = (options: CommandAgent.CommandAgentOptions) =>
    CommandAgent.make(options).pipe(
      Effect.provideService(Git.Git, git),
      Effect.map((made) => ({ agent: routing(made, codegen !== undefined) })),
    );
  const commands = yield* commandAgent({ ...shared, name: Routing.local });
  const coders = yield* Effect.forEach(codersOf(setup), ([preset, { args = [], passEnv = [] }]) =>
    commandAgent({
      ...shared,
      name: preset.name,
      preset: { preset, args },
      environment: screen.environment([...Presets.environmentOf(preset), ...passEnv]),
    }),
  );
  const remote = yield* codegenAgents(parts);
  const orchestrator = yield* RunBackend.engine({
    root: setup.root,
    slots,
    agents: [
      commands,
      ...coders,
      ...remote,
      { agent: routing(yield* actions(parts, folder.root), codegen !== undefined) },
    ],
    codeHost: base === undefined ? undefined : codeHost(base, git),
  });
  const allowedHosts = [...new Set([...(codegen?.allowedHosts ?? []), ...parts.allowedHosts])];
  const made = { id, setup, slots, folder, base, orchestrator, allowedHosts };
  return { ...made, github: undefined } satisfies RunBackend.RunBackend;
});

/** The coding agents of this machine that the run has. */
const codersOf = ({ agents = {} }: RunSetup.RunSetup) =>
  Object.entries(agents).flatMap(([name, settings]) => {
    const preset = Presets.named(name);
    return preset === undefined ? [] : [[preset, settings] as const];
  });

/** Steps that are functions work beside the plan file, and write in the folder of the run. */
const actions = Effect.fnUntraced(function* ({ allowedHosts, setup }: Parts, folder: string) {
  const screen = yield* Screen;
  const path = yield* Path.Path;
  const { layer } = yield* Effect.promise(() => import("effect/http/FetchHttpClient"));
  const given = screen.variables(Actions.secretPrefix);
  Secrets.hide(Object.values(given));
  const made = yield* Actions.make({
    folder: setup.folder,
    environment: screen.environment(forCommands),
    allowedHosts,
    secrets: Object.fromEntries(
      Object.entries(given).map(([name, value]) => [
        name.slice(Actions.secretPrefix.length),
        value,
      ]),
    ),
    files: path.join(folder, "files"),
  }).pipe(Effect.provide(layer));
  return Action.agent(Action.registry([...made, ...Workflow.actions]));
});

/** The adapter is loaded only for runs that have it. */
const codegenAgents = Effect.fnUntraced(function* ({ base, codegen, slots }: Parts) {
  if (codegen === undefined) return [];
  const backend = yield* Effect.promise(() => import("./CodegenBackend.ts"));
  const options = { ...codegen, slots, landsHere: base !== undefined };
  return [{ agent: yield* backend.agent(options) }];
});

/** Tasks that a command finds go to the agents that tasks of the plan would go to. */
const routing = (agent: Agent.Agent, hasCodegen: boolean): Agent.Agent => ({
  ...agent,
  observe: (ref, report) =>
    agent.observe(ref, {
      output: (chunk) => report.output(chunk),
      progress: (message) => report.progress(message),
      unknownStatus: (status) => report.unknownStatus(status),
      discover: (tasks) => report.discover(Routing.route(tasks, hasCodegen)),
    }),
});

const gitHere = Effect.flatMap(Screen, ({ environment }) => Git.make(environment(forGit)));

const baseOf = (
  run: string,
  { base, folder, isolation, updateCheckout }: Omit<RunSetup.RunSetup, "root">,
  git: Git.Git["Service"],
  landed?: ReadonlyArray<string>,
) =>
  isolation === "none"
    ? Effect.undefined
    : Base.make({ run, repository: folder, branch: base, updateCheckout, landed }).pipe(
        Effect.provideService(Git.Git, git),
      );

/** Without worktrees, commands work beside the plan file, one folder for all. */
const isolationOf = (
  { folder }: RunSetup.RunSetup,
  base: Base.Base["Service"] | undefined,
): CommandAgent.Isolation =>
  base === undefined ? { _tag: "None", folder } : { _tag: "Worktree", base };

const codeHost = (
  base: Base.Base["Service"],
  git: Git.Git["Service"],
): Layer.Layer<CodeHost.CodeHost> =>
  LocalCodeHost.layer.pipe(
    Layer.provide([Layer.succeed(Base.Base, base), Layer.succeed(Git.Git, git)]),
  );
