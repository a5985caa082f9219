/** Everything that is measured of durable runs. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { durableNames } from "../cases/durable.mjs";
import { measure } from "./child.mjs";
import { scratchFolder } from "./disk.mjs";

/** How long a peer may take for one measurement, in milliseconds. */
const patience = 300_000;

const inFolder = (use) => {
  const folder = scratchFolder();
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const cost = (options) =>
  inFolder((scratch) => {
    const given = { ...options, folder: join(scratch, "measured") };
    if (options.contender === "ours") return measure("durable", given);
    try {
      return measure("durable", given, patience);
    } catch (error) {
      const isSlow = error.code === "ETIMEDOUT";
      return { unavailable: isSlow ? "it takes longer than five minutes" : error.message };
    }
  });

/** Rounds go through all contenders in turn, so that a slow minute of the machine meets them all. */
const costs = ({ lanes: widths, rounds, tasks }) =>
  widths.flatMap((lanes, width) =>
    Array.from({ length: rounds }, (_, round) =>
      durableNames.map((contender) => {
        const options = { contender, lanes, tasks: tasks[contender][width] };
        // Ours is compiled as it runs, which takes some 30,000 tasks; the peers' servers are warm earlier.
        const warmUp = contender === "ours" ? 40_000 / (lanes === 1 ? 4 : 1) : options.tasks / 5;
        return { ...options, round, figures: cost({ ...options, warmUp }) };
      }),
    ).flat(),
  );

const replay = ({ events, lanes: widths, runs }) =>
  widths.map((lanes) =>
    inFolder((folder) => {
      const written = measure("written", { events, folder, lanes });
      const perLane = Math.ceil(events / 5 / lanes);
      const options = { events: written.events, folder, runs, tasks: perLane * lanes };
      return { events, lanes, written, figures: measure("replay", options) };
    }),
  );

export const measureDurable = (plan) => ({
  costs: costs(plan.costs),
  replay: replay(plan.replay),
  resume: inFolder((folder) => ({
    ...plan.resume,
    figures: measure("resume", { ...plan.resume, folder }),
  })),
  longRun: inFolder((folder) => ({
    ...plan.longRun,
    figures: measure("longRun", { ...plan.longRun, folder }),
  })),
});
