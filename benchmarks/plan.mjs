/** What is measured: sizes, runs and rounds. */

/** About ten minutes on two cores. The targets are stated for these sizes. */
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
};

/** Within a minute. */
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
};
