/** About how many points of GitHub's budgets a run takes, before it is started. */
import type { Estimate } from "./PlanForecast.ts";

/** A run's own requests; those that agents send with tokens of their own are not counted. */
export interface Points {
  /** REST points of all launches. */
  readonly run: number;
  /** REST points in the busiest hour. */
  readonly perHour: number;
  /** How it is estimated, as a clause. */
  readonly basis: string;
}

/** Each launch reads its issue again, to see that it still is what was approved. */
const perLaunch = 1;

/** The points of a run with so many launches; without an estimate of its time all may come in one hour. */
export const estimate = (launches: number, time: Estimate | null): Points => {
  const run = launches * perLaunch;
  const hours = time === null ? 1 : Math.max(1, time.seconds / 3600);
  return {
    run,
    perHour: Math.ceil(run / hours),
    basis:
      time === null
        ? "1 for each launch, which reads its issue again, as if all came in one hour"
        : "1 for each launch, which reads its issue again, spread over the estimated time",
  };
};
