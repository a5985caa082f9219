/** A run that was started before, made again as it was: what `resume`, `retry` and `cancel` have in common. */
import type { CodegenConfig } from "@orchestrator/codegen";
import type { RunState } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as BacklogRun from "./BacklogRun.ts";
import * as Config from "../config/Config.ts";
import * as LocalRun from "./LocalRun.ts";
import type { RunSetup } from "./RunSetup.ts";
import type { RunWanted } from "./RunWanted.ts";

export interface Options {
  readonly wanted: Pick<RunWanted, "project" | "run">;
  readonly setup: RunSetup;
  readonly state: RunState.RunState;
  readonly slots: number;
  readonly config: Config.Config;
  readonly flags: Config.Flags;
  /** How Codegen is reached, if the run has it. */
  readonly codegen: CodegenConfig.Settings | undefined;
  /** Whether agents are launched. */
  readonly launches: boolean;
}

/** Prepares the run. */
export const make = Effect.fn("RestoredRun.make")(function* (options: Options) {
  const { codegen, setup, slots, state, wanted } = options;
  const { project, run: id } = wanted;
  const { github } = setup;
  if (github === undefined) {
    const hosts = yield* Config.allowedHosts(options.flags);
    return yield* LocalRun.restore(id, setup, slots, project.root, codegen, hosts, state);
  }
  const { config, flags, launches } = options;
  const again = { id, slots, root: project.root, config, flags, codegen, launches };
  return yield* BacklogRun.restore({ ...again, setup: { ...setup, github } });
});

/** The configuration for a run: Codegen works in the repository of its issues, whatever else is configured. */
export const configured = (config: Config.Config, { github }: RunSetup): Config.Config => {
  if (github === undefined) return config;
  const [only, ...others] = github.repositories;
  return { ...config, repository: others.length === 0 ? only : undefined };
};
