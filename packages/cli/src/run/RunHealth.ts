/** How a run is doing, as any process can see it. */
import { Health } from "@orchestrator/core";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Path from "effect/Path";
import * as RunLedger from "./RunLedger.ts";
import * as RunLook from "./RunLook.ts";
import { home } from "./RunRecord.ts";
import type { RunWanted } from "./RunWanted.ts";

export interface RunHealth extends Health.Health {
  readonly run: string;
  readonly plan: string;
  readonly status: RunLook.Standing;
}

/** Reads the journal of the run, and what it kept of the budgets of APIs. */
export const of = Effect.fn("RunHealth.of")(function* (wanted: RunWanted) {
  const path = yield* Path.Path;
  const { standing, state } = yield* RunLook.look(wanted, wanted.run);
  const ledger = yield* RunLedger.read(path.join(wanted.project.root, ...home, wanted.run));
  const now = yield* Clock.currentTimeMillis;
  const budgets = (ledger?.remaining ?? [])
    // What was left of a budget says nothing once it is fresh.
    .filter(({ resetsAt }) => resetsAt > now)
    .map(({ limit, remaining, resetsAt, resource }) => ({
      api: `github ${resource}`,
      remaining,
      limit,
      resets_at: new Date(resetsAt).toISOString(),
    }));
  const health = Health.of(state, now, { budgets });
  return { run: wanted.run, plan: state.plan, status: standing, ...health } satisfies RunHealth;
});
