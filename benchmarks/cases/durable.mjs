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

/** The disk alone is measured before and after, by the same process. */
export const durable = ({ contender, folder, lanes, tasks, warmUp }) =>
  orReason(contender, async () => {
    mkdirSync(folder, { recursive: true });
    const { open } = await import(`../lib/durable/${modules[contender]}.mjs`);
    const opened = await open(folder, lanes);
    try {
      await opened.run(lanes, Math.ceil(warmUp / lanes));
      return await measured(opened, { folder, lanes, tasks });
    } finally {
      await opened.close();
    }
  });

const measured = async ({ counts, run, versions }, { folder, lanes, tasks }) => {
  const perLane = Math.ceil(tasks / lanes);
  const before = { ...counts };
  const disk = fdatasyncTimes(folder);
  const computed = process.cpuUsage();
  const start = performance.now();
  await run(lanes, perLane);
  const millis = (performance.now() - start) / (lanes * perLane);
  const { system, user } = process.cpuUsage(computed);
  disk.push(...fdatasyncTimes(folder));
  return {
    tasks: lanes * perLane,
    millis,
    // Of this process: what a peer's servers compute is not in it.
    cpuMillis: (system + user) / 1000 / (lanes * perLane),
    disk: summary(disk),
    versions,
    ...(counts === undefined
      ? {}
      : { appends: counts.appends - before.appends, events: counts.events - before.events }),
  };
};
