/** Reading a run back: rows out of SQLite, hashes checked, events decoded and folded; in microseconds per event. */
import { timed } from "../lib/measure.mjs";
import { lanesOf, Orchestrator, runtimeOf } from "../lib/durable/ours.mjs";
import { Effect, options } from "../lib/ours.mjs";

const run = "replayed";

/** Writes a run of five events a task into a folder, as the engine itself writes it. */
export const written = async ({ events, folder, lanes }) => {
  const counts = { appends: 0, events: 0 };
  const runtime = runtimeOf(folder, { counts, slots: lanes });
  const tasks = lanesOf(lanes, Math.ceil(events / 5 / lanes));
  await runtime.runPromise(
    Effect.flatMap(Orchestrator, (orchestrator) => orchestrator.run(tasks, { ...options, run })),
  );
  await runtime.dispose();
  return counts;
};

/** `cold` is the first reading of the process, with the opening of the database. */
export const replay = async ({ events, folder, runs, tasks }) => {
  const start = performance.now();
  const runtime = runtimeOf(folder, { slots: 1 });
  const read = () =>
    runtime.runPromise(Effect.flatMap(Orchestrator, (orchestrator) => orchestrator.state(run)));
  const { ended } = await read();
  const cold = performance.now() - start;
  if (ended !== tasks) throw new Error(`${ended} of ${tasks} tasks have ended.`);
  const warm = await timed(read, runs);
  await runtime.dispose();
  const perEvent = (millis) => (millis * 1000) / events;
  return { cold: perEvent(cold), warm: warm.map(perEvent) };
};
