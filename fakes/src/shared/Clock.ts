/** What a fake knows of time: milliseconds since 1970, and a way to wait. */
export interface Clock {
  readonly now: () => number;
  /** Waits; ends early, without an error, when the signal fires. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** A clock that stands still until the test moves it. */
export interface ControlledClock extends Clock {
  /** Moves time on, wakes who is due in order, and lets each of them act before the next. */
  readonly advance: (milliseconds: number) => Promise<void>;
}

/** The longest delay that setTimeout keeps; anything above fires at once. */
const longestTimer = 2_147_483_647;

/** The machine's time; a factor of 60 makes a minute of the fake pass in a second. */
export const real = (
  options: { readonly factor?: number; readonly start?: number } = {},
): Clock => {
  const factor = options.factor ?? 1;
  if (!(factor > 0)) throw new Error(`Clock.real: factor must be above 0, found ${factor}`);
  const start = options.start ?? Date.now();
  const origin = performance.now();
  return {
    now: () => start + (performance.now() - origin) * factor,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, Math.min(milliseconds / factor, longestTimer));
        signal?.addEventListener("abort", () => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
};

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Time that only `advance` moves. */
export const controlled = (start = Date.UTC(2026, 0, 1)): ControlledClock => {
  let now = start;
  const sleepers = new Set<Sleeper>();
  const next = (until: number) =>
    [...sleepers].filter((sleeper) => sleeper.at <= until).sort((a, b) => a.at - b.at)[0];
  return {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        const wake = () => {
          sleepers.delete(sleeper);
          resolve();
        };
        const sleeper: Sleeper = { at: now + milliseconds, wake };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", wake);
      }),
    advance: async (milliseconds) => {
      const until = now + milliseconds;
      for (let due = next(until); due !== undefined; due = next(until)) {
        now = Math.max(now, due.at);
        due.wake();
        await new Promise(setImmediate);
      }
      now = until;
    },
  };
};
