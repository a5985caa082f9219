/** Tasks added while running: each task adds one behind itself as it ends, until there are `size`. */
import { id } from "../lib/graphs.mjs";
import { timed } from "../lib/measure.mjs";
import { run } from "../lib/ours.mjs";

const seeds = 10;

/** Microseconds per inserted task, its own run included: one value a run. */
export const insertion = async ({ runs, size, warmUps, warmUpSize }) => {
  const grow = async (until) => {
    let made = seeds;
    const work = (task, context) => {
      if (made >= until) return context.discover([]);
      return context.discover([{ id: id(made++), dependsOn: [task.id] }]);
    };
    const first = Array.from({ length: seeds }, (_, node) => ({ id: id(node) }));
    const { state } = await run(first, work);
    if (state.size !== until) throw new Error(`${state.size} of ${until} tasks joined.`);
  };
  await timed(() => grow(warmUpSize), warmUps);
  const times = await timed(() => grow(size), runs);
  return times.map((millis) => (millis * 1000) / (size - seeds));
};
