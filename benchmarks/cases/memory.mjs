/** Bytes per task beyond the caller's own array of tasks. */
import { tasks } from "../lib/graphs.mjs";
import { heldBytes } from "../lib/measure.mjs";
import { core, Effect, layerOf, options, run } from "../lib/ours.mjs";
import { contenders } from "../lib/contenders.mjs";

const warmUpSize = 3000;

/** All tasks wait behind the first, which does not end. */
export const waiting = async ({ shape, size }) => {
  await run(tasks(shape, warmUpSize));
  const input = tasks(shape, size);
  const before = await heldBytes();
  let started;
  const isRunning = new Promise((resolve) => {
    started = resolve;
  });
  const work = () =>
    Effect.andThen(
      Effect.sync(() => started()),
      Effect.never,
    );
  const stop = new AbortController();
  const program = Effect.flatMap(core.Orchestrator.Orchestrator, (orchestrator) =>
    orchestrator.run(input, options),
  );
  const ended = Effect.runPromiseExit(Effect.provide(program, layerOf(work)), {
    signal: stop.signal,
  });
  await isRunning;
  const bytes = ((await heldBytes()) - before) / input.length;
  stop.abort();
  await ended;
  return bytes;
};

/** All tasks have ended with an output; the run's handle is kept, with every event, or only its result. */
export const finished = async ({ keep, shape, size }) => {
  await run(tasks(shape, warmUpSize));
  const input = tasks(shape, size);
  const before = await heldBytes();
  const kept = await finish(input, keep);
  const bytes = ((await heldBytes()) - before) / input.length;
  if (kept === undefined) throw new Error("What should be kept is gone.");
  return bytes;
};

const finish = async (input, keep) => {
  // The output is a string that the caller has anyway: only its place counts.
  const work = (task) => Effect.succeed(task.id);
  if (keep === "result") return run(input, work);
  const started = core.orchestrate({ tasks: input, agent: (task) => task.id, ...options });
  return { started, result: await started.result };
};

/** The highest resident memory of a process that builds and runs one graph, in bytes per task. */
export const peak = async ({ contender, shape, size }) => {
  const { input, work } = await contenders[contender]();
  await work(input(shape, warmUpSize));
  const given = input(shape, size);
  globalThis.gc();
  const before = process.memoryUsage.rss();
  await work(given);
  return (process.resourceUsage().maxRSS * 1024 - before) / size;
};
