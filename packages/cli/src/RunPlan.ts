/** Runs a plan file from beginning to end: what the command `run` does. */
import type { PlanFile } from "@orchestrator/local";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import type * as Schema from "effect/Schema";
import * as CodegenUse from "./CodegenUse.ts";
import * as Config from "./Config.ts";
import * as Foreground from "./Foreground.ts";
import * as LocalRun from "./LocalRun.ts";
import * as PlanCheck from "./PlanCheck.ts";
import * as PlanChoice from "./PlanChoice.ts";
import * as PlanHash from "./PlanHash.ts";
import * as PlanPrinter from "./PlanPrinter.ts";
import { type Flags, settings } from "./PlanSettings.ts";
import * as Routing from "./Routing.ts";
import * as RunSetup from "./RunSetup.ts";
import type * as RunView from "./RunView.ts";
import * as SafeFile from "./SafeFile.ts";
import { Screen } from "./Screen.ts";
import * as Text from "./Text.ts";

/** What the flags say; absent: what the plan says, then the defaults. */
export interface Options extends RunView.Options, Flags, Config.Flags {
  readonly plan: Option.Option<string>;
  readonly failFast: boolean;
  readonly dryRun: boolean;
  /** A file that ends in .json or .csv. */
  readonly results: Option.Option<string>;
  readonly keepFailed: boolean;
  /** Starts without a look at whether Codegen would take the tasks. */
  readonly noPreflight: boolean;
  readonly updateCheckout: boolean;
}

/** Runs a plan file; fails with its exit code unless every task succeeded. */
export const run = Effect.fn("RunPlan.run")(function* (options: Options) {
  const { error } = yield* Screen;
  const file = yield* PlanChoice.choose(options.plan);
  const config = yield* Config.load(options);
  for (const warning of config.warnings) yield* error.print(`warning: ${warning}`);
  const checked = yield* PlanCheck.check(file, config.codegen);
  if (options.dryRun) {
    const how = settings(options, checked.plan, config);
    const format = options.json ? "json" : "text";
    return yield* PlanPrinter.printFile(checked, { ...how, format, isVerbose: false });
  }
  const problems = PlanCheck.text(checked);
  if (problems.length > 0) yield* error.print(problems.join("\n"));
  yield* PlanCheck.refuse(checked);
  if (Option.isSome(options.results)) yield* SafeFile.prepare(options.results.value);
  yield* Effect.scoped(execute(checked.plan!, config, options));
});

const execute = Effect.fnUntraced(function* (
  plan: PlanFile.Plan,
  config: Config.Config,
  options: Options,
) {
  const { concurrency, mode } = settings(options, plan, config);
  const isNeeded = plan.tasks.some(Routing.isForCodegen);
  const codegen = yield* CodegenUse.prepare(config, { ...options, isNeeded });
  const setup = {
    ...(yield* setupOf(plan, options)),
    ...(config.file === undefined ? {} : { config: config.file }),
    ...(codegen?.repoId === undefined ? {} : { codegenRepoId: codegen.repoId }),
  };
  const local = yield* LocalRun.make(setup, concurrency, codegen);
  yield* tellCheckout(local);
  const start = local.orchestrator.start(plan.tasks, {
    run: local.id,
    plan: plan.name,
    mode,
    failFast: options.failFast || (plan.failFast ?? false),
    resources: plan.resources,
    ...limitsOf(config),
    context: RunSetup.encode(local.setup),
  });
  const { results } = local.setup;
  yield* Foreground.judge(yield* Foreground.follow(local, start, { ...options, results }));
});

/** A checkout that is not clean stays as it is, whatever was asked for. */
const tellCheckout = Effect.fnUntraced(function* ({ base, setup }: LocalRun.LocalRun) {
  if (!setup.updateCheckout || base === undefined || base.takeOver === undefined) return;
  const { error } = yield* Screen;
  const [asked, branch] = [Text.line(base.requested), Text.line(base.branch)];
  yield* error.print(
    `warning: the checkout of ${asked} has changes or untracked files, so --update-checkout leaves it alone and work lands on ${branch}`,
  );
});

/** Tasks and the defaults of their plan go before these. */
const limitsOf = ({ retry, timeoutSeconds }: Config.Config) => ({
  ...(timeoutSeconds === undefined ? {} : { timeout: Duration.seconds(timeoutSeconds) }),
  retry: {
    ...(retry.attempts === undefined ? {} : { attempts: retry.attempts }),
    ...(retry.delaySeconds === undefined ? {} : { delay: Duration.seconds(retry.delaySeconds) }),
  },
});

const setupOf = Effect.fnUntraced(function* (plan: PlanFile.Plan, options: Options) {
  const path = yield* Path.Path;
  const here = (yield* Screen).folder;
  const file = path.resolve(here, plan.file);
  const planHash = yield* PlanHash.of(file);
  return {
    plan: file,
    ...(planHash === undefined ? {} : { planHash }),
    folder: path.dirname(file),
    isolation: plan.isolation,
    // A plan file holds nothing that JSON cannot.
    defaults: plan.defaults as Readonly<Record<string, Schema.Json>>,
    keepFailed: options.keepFailed,
    updateCheckout: options.updateCheckout,
    ...(plan.base === undefined ? {} : { base: plan.base }),
    ...(Option.isNone(options.results)
      ? {}
      : { results: path.resolve(here, options.results.value) }),
  };
});
