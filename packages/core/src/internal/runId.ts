import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";

const letters = "abcdefghijkmnpqrstuvwxyz23456789";

const letter = Effect.map(Random.next, (part) => letters[Math.floor(part * letters.length)]!);

/** An id that sorts by time and may be part of a branch or file name: `20261121-134500-k3f9`. */
export const make: Effect.Effect<string> = Effect.gen(function* () {
  const time = new Date(yield* Clock.currentTimeMillis).toISOString();
  const day = time.slice(0, 10).replaceAll("-", "");
  const clock = time.slice(11, 19).replaceAll(":", "");
  const suffix = yield* Effect.replicateEffect(letter, 4);
  return `${day}-${clock}-${suffix.join("")}`;
});
