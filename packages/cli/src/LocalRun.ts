/** The parts of a run on this machine: its folder, its base branch, its agent and its engine. */
import { AgentPool, type CodeHost, Journal, Orchestrator } from "@orchestrator/core";
import {
  Base,
  CommandAgent,
  Git,
  LocalCodeHost,
  type PlanFile,
  RunFolder,
} from "@orchestrator/local";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Path from "effect/Path";
import { localAgent } from "./PlanCheck.ts";
import { home } from "./RunRecord.ts";
import * as SafeFile from "./SafeFile.ts";
import { Screen } from "./Screen.ts";

export interface Options {
  /** Agents that may work at once. */
  readonly slots: number;
  /** Keeps the worktrees of attempts that fail. */
  readonly keepFailed: boolean;
  /** Moves a clean checkout of the base branch along with it. */
  readonly updateCheckout: boolean;
}

export interface LocalRun {
  readonly id: string;
  readonly folder: RunFolder.RunFolder;
  /** The branch that work lands on; undefined if it lands nowhere. */
  readonly base: Base.Base["Service"] | undefined;
  readonly orchestrator: Orchestrator.Orchestrator["Service"];
}

/** What commands and git get of the environment; plans add what they name. */
const forCommands = ["PATH", "HOME"];
const forGit = [...forCommands, "XDG_CONFIG_HOME", "TMPDIR"];

/** Prepares everything; closing the scope ends commands and removes worktrees. */
export const make = Effect.fn("LocalRun.make")(function* (plan: PlanFile.Plan, options: Options) {
  const path = yield* Path.Path;
  const screen = yield* Screen;
  const git = yield* Git.make(screen.environment(forGit));
  const id = yield* Orchestrator.runId;
  const planFolder = path.dirname(path.resolve(screen.folder, plan.file));
  const place = yield* placeOf(plan, planFolder, id, options).pipe(
    Effect.provideService(Git.Git, git),
  );
  const agent = yield* CommandAgent.make({
    name: localAgent,
    folder: place.folder,
    isolation: place.isolation,
    environment: screen.environment(forCommands),
    defaults: plan.defaults,
    keepFailed: options.keepFailed,
  }).pipe(Effect.provideService(Git.Git, git));
  const engine = Orchestrator.Orchestrator.layer.pipe(
    Layer.provide([
      AgentPool.AgentPool.layer({ agents: [{ agent }], slots: options.slots }),
      Journal.Journal.layerMemory,
      place.base === undefined ? Layer.empty : codeHost(place.base, git),
    ]),
  );
  const orchestrator = Context.get(yield* Layer.build(engine), Orchestrator.Orchestrator);
  return { id, folder: place.folder, base: place.base, orchestrator } satisfies LocalRun;
});

/** Without worktrees, commands work beside the plan file, one folder for all. */
const placeOf = Effect.fnUntraced(function* (
  plan: PlanFile.Plan,
  planFolder: string,
  run: string,
  { updateCheckout }: Options,
) {
  if (plan.isolation === "none") {
    const isolation: CommandAgent.Isolation = { _tag: "None", folder: planFolder };
    return { base: undefined, isolation, folder: yield* folderOf(planFolder, run) };
  }
  const base = yield* Base.make({ run, repository: planFolder, branch: plan.base, updateCheckout });
  const isolation: CommandAgent.Isolation = { _tag: "Worktree", base };
  return { base, isolation, folder: yield* folderOf(base.repository, run) };
});

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
