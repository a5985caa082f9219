import * as Effect from "effect/Effect";
import type { CodegenClient } from "../CodegenClient.ts";
import type { AgentRun } from "../CodegenModel.ts";
import { webUrl } from "./webUrl.ts";

/** Two clocks, that of the service and ours, differ by no more than this. */
const skewMillis = 300_000;
/** More than these are looked at by a person. */
const mostLooks = 20;

/**
 * Agent runs of which nobody says what metadata they have, and that may have
 * been created since a moment. Null says it: they were launched without any.
 */
export const unmarkedSince = (
  runs: ReadonlyArray<AgentRun>,
  sinceMillis: number,
): ReadonlyArray<AgentRun> =>
  runs.filter(({ created_at, metadata }) => {
    if (metadata !== undefined) return false;
    const at = Date.parse(created_at ?? "");
    return Number.isNaN(at) || at >= sinceMillis - skewMillis;
  });

/** The same agent runs asked for one by one: a list may leave out what they carry. */
export const lookedAt = (client: CodegenClient, runs: ReadonlyArray<AgentRun>) =>
  Effect.forEach(runs.slice(0, mostLooks), ({ id }) => client.get(String(id)));

/** What people are told of agent runs that may be the one that is looked for. */
export const suspicion = (runs: ReadonlyArray<AgentRun>): string => {
  const shown = runs.slice(0, 3).map((run) => webUrl(run) ?? String(run.id));
  return `${runs.length} agent runs since the launch do not show their metadata, so that one of them may be it: ${shown.join(", ")}. Look at them.`;
};
