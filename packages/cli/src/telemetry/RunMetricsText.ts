/** The metrics of a run that was kept, whether or not a process works on it: read from its journal and its folder. */
import { RunState } from "@orchestrator/core";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Path from "effect/Path";
import * as Stream from "effect/Stream";
import * as RunLedger from "../run/RunLedger.ts";
import { home } from "../run/RunRecord.ts";
import type { RunWanted } from "../run/RunWanted.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Prometheus from "./Prometheus.ts";
import * as RequestCounts from "./RequestCounts.ts";
import { RunMetrics } from "./RunMetrics.ts";

/** Prints them as Prometheus reads them. */
export const print = Effect.fn("RunMetricsText.print")(function* (wanted: RunWanted) {
  const { journal, project, run } = wanted;
  const path = yield* Path.Path;
  const { out } = yield* Screen;
  const metrics = new RunMetrics();
  const state = new RunState.RunState();
  yield* Stream.runForEachArray(journal.read(run), (entries) =>
    Effect.sync(() => {
      for (const { event } of entries) {
        state.apply(event);
        metrics.apply(event);
      }
    }),
  );
  const folder = path.join(project.root, ...home, run);
  const github = yield* RunLedger.read(folder);
  const requests = yield* RequestCounts.read(folder);
  const now = yield* Clock.currentTimeMillis;
  const families = metrics.families(state, { now, github, requests });
  yield* out.print(Prometheus.text(families).trimEnd());
});
