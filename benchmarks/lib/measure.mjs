/** What cases share: medians, timed repetitions, settled memory. */

export const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/**
 * Times something `runs` times, one after another; answers in milliseconds.
 * No collection is forced in between: after one, V8 starts over with a small
 * young generation, and short runs measure that.
 */
export const timed = async (work, runs) => {
  const times = [];
  for (let index = 0; index < runs; index++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times;
};

/** Lets everything that ended go, then answers with the bytes that are still held. */
export const heldBytes = async () => {
  for (let pass = 0; pass < 4; pass++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    globalThis.gc();
  }
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

/** The exponent with which times grow with sizes: the slope of the logarithms (least squares). */
export const exponent = (points) => {
  const logs = points.map(([size, time]) => [Math.log(size), Math.log(time)]);
  const meanX = logs.reduce((sum, [x]) => sum + x, 0) / logs.length;
  const meanY = logs.reduce((sum, [, y]) => sum + y, 0) / logs.length;
  let above = 0;
  let below = 0;
  for (const [x, y] of logs) {
    above += (x - meanX) * (y - meanY);
    below += (x - meanX) ** 2;
  }
  return above / below;
};
