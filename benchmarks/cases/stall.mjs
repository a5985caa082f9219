/** How long the event loop is held up, in milliseconds, from before the plan is loaded until the run has ended. */
import { tasks } from "../lib/graphs.mjs";
import { run } from "../lib/ours.mjs";

/** The longest time between two turns of the event loop while something goes on. */
const longestStall = async (work) => {
  let last = performance.now();
  let longest = 0;
  let isOver = false;
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  await work();
  isOver = true;
  return Math.max(longest, performance.now() - last);
};

/** The first run of the process, one after it, and doing nothing for as long. */
export const stall = async ({ shape, size }) => {
  const once = async () => {
    const input = tasks(shape, size);
    globalThis.gc();
    return longestStall(() => run(input));
  };
  const first = await once();
  const second = await once();
  const idle = await longestStall(() => new Promise((resolve) => setTimeout(resolve, 1000)));
  return { first, second, idle };
};
