/** Everything that is measured of graphs in memory. */
import { record } from "./child.mjs";
import { canRun, contenders } from "./contenders.mjs";
import { shapeNames } from "./graphs.mjs";

/** Rounds go through all contenders in turn, so that a slow minute of the machine meets them all. */
const speeds = ({ sizes, runs, rounds, warmUpSize }) => {
  const found = [];
  for (const shape of shapeNames) {
    for (const size of sizes) {
      for (let round = 1; round <= rounds(size); round++) {
        for (const contender of Object.keys(contenders)) {
          if (!canRun(contender, shape, size)) continue;
          // listr2 takes minutes for the warm-up of the others.
          const warm = contender === "listr2" ? Math.min(size, 1000) : warmUpSize;
          const own = contender === "listr2" ? Math.min(3, runs(size)) : runs(size);
          const options = { contender, shape, size, runs: own, warmUps: 2, warmUpSize: warm };
          found.push({ round, ...record("speed", options) });
        }
      }
    }
  }
  return found;
};

const growths = ({ sizes, runs, warmUpSize }) =>
  ["ours", "kahn"].flatMap((contender) =>
    shapeNames.flatMap((shape) =>
      sizes.map((size) =>
        record("speed", { contender, shape, size, runs: runs(size), warmUps: 2, warmUpSize }),
      ),
    ),
  );

const memory = ({ size }) => ({
  waiting: ["chain", "fan"].map((shape) => record("waiting", { shape, size })),
  finished: ["handle", "result"].flatMap((keep) =>
    ["chain", "fan"].map((shape) => record("finished", { keep, shape, size })),
  ),
  peak: ["ours", "p-graph"].flatMap((contender) =>
    ["chain", "fan"].map((shape) => record("peak", { contender, shape, size })),
  ),
});

const stalls = ({ size, processes }) =>
  shapeNames.flatMap((shape) =>
    Array.from({ length: processes }, () => record("stall", { shape, size })),
  );

export const measureGraph = (plan) => ({
  makespan: record("makespan", plan.makespan),
  memory: memory(plan.memory),
  stalls: stalls(plan.stalls),
  insertion: plan.insertion.sizes.map(({ runs, size }) =>
    record("insertion", { size, runs, warmUps: 2, warmUpSize: plan.insertion.warmUpSize }),
  ),
  speed: speeds(plan.speed),
  growth: growths(plan.growth),
});
