/** Seeded randomness: the same seed gives the same graphs everywhere. */

/** Numbers from 0 up to 1 (mulberry32). */
export const seeded = (seed) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** A whole number from `low` to `high`, both included. */
export const whole = (random, low, high) => low + Math.floor(random() * (high - low + 1));

/** Log-normal with median 1 (Box-Muller). */
export const logNormal = (random, sigma) => {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return Math.exp(sigma * radius * Math.cos(2 * Math.PI * random()));
};

/** Log-uniform between `1 / factor` and `factor`. */
export const logUniform = (random, factor) => factor ** (2 * random() - 1);
