/** What the tasks of a run have allocated, as any process can see it. */
import { Resources } from "@orchestrator/core";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as RunLook from "./RunLook.ts";
import type { RunWanted } from "./RunWanted.ts";

export interface RunResources extends Resources.Resources {
  readonly run: string;
  readonly plan: string;
  readonly status: RunLook.Standing;
}

/** Reads the journal of the run. */
export const of = Effect.fn("RunResources.of")(function* (wanted: RunWanted) {
  const { standing, state } = yield* RunLook.look(wanted, wanted.run);
  const resources = Resources.of(state, yield* Clock.currentTimeMillis);
  return {
    run: wanted.run,
    plan: state.plan,
    status: standing,
    ...resources,
  } satisfies RunResources;
});
