/** Whether a run has Codegen at hand, looked at before anything is started. */
import type { CodegenConfig, Preflight } from "@orchestrator/codegen";
import type { RunState } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as Config from "../config/Config.ts";
import * as ExitCode from "../ExitCode.ts";
import * as Routing from "./Routing.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";

/** Codegen would not take the tasks of a run as it is. Nothing was started. */
export class NotReady extends Schema.TaggedError<NotReady>()("NotReady", {
  findings: Schema.Array(Schema.String),
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.unavailable;
  override get message(): string {
    const lines = this.findings.map((finding) => `✗ ${finding}`);
    return [
      "Codegen would not take the tasks, so nothing was started.",
      ...lines,
      "Look at everything with orchestrator doctor; --no-preflight starts all the same.",
    ].join("\n");
  }
}

/** Without a look at the service nobody knows which repository agents would work in. */
export class NoRepository extends Schema.TaggedError<NoRepository>()("NoRepository", {
  repository: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.usage;
  override get message(): string {
    return `with --no-preflight nobody looks up the id of ${Text.line(this.repository)} at Codegen, and agents might work elsewhere. Set codegen.repo_id, or leave --no-preflight out.`;
  }
}

/** A run has tasks for Codegen, and nothing says how it is reached. */
export class NotConfigured extends Schema.TaggedError<NotConfigured>()("NotConfigured", {
  run: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.configuration;
  override get message(): string {
    return `the run ${Text.line(this.run)} has tasks for Codegen, which is not configured here. Name a configuration with the section codegen (--config FILE), or set CODEGEN_ORG_ID and CODEGEN_API_TOKEN.`;
  }
}

/** What the flags and the run say, and whether a task of the run, begun or to be run again, is for Codegen. */
export const ofRun = Effect.fn("CodegenUse.ofRun")(function* (
  run: string,
  state: RunState.RunState,
  flags: Config.Flags,
  {
    file,
    isReopened = false,
  }: { readonly file: Config.Remembered | undefined; readonly isReopened?: boolean },
) {
  const isOpen = ({ outcome, task }: RunState.TaskState) =>
    Routing.isForCodegen(task) &&
    (outcome === undefined || (isReopened && outcome !== "Succeeded"));
  const isNeeded = Array.from(state.tasks()).some(isOpen);
  const loading = Config.load(flags, file);
  // What a run without tasks for Codegen takes from its file is in its journal.
  const isOptional = !isNeeded && flags.config.length === 0;
  const config = yield* isOptional ? Effect.catch(loading, without) : loading;
  if (isNeeded && config.codegen === undefined) return yield* new NotConfigured({ run });
  return { config, isNeeded };
});

const without = ({ message }: Config.ConfigInvalid) =>
  Effect.as(Effect.logWarning(`The run goes on without Codegen: ${message}`), Config.none);

export interface Options {
  /** Whether a task of the run is for Codegen. */
  readonly isNeeded: boolean;
  readonly noPreflight: boolean;
  /** Codegen's id of the repository, as it was found when the run started. */
  readonly repoId?: number | undefined;
  /** Whether every task says in which repository it is worked on. */
  readonly isByTask?: boolean | undefined;
}

/** Codegen as the run has it, with the id of its repository; undefined if it does without. */
export const prepare = Effect.fn("CodegenUse.prepare")(function* (
  { codegen, repository }: Config.Config,
  { isByTask = false, isNeeded, noPreflight, repoId: known }: Options,
) {
  if (codegen === undefined || (!isNeeded && Result.isFailure(codegen))) return undefined;
  const settings = yield* Effect.fromResult(codegen);
  const repoId = settings.repoId ?? known;
  const isUnknown = repoId === undefined && repository !== undefined;
  if (!isNeeded) return isUnknown ? undefined : { ...settings, repoId };
  if (noPreflight) {
    if (isUnknown) return yield* new NoRepository({ repository });
    return { ...settings, repoId };
  }
  const found = yield* look({ ...settings, repoId }, repository, isByTask);
  return { ...settings, repoId: found ?? repoId };
});

/** Asks the service; prints what is not as it should be, and fails if agents cannot work. */
const look = Effect.fnUntraced(function* (
  settings: CodegenConfig.Settings,
  repository: string | undefined,
  isByTask: boolean,
) {
  const { error } = yield* Screen;
  const { findings, isReady, repoId } = yield* report(settings, repository);
  // That the run as a whole names no repository is nothing to warn of then.
  const counts = ({ about }: Preflight.Finding) => !isByTask || about !== "repository";
  const said = (level: Preflight.Finding["level"]) =>
    findings
      .filter((one) => one.level === level && (level === "problem" || counts(one)))
      .map(({ message }) => Text.line(message));
  for (const message of said("warning")) yield* error.print(`warning: ${message}`);
  if (!isReady) return yield* new NotReady({ findings: said("problem") });
  return repoId;
});

/** What a look at the service finds. */
export const report = Effect.fn("CodegenUse.report")(function* (
  settings: CodegenConfig.Settings,
  repository: string | undefined,
) {
  const { preflight } = yield* Effect.promise(() => import("../run/CodegenBackend.ts"));
  return yield* preflight(settings, repository);
});
