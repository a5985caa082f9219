/** Going on with a run whose process was killed, in a fresh process, in milliseconds until something is launched again. */
import { spawnSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { lanesOf, Orchestrator, runtimeOf } from "../lib/durable/ours.mjs";
import { Effect, options } from "../lib/ours.mjs";

const run = "resumed";
const slots = 100;
/** More than slots, so that some tasks were ready but not launched when the process died. */
const lanes = 2 * slots;

/** Dies as from `kill -9` when so many tasks have ended. */
export const leave = async ({ ended, folder, tasks }) => {
  let launched = 0;
  const work = () =>
    Effect.sync(() => {
      if (++launched > ended) process.kill(process.pid, "SIGKILL");
    });
  const runtime = runtimeOf(folder, { slots, work });
  await runtime.runPromise(
    Effect.flatMap(Orchestrator, (orchestrator) =>
      orchestrator.run(lanesOf(lanes, tasks / lanes), { ...options, run }),
    ),
  );
  throw new Error("The run ended before it was left.");
};

/** Resumes until the first launch: with the lock, and every hash checked. */
export const goOn = async ({ folder }) => {
  const start = performance.now();
  let launched;
  const isLaunched = new Promise((resolve) => {
    launched = resolve;
  });
  const work = () =>
    Effect.sync(() => launched(performance.now())).pipe(Effect.andThen(Effect.never));
  const runtime = runtimeOf(folder, { slots, work });
  const resumed = runtime.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const orchestrator = yield* Orchestrator;
        const { state } = yield* orchestrator.resume(run);
        yield* Effect.promise(() => isLaunched);
        return { tasks: state.size, ended: state.ended };
      }),
    ),
  );
  const at = await Promise.race([isLaunched, resumed.then(() => isLaunched)]);
  return {
    // The clock of `performance` begins with the process.
    sinceProcess: at,
    sinceCall: at - start,
    ...(await resumed),
  };
};

/** A process that is killed, then one after another that goes on from what it left. */
export const resume = ({ ended, folder, runs, tasks }) => {
  const left = join(folder, "left");
  const killed = child({ name: "leave", ended, folder: left, tasks });
  if (killed.signal !== "SIGKILL") throw new Error(`It was not killed: ${killed.stderr}`);
  return Array.from({ length: runs }, () => {
    const copy = join(folder, "copy");
    cpSync(left, copy, { recursive: true });
    const answer = child({ name: "goOn", folder: copy });
    rmSync(copy, { recursive: true });
    if (answer.status !== 0) throw new Error(`The run was not resumed: ${answer.stderr}`);
    return JSON.parse(answer.stdout);
  });
};

const child = (given) =>
  spawnSync(process.execPath, [process.argv[1], JSON.stringify(given)], { encoding: "utf8" });
