/** The parts of a run on this machine: its folder, its base branch, its agents and its engine. */
import type { CodegenConfig } from "@orchestrator/codegen";
import {
  type Agent,
  AgentPool,
  type CodeHost,
  Journal,
  Orchestrator,
  type RunState,
} from "@orchestrator/core";
import { Base, CommandAgent, Git, LocalCodeHost, RunFolder } from "@orchestrator/local";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Path from "effect/Path";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "./ExitCode.ts";
import * as Routing from "./Routing.ts";
import * as RunJournal from "./RunJournal.ts";
import { home } from "./RunRecord.ts";
import * as RunSetup from "./RunSetup.ts";
import * as SafeFile from "./SafeFile.ts";
import { Screen } from "./Screen.ts";
import * as Text from "./Text.ts";

export interface LocalRun {
  readonly id: string;
  readonly setup: RunSetup.RunSetup;
  /** Agents that may work at once. */
  readonly slots: number;
  readonly folder: RunFolder.RunFolder;
  /** The branch that work lands on; undefined if it lands nowhere. */
  readonly base: Base.Base["Service"] | undefined;
  readonly orchestrator: Orchestrator.Orchestrator["Service"];
  /** Hosts that the operator allows; whoever resumes the run has to allow them again. */
  readonly allowedHosts: ReadonlyArray<string>;
}

/** The project is not where it was when the run started. */
export class ProjectMoved extends Schema.TaggedError<ProjectMoved>()("ProjectMoved", {
  run: Schema.String,
  was: Schema.String,
  is: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.unavailable;
  override get message(): string {
    return `the run ${Text.line(this.run)} works in ${Text.line(this.was)}, but its journal is in ${Text.line(this.is)} now. Move the project back, then try again.`;
  }
}

/** What commands and git get of the environment; plans add what they name. */
const forCommands = ["PATH", "HOME"];
const forGit = [...forCommands, "XDG_CONFIG_HOME", "TMPDIR"];

/** Prepares a new run. Closing the scope leaves commands alone: they belong to the run. */
export const make = Effect.fn("LocalRun.make")(function* (
  asked: Omit<RunSetup.RunSetup, "root">,
  slots: number,
  codegen: CodegenConfig.Settings | undefined,
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
  return yield* assemble({ id, setup, slots, base, git, codegen, notesAreLost: false });
});

/** Prepares a run that was started before, with the same agents and the same base. */
export const restore = Effect.fn("LocalRun.restore")(function* (
  id: string,
  setup: RunSetup.RunSetup,
  slots: number,
  root: string,
  codegen: CodegenConfig.Settings | undefined,
  state: RunState.RunState,
) {
  const fs = yield* FileSystem.FileSystem;
  const real = (folder: string) => Effect.orElseSucceed(fs.realPath(folder), () => folder);
  if ((yield* real(setup.root)) !== (yield* real(root))) {
    return yield* new ProjectMoved({ run: id, was: setup.root, is: root });
  }
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
  return yield* assemble({ id, setup, slots, base, git, codegen, notesAreLost: !isThere });
});

interface Parts extends Pick<LocalRun, "id" | "setup" | "slots" | "base"> {
  readonly git: Git.Git["Service"];
  /** Whether somebody removed the folder of a run that goes on. */
  readonly notesAreLost: boolean;
  /** How Codegen is reached, if the run has it. */
  readonly codegen: CodegenConfig.Settings | undefined;
}

const assemble = Effect.fnUntraced(function* (parts: Parts) {
  const { base, codegen, git, id, setup, slots } = parts;
  const screen = yield* Screen;
  const journal = yield* RunJournal.open(setup.root);
  const folder = yield* folderOf(setup.root, id);
  const commands = yield* CommandAgent.make({
    name: Routing.local,
    run: id,
    folder,
    notesAreLost: parts.notesAreLost,
    isolation: isolationOf(setup, base),
    environment: screen.environment(forCommands),
    defaults: RunSetup.defaultsOf(setup),
    keepFailed: setup.keepFailed,
  }).pipe(Effect.provideService(Git.Git, git));
  const agent = routing(commands, codegen !== undefined);
  const remote = yield* codegenAgents(parts);
  const engine = Orchestrator.Orchestrator.layer.pipe(
    Layer.provide([
      AgentPool.AgentPool.layer({ agents: [{ agent }, ...remote], slots }),
      Layer.succeed(Journal.Journal, journal),
      base === undefined ? Layer.empty : codeHost(base, git),
    ]),
  );
  const orchestrator = Context.get(yield* Layer.build(engine), Orchestrator.Orchestrator);
  const allowedHosts = codegen?.allowedHosts ?? [];
  return { id, setup, slots, folder, base, orchestrator, allowedHosts } satisfies LocalRun;
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

const folderOf = Effect.fnUntraced(function* (root: string, run: string) {
  const path = yield* Path.Path;
  const folder = path.join(root, ...home, run);
  return yield* Effect.mapError(RunFolder.make(folder), SafeFile.failed(folder));
});

const codeHost = (
  base: Base.Base["Service"],
  git: Git.Git["Service"],
): Layer.Layer<CodeHost.CodeHost> =>
  LocalCodeHost.layer.pipe(
    Layer.provide([Layer.succeed(Base.Base, base), Layer.succeed(Git.Git, git)]),
  );
