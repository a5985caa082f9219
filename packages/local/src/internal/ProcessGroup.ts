/**
 * Ends a whole process group and knows when it is gone.
 *
 * A process that makes a session of its own (`setsid`) leaves its group and is
 * beyond reach.
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import type * as ChildProcessSpawner from "effect/process/ChildProcessSpawner";
import * as ProcessIdentity from "./ProcessIdentity.ts";

/** What is needed to know one process from another. */
export type Services = FileSystem.FileSystem | ChildProcessSpawner.ChildProcessSpawner;

/** How long after SIGKILL the kernel may take, in milliseconds. */
const killMillis = 5_000;
const pollMillis = 20;

/**
 * SIGTERM, and SIGKILL after a grace period. True when no process of the group
 * works any more. The group is named by the process id of its leader.
 */
export const end = Effect.fnUntraced(function* (leader: number, graceMillis: number) {
  for (const [name, millis] of [
    ["SIGTERM", graceMillis],
    ["SIGKILL", killMillis],
  ] as const) {
    if (!(yield* isAlive(leader))) return true;
    yield* signal(leader, name);
    if (yield* isGoneWithin(leader, millis)) return true;
  }
  return false;
});

/**
 * The same for a group that may be long gone. As long as one of its processes
 * lives, its number is given to no other; a leader with that number and another
 * start time therefore shows that it is gone.
 */
export const endOf = Effect.fnUntraced(function* (
  leader: ProcessIdentity.ProcessIdentity,
  graceMillis: number,
) {
  if (yield* ProcessIdentity.isReused(leader)) return true;
  return yield* end(leader.pid, graceMillis);
});

/** Whether a process of the group still works; zombies that nobody collects do not. */
export const isAlive = Effect.fnUntraced(function* (leader: number) {
  if (!(yield* signal(leader, 0))) return false;
  const members = yield* workingMembers(leader).pipe(Effect.orElseSucceed(() => undefined));
  return members === undefined || members > 0;
});

/** False if there is no such group. */
const signal = (leader: number, name: NodeJS.Signals | 0) =>
  Effect.sync(() => {
    try {
      process.kill(-leader, name);
      return true;
    } catch (error) {
      return !(error instanceof Error && "code" in error && error.code === "ESRCH");
    }
  });

const isGoneWithin = Effect.fnUntraced(function* (leader: number, millis: number) {
  const deadline = (yield* Clock.currentTimeMillis) + millis;
  while (yield* isAlive(leader)) {
    if ((yield* Clock.currentTimeMillis) >= deadline) return false;
    yield* Effect.sleep(pollMillis);
  }
  return true;
});

/** Fails where there is no /proc, as on macOS. */
const workingMembers = Effect.fnUntraced(function* (leader: number) {
  const fs = yield* FileSystem.FileSystem;
  const names = (yield* fs.readDirectory("/proc")).filter((entry) => /^\d+$/.test(entry));
  if (names.length === 0) return undefined;
  let working = 0;
  for (const entry of names) {
    const stat = yield* fs
      .readFileString(`/proc/${entry}/stat`)
      .pipe(Effect.orElseSucceed(() => ""));
    const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (Number(group) === leader && state !== "Z" && state !== "X") working++;
  }
  return working;
});
