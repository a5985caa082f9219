/** About how many points of GitHub's budgets a run takes, before it is started. */
import type { Estimate } from "../plan/PlanForecast.ts";

/** A run's own requests; those that agents send with tokens of their own are not counted. */
export interface Points {
  /** REST points of all tasks. */
  readonly run: number;
  /** REST points in the busiest hour. */
  readonly perHour: number;
  /** How it is estimated, as a clause. */
  readonly basis: string;
}

/**
 * As counted in runs whose tasks succeed at once: the issue before its launch, its comment (4), its
 * labels (3), the files of its pull request and the merge. What is asked about all pull requests at once costs GraphQL points.
 */
const perTask = 10;

const each = `${perTask} a task, for its issue, comment, label and pull request`;

/** To find and to open the pull request of an agent of this machine. */
const perDelivery = 2;

/**
 * The points of a run with so many launches, some of them of agents of this machine; without an
 * estimate of its time all may come in one hour.
 */
export const estimate = (launches: number, time: Estimate | null, own = 0): Points => {
  const run = launches * perTask + own * perDelivery;
  const what = own === 0 ? each : `${each}, ${perDelivery} more for an agent of this machine`;
  const hours = time === null ? 1 : Math.max(1, time.seconds / 3600);
  return {
    run,
    perHour: Math.ceil(run / hours),
    basis: time === null ? what : `${what}, spread over the estimated time`,
  };
};
