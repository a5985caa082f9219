/** What a plan and the flags together say about how it is run. */
import type { RunEvent } from "@orchestrator/core";
import type { PlanFile } from "@orchestrator/local";
import type { Settings } from "./PlanForecast.ts";
import type { Config } from "../config/Config.ts";
import * as Option from "effect/Option";

/** What the flags say; absent: what the plan says. */
export interface Flags {
  readonly concurrency: Option.Option<number>;
  readonly mode: Option.Option<RunEvent.Mode>;
}

/**
 * How many agents work at once and how tasks are chosen: flags first, then the
 * plan, then the configuration, then 10 and `parallel`. One agent in the mode
 * `sequential`.
 */
export const settings = (
  flags: Flags,
  plan: Pick<PlanFile.Plan, "mode" | "concurrency"> | undefined,
  config: Config,
): Settings => {
  const mode = Option.getOrElse(flags.mode, () => plan?.mode ?? ("parallel" as const));
  const most = Option.getOrElse(
    flags.concurrency,
    () => plan?.concurrency ?? config.concurrency ?? 10,
  );
  return { concurrency: mode === "sequential" ? 1 : most, mode };
};
