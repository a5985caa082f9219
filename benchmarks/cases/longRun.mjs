/** Memory over a long run on the durable journal: every task adds one behind itself while it works, until all are through. */
import { mkdirSync } from "node:fs";
import { Orchestrator, runtimeOf } from "../lib/durable/ours.mjs";
import { heldBytes } from "../lib/measure.mjs";
import { Effect, options } from "../lib/ours.mjs";

/** Held bytes and resident memory whenever a part of the tasks is through. */
export const longRun = async ({ folder, lanes, parts, size }) => {
  mkdirSync(folder, { recursive: true });
  await grow(folder, { lanes, size: Math.min(size, 5000), look: () => Effect.void, every: size });
  const samples = [];
  const look = (tasks) =>
    Effect.promise(async () => {
      const held = await heldBytes();
      samples.push({ tasks, held, resident: process.memoryUsage.rss() });
    });
  await Effect.runPromise(look(0));
  const state = await grow(folder, { lanes, size, look, every: size / parts });
  await Effect.runPromise(look(size));
  if (state.count("Succeeded") !== size) throw new Error("Not all tasks have succeeded.");
  return samples;
};

/** Runs until `size` tasks are through; looks at every so many of them. Answers with the state, and so keeps it. */
const grow = async (folder, { every, lanes, look, size }) => {
  let made = lanes;
  let begun = 0;
  const work = (task, context) => {
    const number = begun++;
    const seen = number > 0 && number % every === 0 ? look(number) : Effect.void;
    if (made >= size) return seen;
    const added = context.discover([{ id: `task-${made++}`, dependsOn: [task.id] }]);
    return Effect.andThen(seen, added);
  };
  const runtime = runtimeOf(folder, { slots: lanes, work });
  const first = Array.from({ length: lanes }, (_, node) => ({ id: `task-${node}` }));
  const state = await runtime.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const handle = yield* (yield* Orchestrator).start(first, options);
        yield* handle.result;
        return handle.state;
      }),
    ),
  );
  await runtime.dispose();
  return state;
};
