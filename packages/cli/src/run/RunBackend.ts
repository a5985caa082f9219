/** What every run has, wherever its tasks came from: a folder, a journal and an engine with agents. */
import {
  AgentPool,
  type CodeHost,
  Journal,
  Orchestrator,
  type Reporter,
  type RunState,
} from "@orchestrator/core";
import type { LeaseLost } from "@orchestrator/github/Lease";
import type { Statement } from "@orchestrator/github/Ledger";
import { type Base, RunFolder, When } from "@orchestrator/local";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Path from "effect/Path";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "../ExitCode.ts";
import * as RunJournal from "./RunJournal.ts";
import { home } from "./RunRecord.ts";
import type { RunSetup } from "./RunSetup.ts";
import * as SafeFile from "./SafeFile.ts";
import * as Scrubbed from "../telemetry/Scrubbed.ts";
import * as Traced from "../telemetry/Traced.ts";
import * as Text from "../terminal/Text.ts";

export interface RunBackend {
  readonly id: string;
  readonly setup: RunSetup;
  /** Agents that may work at once. */
  readonly slots: number;
  readonly folder: RunFolder.RunFolder;
  /** The branch of this machine that work lands on; undefined if it lands on none. */
  readonly base: Base.Base["Service"] | undefined;
  readonly orchestrator: Orchestrator.Orchestrator["Service"];
  /** Hosts that the operator allows; whoever resumes the run has to allow them again. */
  readonly allowedHosts: ReadonlyArray<string>;
  /** Undefined for a plan file. */
  readonly github: OnGitHub | undefined;
}

/** What a run on GitHub has besides. */
export interface OnGitHub {
  /** What the run has asked of GitHub so far, in all its processes. */
  readonly ledger: () => Statement;
  /** Comes when another orchestrator took the repository over, and with it the right to launch. */
  readonly lost: Effect.Effect<LeaseLost>;
  /** Tells how the run stands where the configuration says, now and at the end of this process. */
  readonly summarise: (state: RunState.RunState) => Effect.Effect<void>;
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

/** Fails if a run that goes on is not where its journal is. */
export const refuseMoved = Effect.fn("RunBackend.refuseMoved")(function* (
  run: string,
  { root: was }: RunSetup,
  is: string,
) {
  const fs = yield* FileSystem.FileSystem;
  const real = (folder: string) => Effect.orElseSucceed(fs.realPath(folder), () => folder);
  if ((yield* real(was)) !== (yield* real(is))) return yield* new ProjectMoved({ run, was, is });
});

/** The folder of a run. */
export const folderOf = Effect.fn("RunBackend.folderOf")(function* (root: string, run: string) {
  const path = yield* Path.Path;
  const folder = path.join(root, ...home, run);
  return yield* Effect.mapError(RunFolder.make(folder), SafeFile.failed(folder));
});

export interface Parts {
  /** The folder that holds `.orchestrator`. */
  readonly root: string;
  readonly slots: number;
  readonly agents: AgentPool.Options["agents"];
  readonly codeHost?: Layer.Layer<CodeHost.CodeHost> | undefined;
  readonly reporter?: Layer.Layer<Reporter.Reporter> | undefined;
}

/** The engine of a run, with the journal of its project open until the scope closes. */
export const engine = Effect.fn("RunBackend.engine")(function* (parts: Parts) {
  const { agents, codeHost, reporter, root, slots } = parts;
  const journal = yield* RunJournal.open(root);
  const layer = Orchestrator.Orchestrator.layer.pipe(
    Layer.provide([
      AgentPool.AgentPool.layer({ agents: watched(agents), slots }),
      Layer.succeed(Journal.Journal, journal),
      codeHost === undefined ? Layer.empty : Scrubbed.codeHost(Traced.codeHost(codeHost)),
      reporter === undefined ? Layer.empty : Scrubbed.reporter(reporter),
    ]),
  );
  return Context.get(yield* Layer.build(layer), Orchestrator.Orchestrator);
});

/** Conditions are looked at first; whatever agents say is scrubbed before the engine hears it, and each launch has its place in the trace. */
const watched = ([first, ...others]: Parts["agents"]): Parts["agents"] => {
  const each = (one: AgentPool.PoolAgent) => ({
    ...one,
    agent: Scrubbed.agent(Traced.agent(When.agent(one.agent))),
  });
  return [each(first), ...others.map(each)];
};
