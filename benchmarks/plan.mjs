/** What is measured: sizes, runs and rounds. */

/** About half an hour on two cores. The targets are stated for these sizes. */
export const full = {
  name: "full",
  speed: {
    sizes: [1000, 10_000, 100_000],
    runs: (size) => (size === 100_000 ? 5 : 15),
    rounds: (size) => (size === 100_000 ? 3 : 1),
    warmUpSize: 100_000,
  },
  growth: {
    sizes: [10_000, 30_000, 100_000, 300_000, 1_000_000],
    runs: (size) => Math.max(2, Math.min(15, Math.round(500_000 / size))),
    warmUpSize: 100_000,
  },
  insertion: {
    sizes: [
      { size: 10_000, runs: 15 },
      { size: 100_000, runs: 5 },
      { size: 1_000_000, runs: 2 },
    ],
    warmUpSize: 100_000,
  },
  memory: { size: 100_000 },
  stalls: { size: 100_000, processes: 3 },
  makespan: { graphs: 200 },
  costs: {
    rounds: 5,
    lanes: [1, 10, 100, 1000],
    // A peer that takes milliseconds a task is given fewer of them.
    tasks: {
      ours: [5000, 20_000, 100_000, 200_000],
      Restate: [500, 2000, 5000, 10_000],
      DBOS: [200, 1000, 2000, 2000],
      "effect/workflow": [50, 100, 200, 1000],
    },
  },
  replay: { events: 100_000, lanes: [1, 100], runs: 9 },
  resume: { events: 100_000, ended: 20_000, tasks: 21_000, runs: 5 },
  longRun: { lanes: 100, size: 200_000, parts: 4 },
  detection: {
    sizes: [
      { slots: 10, followed: 40, seeds: 10 },
      { slots: 100, followed: 300, seeds: 3 },
      { slots: 1000, followed: 2000, seeds: 1 },
    ],
    seconds: { together: [10, 200], followed: [30, 570] },
  },
  backlogs: [
    { issues: 1000, slots: 50, autoMerge: true },
    { issues: 1000, slots: 50, autoMerge: false },
  ],
};

/** A few minutes. */
export const quick = {
  name: "quick",
  speed: { sizes: [1000, 5000], runs: () => 3, rounds: () => 1, warmUpSize: 5000 },
  growth: { sizes: [2000, 20_000], runs: () => 3, warmUpSize: 5000 },
  insertion: {
    sizes: [
      { size: 2000, runs: 3 },
      { size: 20_000, runs: 3 },
    ],
    warmUpSize: 5000,
  },
  memory: { size: 10_000 },
  stalls: { size: 10_000, processes: 1 },
  makespan: { graphs: 20 },
  costs: {
    rounds: 1,
    lanes: [1, 10, 100, 1000],
    tasks: {
      ours: [500, 2000, 10_000, 20_000],
      Restate: [100, 500, 1000, 2000],
      DBOS: [100, 200, 500, 1000],
      "effect/workflow": [20, 50, 100, 1000],
    },
  },
  replay: { events: 10_000, lanes: [1, 100], runs: 3 },
  resume: { events: 10_000, ended: 2000, tasks: 3000, runs: 1 },
  longRun: { lanes: 100, size: 10_000, parts: 2 },
  detection: {
    sizes: [
      { slots: 10, followed: 20, seeds: 1 },
      { slots: 100, followed: 150, seeds: 1 },
    ],
    seconds: { together: [10, 200], followed: [30, 570] },
  },
  backlogs: [{ issues: 60, slots: 10, autoMerge: true }],
};
