/**
 * Kills process groups that still live when this process exits.
 *
 * `process.exit` runs no finalizers, so without this a hurried end would leave
 * commands behind that go on working, and costing, unseen.
 */

const guarded = new Set<number>();

const killAll = (): void => {
  for (const leader of guarded) {
    try {
      process.kill(-leader, "SIGKILL");
    } catch {
      // It has ended already, and nobody is left to be told.
    }
  }
};

/** Guards a group, named by the process id of its leader. All groups share one listener. */
export const add = (leader: number): void => {
  if (guarded.size === 0) process.on("exit", killAll);
  guarded.add(leader);
};

/** Ends the guard of a group that is gone, before its number may name another one. */
export const remove = (leader: number): void => {
  guarded.delete(leader);
  if (guarded.size === 0) process.off("exit", killAll);
};
