/** Keys as a person presses them, one by one. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { type Key as Pressed, emitKeypressEvents } from "node:readline";
import * as Effect from "effect/Effect";
import * as Queue from "effect/Queue";
import * as JobControl from "./JobControl.ts";

/** What a key is called: itself, as `c` or `?`, or its name, as `up`, `return`, `escape`, `ctrl+c`. */
export type Key = string;

/** How long an escape may be the begin of a longer sequence, in milliseconds. */
const escapeMillis = 50;

/** How often a process in the background looks whether it is in front, in milliseconds. */
const frontMillis = 1_000;

/** The keys of a terminal until the scope closes. Undefined if standard input is none. */
export const keys = (stdin: NodeJS.ReadStream, isInFront = isInForeground) =>
  Effect.suspend(() => (stdin.isTTY ? listen(stdin, isInFront) : Effect.undefined));

const listen = Effect.fnUntraced(function* (stdin: NodeJS.ReadStream, isInFront: () => boolean) {
  const queue = yield* Queue.unbounded<Key>();
  const take = (typed: string | undefined, pressed: Pressed): void => {
    const key = nameOf(typed, pressed);
    // A raw terminal leaves these to us.
    if (key === "ctrl+z") JobControl.stopGroup();
    else if (key !== undefined) Queue.offerUnsafe(queue, key);
  };
  emitKeypressEvents(stdin, { escapeCodeTimeout: escapeMillis } as never);
  let isRaw = false;
  let waiting: NodeJS.Timeout | undefined;
  const begin = (): void => {
    // Who touches the terminal in the background is stopped.
    if (!isInFront()) return;
    clearInterval(waiting);
    // Whoever had the terminal meanwhile may have left it otherwise.
    if (isRaw) stdin.removeListener("keypress", take).setRawMode(false);
    isRaw = true;
    stdin.on("keypress", take).setRawMode(true).resume();
  };
  yield* JobControl.around({
    begin: () => {
      begin();
      // A shell does not tell that it brings to the front what was never stopped.
      if (!isRaw) waiting = setInterval(begin, frontMillis).unref();
    },
    end: () => {
      clearInterval(waiting);
      if (isRaw) stdin.removeListener("keypress", take).setRawMode(false).pause();
      isRaw = false;
    },
  });
  return queue;
});

/** What a key is called; undefined for what is none. */
export const nameOf = (
  typed: string | undefined,
  { ctrl = false, meta = false, name }: Pressed,
): Key | undefined => {
  if (ctrl && name !== undefined) return `ctrl+${name}`;
  if (meta && name !== "escape") return undefined;
  if (typed !== undefined && /^[!-~]$/.test(typed)) return typed;
  return name;
};

/** Whether the terminal is this process's at the moment. */
const isInForeground = (): boolean => {
  try {
    const [own, front] = groups();
    return own === front;
  } catch {
    // Where that cannot be known, nobody is put into the background either.
    return true;
  }
};

/** The process group of this process, and that which has the terminal. */
const groups = (): readonly [own: string | undefined, front: string | undefined] => {
  if (process.platform === "linux") {
    const stat = readFileSync("/proc/self/stat", "utf8");
    // Only the name of the program, which comes before, may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return [fields[2], fields[5]];
  }
  if (process.platform === "win32") return ["", ""];
  const said = execFileSync("ps", ["-o", "pgid=,tpgid=", "-p", String(process.pid)]);
  const [own, front] = said.toString().trim().split(/\s+/);
  return [own, front];
};
