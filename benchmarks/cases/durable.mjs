/** Time for a task that is made durable, in milliseconds: lanes beside each other, each task behind the one before it in its lane. */
import { mkdirSync } from "node:fs";
import { fdatasyncTimes, summary } from "../lib/disk.mjs";

const modules = {
  ours: "ours",
  Restate: "restate",
  DBOS: "dbos",
  "effect/workflow": "effectWorkflow",
};

/** Who is measured, ours first. */
export const durableNames = Object.keys(modules);

/** Ours has to work; a peer that does not is answered with the reason. */
const orReason = async (contender, work) => {
  if (contender === "ours") return work();
  try {
    return await work();
  } catch (error) {
    return { unavailable: error instanceof Error ? error.message : String(error) };
  }
};

/**
 * In how many runs ours is measured, the disk alone before, between and after
 * them: it is faster and slower by the second, and ours is compared with it.
 */
const partsOfOurs = 10;

export const durable = ({ contender, folder, lanes, tasks, warmUp }) =>
  orReason(contender, async () => {
    mkdirSync(folder, { recursive: true });
    const { open } = await import(`../lib/durable/${modules[contender]}.mjs`);
    const opened = await open(folder, lanes);
    try {
      await opened.run(lanes, Math.ceil(warmUp / lanes));
      const parts = contender === "ours" ? partsOfOurs : 1;
      return await measured(opened, { folder, lanes, parts, tasks });
    } finally {
      await opened.close();
    }
  });

const measured = async ({ counts, run, versions }, { folder, lanes, parts, tasks }) => {
  const perLane = Math.ceil(tasks / parts / lanes);
  const before = { ...counts };
  const disk = fdatasyncTimes(folder);
  const done = parts * lanes * perLane;
  let [millis, cpuMillis] = [0, 0];
  for (let part = 0; part < parts; part++) {
    const computed = process.cpuUsage();
    const start = performance.now();
    await run(lanes, perLane);
    millis += performance.now() - start;
    const { system, user } = process.cpuUsage(computed);
    cpuMillis += (system + user) / 1000;
    disk.push(...fdatasyncTimes(folder));
  }
  return {
    tasks: done,
    parts,
    millis: millis / done,
    // Of this process: what a peer's servers compute is not in it.
    cpuMillis: cpuMillis / done,
    disk: summary(disk),
    versions,
    ...(counts === undefined
      ? {}
      : { appends: counts.appends - before.appends, events: counts.events - before.events }),
  };
};
