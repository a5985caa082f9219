/** Time to build and run a graph, in microseconds per task. */
import { contenders } from "../lib/contenders.mjs";
import { timed } from "../lib/measure.mjs";

/**
 * Warmed up by a graph of `warmUpSize` whatever the size, or small ones would be
 * measured before they are compiled. `cold` is the first run of the process.
 */
export const speed = async ({ contender, runs, shape, size, warmUps, warmUpSize }) => {
  const { input, work } = await contenders[contender]();
  const perTask = (tasks) => (millis) => (millis * 1000) / tasks;
  const warmUp = input(shape, warmUpSize);
  const [cold] = (await timed(() => work(warmUp), warmUps)).map(perTask(warmUpSize));
  const given = input(shape, size);
  return { cold, warm: (await timed(() => work(given), runs)).map(perTask(size)) };
};
