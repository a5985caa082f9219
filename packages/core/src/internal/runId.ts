import type { Random } from "effect/Random";

const letters = "abcdefghijkmnpqrstuvwxyz23456789";

/** An id that sorts by time and may be part of a branch or file name: `20261121-134500-k3f9`. */
export const make = (now: number, random: (typeof Random)["Service"]): string => {
  const time = new Date(now).toISOString();
  const day = time.slice(0, 10).replaceAll("-", "");
  const clock = time.slice(11, 19).replaceAll(":", "");
  let suffix = "";
  for (let index = 0; index < 4; index++) {
    suffix += letters[Math.floor(random.nextDoubleUnsafe() * letters.length)];
  }
  return `${day}-${clock}-${suffix}`;
};
