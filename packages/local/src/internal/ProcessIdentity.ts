/**
 * Which process a process id means: the system gives the same numbers again.
 *
 * A number with its start time, in a boot of the machine, names one process for
 * ever. The wrapper of a command writes these three down about itself, in the
 * same form as they are read here: see `Wrapper`.
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Stream from "effect/Stream";
import * as ChildProcess from "effect/process/ChildProcess";
import * as ChildProcessSpawner from "effect/process/ChildProcessSpawner";

export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since the boot as in /proc; elsewhere what `ps` calls the start time. */
  readonly start: string;
  /** The boot of the machine in which it started. */
  readonly boot: string;
}

/** The present boot of this machine; never changes while this process lives. */
export const boot = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  const read = fs.readFileString("/proc/sys/kernel/random/boot_id");
  return (yield* Effect.catch(read, () => startByPs(1))).trim();
});

/** Whether this very process is there and works; a zombie does not. */
export const isRunning = Effect.fnUntraced(function* ({ pid, ...known }: ProcessIdentity) {
  if (known.boot !== (yield* boot)) return false;
  const found = yield* look(pid);
  return found !== undefined && found.start === known.start && found.works;
});

/** Whether the number names another process by now, so that it and its group are gone for certain. */
export const isReused = Effect.fnUntraced(function* ({ pid, ...known }: ProcessIdentity) {
  if (known.boot !== (yield* boot)) return true;
  const found = yield* look(pid);
  return found !== undefined && found.start !== known.start;
});

/** Whether this very process certainly works no more: its number names another one by now, or one that nobody has collected. */
export const hasEnded = Effect.fnUntraced(function* ({ pid, ...known }: ProcessIdentity) {
  if (known.boot !== (yield* boot)) return true;
  const found = yield* look(pid);
  return found !== undefined && (found.start !== known.start || !found.works);
});

/** When a process started, as an identity says it; undefined if there is none with that number. */
export const startOf = (pid: number) => Effect.map(look(pid), (found) => found?.start);

/** Reads what a wrapper wrote about itself; undefined if it is not whole. */
export const parse = (text: string): ProcessIdentity | undefined => {
  const [pid = "", start = "", bootOf = "", rest] = text.split("\n");
  const isWhole = /^[1-9]\d*$/.test(pid) && start.trim() !== "" && rest === "";
  return isWhole ? { pid: Number(pid), start: start.trim(), boot: bootOf.trim() } : undefined;
};

const look = Effect.fnUntraced(function* (pid: number) {
  const fs = yield* FileSystem.FileSystem;
  const stat = yield* Effect.option(fs.readFileString(`/proc/${pid}/stat`));
  if (stat._tag === "Some") {
    const fields = stat.value.slice(stat.value.lastIndexOf(")") + 2).split(" ");
    return { start: fields[19] ?? "", works: fields[0] !== "Z" && fields[0] !== "X" };
  }
  if (yield* Effect.orElseSucceed(fs.exists("/proc/self/stat"), () => false)) return undefined;
  const start = yield* startByPs(pid);
  return start === "" ? undefined : { start, works: true };
});

/** Where there is no /proc, as on macOS; empty if there is no such process. */
const startByPs = Effect.fnUntraced(
  function* (pid: number) {
    const spawner = yield* ChildProcessSpawner.ChildProcessSpawner;
    const handle = yield* spawner.spawn(
      ChildProcess.make("/bin/ps", ["-o", "lstart=", "-p", String(pid)], {
        env: { LC_ALL: "C", TZ: "UTC" },
        stdin: "ignore",
      }),
    );
    return (yield* Stream.mkString(Stream.decodeText(handle.stdout))).trim();
  },
  Effect.scoped,
  (effect) => Effect.orElseSucceed(effect, () => ""),
);
