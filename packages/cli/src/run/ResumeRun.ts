/** Goes on with a run that no process works on: what `resume` does, and `retry` after its changes. */
import { Journal, type Operator } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as CodegenUse from "../plan/CodegenUse.ts";
import type * as Config from "../config/Config.ts";
import * as ExitCode from "../ExitCode.ts";
import * as Foreground from "./Foreground.ts";
import * as Listeners from "../hooks/Listeners.ts";
import * as Log from "../terminal/Log.ts";
import * as PlanHash from "../plan/PlanHash.ts";
import * as Project from "./Project.ts";
import * as RestoredRun from "./RestoredRun.ts";
import * as RunFolders from "./RunFolders.ts";
import * as RunLimits from "./RunLimits.ts";
import * as RunRecord from "./RunRecord.ts";
import * as RunSetup from "./RunSetup.ts";
import type * as RunView from "./RunView.ts";
import * as RunWanted from "./RunWanted.ts";
import * as SafeFile from "./SafeFile.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Shell from "../terminal/Shell.ts";
import * as Text from "../terminal/Text.ts";
import * as Steps from "../view/Steps.ts";

/** What the flags say; absent: as it was before. */
export interface Options
  extends RunView.Options, Foreground.Hearing, Config.Flags, Log.Flags, RunLimits.Flags {
  readonly concurrency: Option.Option<number>;
  /** A file that ends in .json or .csv. */
  readonly results: Option.Option<string>;
  /** Goes on without a look at whether Codegen would take the tasks. */
  readonly noPreflight: boolean;
}

/** All runs have ended. */
export class NothingToResume extends Schema.TaggedError<NothingToResume>()("NothingToResume", {
  root: Schema.String,
  latest: Schema.String,
  outcome: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.noInput;
  override get message(): string {
    const ended = `there is nothing to resume in ${Text.line(this.root)}: every run has ended, the latest, ${Text.line(this.latest)}, as ${this.outcome}.`;
    return this.outcome === "succeeded"
      ? `${ended} To run its plan anew: orchestrator run`
      : `${ended} To run again what did not succeed: orchestrator retry --failed`;
  }
}

/** Another process works on the run. */
export class Busy extends Schema.TaggedError<Busy>()("Busy", {
  locked: Journal.RunLocked,
  /** How the orchestrator is called. */
  command: Schema.String,
  name: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.locked;
  override get message(): string {
    const { holder } = this.locked;
    const leave =
      holder === undefined
        ? []
        : [{ what: "have that process leave it", command: `kill -INT ${holder.pid}` }];
    const cancel = `${this.command} ${Shell.line("cancel", this.name)}`;
    const steps = [...leave, { what: "end it and its agents", command: cancel }];
    return [Text.line(this.locked.message), ...Steps.lines(steps)].join("\n");
  }
}

/** The run that is named, or the last one of the project that has not ended. */
export const choose = Effect.fn("ResumeRun.choose")(function* (named: string | undefined) {
  if (named !== undefined) return yield* RunWanted.open(named);
  const opened = yield* Project.open();
  const unfinished = ({ state }: Project.Found) => state.outcome === undefined;
  const found = yield* Project.latest(opened.journal, unfinished);
  if (found !== undefined) return { ...opened, run: found.id, name: found.id };
  const { project } = opened;
  yield* RunFolders.tell(opened);
  const last = yield* Project.latest(opened.journal);
  if (last === undefined) return yield* new Project.NoRuns({ folder: project.root });
  const { outcome = "" } = last.state;
  return yield* new NothingToResume({ root: project.root, latest: last.id, outcome });
});

/** Resumes a run, unless it has ended and told all of it: then it says so, and ends with the exit code of that. */
export const resume = Effect.fn("ResumeRun.resume")(function* (
  wanted: RunWanted.RunWanted,
  options: Options,
) {
  const told = yield* RunRecord.tell(wanted.journal, wanted.run);
  const { outcome } = told.state;
  const { command, error, out } = yield* Screen;
  if (outcome === undefined || told.state.overdueReports > 0) {
    return yield* Effect.catchIf(
      work(wanted, told, options),
      (one) => one instanceof Journal.RunLocked,
      (locked) => Effect.fail(new Busy({ locked, command, name: wanted.name })),
    );
  }
  const sink = options.json ? error : out;
  const next =
    told.state.count("Held") > 0
      ? `See what held tasks ask: ${command} ${Shell.line("held", wanted.name)}`
      : `See what came out: ${command} ${Shell.line("export", wanted.name)}`;
  yield* sink.print(`The run ${Text.line(wanted.run)} has ended: ${outcome}. ${next}`);
  yield* Foreground.judge({ outcome, state: told.state });
});

/** Works on a run that was told until it ends, beginning with what a person asks for. */
export const work = Effect.fn("ResumeRun.work")(function* (
  wanted: RunWanted.RunWanted,
  { events, state }: RunRecord.Told,
  options: Options,
  changes: ReadonlyArray<Operator.Change> = [],
) {
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  const setup = yield* RunSetup.decode(wanted.run, state.context);
  yield* PlanHash.tell(setup);
  const results = Option.match(options.results, {
    onNone: () => setup.results,
    onSome: (file) => path.resolve(folder, file),
  });
  if (results !== undefined) yield* SafeFile.prepare(results);
  const most = Option.getOrElse(options.concurrency, () => state.concurrency);
  const slots = state.mode === "sequential" ? 1 : most;
  const { config, isNeeded } = yield* CodegenUse.ofRun(wanted.run, state, options, {
    file: setup.config,
    isReopened: changes.length > 0,
  });
  const repoId = setup.codegenRepoId;
  const usual = RestoredRun.configured(config, setup);
  const isByTask = (setup.github?.repositories.length ?? 0) > 1;
  const codegen = yield* CodegenUse.prepare(usual, { ...options, isNeeded, repoId, isByTask });
  const backend = yield* RestoredRun.make({
    wanted,
    setup,
    state,
    slots,
    config,
    flags: options,
    codegen,
    launches: state.outcome === undefined || changes.length > 0,
  });
  const resumed = backend.orchestrator.resume(wanted.run, {
    changes: [...limited(options), ...changes],
    ...RunLimits.patience(config.limits),
  });
  const listeners = yield* Listeners.of(config, setup);
  const seen = { ...options, results, seen: events, listeners };
  const level = Log.wanted(options, config.loggingLevel);
  const followed = Log.from(level)(Foreground.follow(backend, resumed, seen));
  yield* Foreground.judge(yield* followed);
});

/** What flags limit, to be asked for before anything else. */
export const limited = (flags: RunLimits.Flags): ReadonlyArray<Operator.Change> => {
  const limits = RunLimits.changed(flags);
  return limits === undefined ? [] : [{ _tag: "Limit", limits }];
};
