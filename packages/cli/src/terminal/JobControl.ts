/**
 * What holds for a terminal only while this process uses it: undone whenever the
 * process stops (`^Z`) or ends, however it ends, and done again when it goes on.
 */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";

export interface Use {
  readonly begin: () => void;
  readonly end: () => void;
}

/** Begins, and ends when the scope closes or the process does; ends and begins again around a stop. */
export const around = (use: Use): Effect.Effect<void, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      if (uses.size === 0) listen();
      uses.add(use);
      use.begin();
    }),
    () =>
      Effect.sync(() => {
        uses.delete(use);
        use.end();
        if (uses.size === 0) unlisten();
      }),
  );

/** Stops this process, and all of its group, as `^Z` does on a terminal that is not raw. */
export const stopGroup = (): void => void process.kill(0, "SIGTSTP");

/** Terminals and signals are those of the process. */
const uses = new Set<Use>();

const endAll = (): void => [...uses].reverse().forEach(({ end }) => end());
const beginAll = (): void => uses.forEach(({ begin }) => begin());

const stop = (): void => {
  endAll();
  // Who listens to SIGTSTP is not stopped by it.
  process.kill(process.pid, "SIGSTOP");
};

const listen = (): void => {
  process.on("SIGTSTP", stop);
  process.on("SIGCONT", beginAll);
  process.once("exit", endAll);
};

const unlisten = (): void => {
  process.removeListener("SIGTSTP", stop);
  process.removeListener("SIGCONT", beginAll);
  process.removeListener("exit", endAll);
};
