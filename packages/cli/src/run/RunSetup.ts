/**
 * What a run needs besides its tasks: with it, another process makes the same
 * agents and the same code host again.
 *
 * It is kept with the first event of the run, because the plan file may have
 * changed or be gone when the run is resumed. The variables of the environment
 * that commands get are not in it: they are those of the process that resumes.
 */
import type { PlanFile } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "../ExitCode.ts";
import * as Text from "../terminal/Text.ts";

/** Grows whenever an older program could not make the same agents from it. */
const version = 4;

/** What older programs understand, too: coding agents of plan files. */
const versionOfAgents = 3;

/** What older programs understand, too: runs on GitHub. */
const versionOfGitHub = 2;

/** What older programs understand, too: runs of plan files. */
const versionOfFiles = 1;

const program = "orchestrator";

const Header = Schema.Struct({ program: Schema.Literal(program), version: Schema.Int });

/** Where the tasks of a run on GitHub came from, and where their changes land. Nothing of it is read a second time. */
export const OnGitHub = Schema.Struct({
  /** The address of the API. */
  api: Schema.String,
  /** What people call the sources of the tasks, as `acme/shop issues`. */
  sources: Schema.Array(Schema.String),
  /** The repositories, as `acme/shop`, that changes land in: those of the tasks. */
  repositories: Schema.Array(Schema.String),
  /** The repository that `--repo` or the clone named, if one of them did. */
  named: Schema.optionalKey(Schema.String),
  /** The branch that changes land on; absent: the default branch of each repository. */
  base: Schema.optionalKey(Schema.String),
  /** The branch that agents of this machine begin at, and their changes land on; absent: there are none. */
  ownBase: Schema.optionalKey(Schema.String),
  /** The repository that they work in, that of the clone. */
  ownRepository: Schema.optionalKey(Schema.String),
  /** Who merged as the run began: people, or the run. */
  landing: Schema.Literals(["manual", "auto"]),
  /** Whether nothing is told on GitHub, whatever the configuration says. */
  isSilent: Schema.Boolean,
});
export type OnGitHub = typeof OnGitHub.Type;

/** What a plan, or the configuration, gives one agent of this machine besides what it always gets. */
export const CodingAgent = Schema.Struct({
  args: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Names of variables of the environment. */
  passEnv: Schema.optionalKey(Schema.Array(Schema.String)),
});
export type CodingAgent = typeof CodingAgent.Type;

const Parameters = Schema.Record(Schema.String, Schema.Json);

export const RunSetup = Schema.Struct({
  /** The folder that holds `.orchestrator`: the root of the repository, or the folder of the plan. */
  root: Schema.String,
  /** The plan file, as an absolute path; absent for issues of GitHub. */
  plan: Schema.optionalKey(Schema.String),
  /** The SHA-256 of the plan file as the run began, in hexadecimal. */
  planHash: Schema.optionalKey(Schema.String),
  /** The workflow that the plan is, with the values of its parameters. */
  workflow: Schema.optionalKey(Schema.Struct({ name: Schema.String, params: Parameters })),
  /** The folder of the plan file, or where the run was started. */
  folder: Schema.String,
  isolation: Schema.Literals(["worktree", "none"]),
  /** The branch that was asked for, if work lands on one. */
  base: Schema.optionalKey(Schema.String),
  /** What discovered tasks take over. */
  defaults: Schema.Record(Schema.String, Schema.Json),
  /** The coding agents of this machine that the run has besides the command of tasks, by name; absent: none. */
  agents: Schema.optionalKey(Schema.Record(Schema.String, CodingAgent)),
  /** Keeps the worktrees of attempts that fail. */
  keepFailed: Schema.Boolean,
  /** Moves a clean checkout of the base branch along with it. */
  updateCheckout: Schema.Boolean,
  /** The file of `--results`, as an absolute path. */
  results: Schema.optionalKey(Schema.String),
  /** The configuration files, as absolute paths: what they say is read again, and no secret is kept. */
  config: Schema.optionalKey(Schema.Union([Schema.String, Schema.Array(Schema.String)])),
  /** Whether the operator named these files, so that they are nobody else's. */
  configNamed: Schema.optionalKey(Schema.Literal(true)),
  /** Commands of the plan that run at events. */
  hooks: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({
        on: Schema.String,
        run: Schema.String,
        passEnv: Schema.optionalKey(Schema.Array(Schema.String)),
      }),
    ),
  ),
  /** Codegen's own id of the repository that its agents work in. */
  codegenRepoId: Schema.optionalKey(Schema.Int),
  /** Absent for a plan file. */
  github: Schema.optionalKey(OnGitHub),
});
export type RunSetup = typeof RunSetup.Type;

/** The run was not started by this command, or by a later version of it. */
export class ForeignRun extends Schema.TaggedError<ForeignRun>()("ForeignRun", {
  run: Schema.String,
  /** The version that is needed, if the command itself started it. */
  version: Schema.UndefinedOr(Schema.Int),
  problem: Schema.optionalKey(Schema.String),
}) {
  override get [Runtime.errorExitCode](): number {
    return this.isNewer ? ExitCode.codes.newer : ExitCode.codes.badPlan;
  }
  get isNewer(): boolean {
    return this.version !== undefined && this.version > version;
  }
  override get message(): string {
    const run = Text.line(this.run);
    if (this.version === undefined) {
      return `the run ${run} was not started by this command: its journal does not say with which agents it works. Go on with it in the program that started it.`;
    }
    return this.isNewer
      ? `the run ${run} was started by a later version of orchestrator (its setup has version ${this.version}, this one understands ${version}). Update orchestrator, then try again.`
      : `the setup of the run ${run} is not what this command writes: ${Text.line(this.problem ?? "")}. Start the plan anew.`;
  }
}

/** The setup as it is kept with the run. */
export const encode = (setup: RunSetup): Schema.Json => ({
  program,
  version: versionOf(setup),
  ...setup,
});

const versionOf = ({ agents, github }: RunSetup): number => {
  if (agents !== undefined) return github === undefined ? versionOfAgents : version;
  return github === undefined ? versionOfFiles : versionOfGitHub;
};

/** Reads the setup of a run. */
export const decode = Effect.fn("RunSetup.decode")(function* (
  run: string,
  context: Schema.Json | undefined,
) {
  const header = Schema.decodeUnknownOption(Header)(context);
  if (Option.isNone(header)) return yield* new ForeignRun({ run, version: undefined });
  const found = header.value.version;
  if (found > version) return yield* new ForeignRun({ run, version: found });
  return yield* Schema.decodeUnknownEffect(RunSetup)(context).pipe(
    Effect.mapError(({ message }) => new ForeignRun({ run, version: found, problem: message })),
  );
});

/** What discovered tasks take over, as `PlanFile` checked it when the run started. */
export const defaultsOf = ({ defaults }: RunSetup): PlanFile.TaskDefaults =>
  defaults as PlanFile.TaskDefaults;

const OfWorkflow = Schema.Struct({ workflow: RunSetup.fields.workflow });

/** The workflow that a run is of, as its journal tells; undefined if of none. */
export const workflowOf = (context: Schema.Json | undefined): RunSetup["workflow"] =>
  Option.getOrUndefined(Schema.decodeUnknownOption(OfWorkflow)(context))?.workflow;
