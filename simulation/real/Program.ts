/** Programs of this project as real processes, run from their sources. */
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export const command = file("../../packages/cli/src/bin.ts");
export const remote = file("./remoteRun.ts");
/** The command, whose time passes as many times as fast as its first argument says. */
export const fast = file("../../packages/cli/test/support/fastCommand.ts");

/** The number of a point, how the first of some begins, or which of some: `3. sent PUT`, `7. change`. */
export type Point = number | string;

/** A point as a name for a folder. */
export const nameOf = (at: Point): string => String(at).replaceAll(/\W+/g, "-");

export interface Options {
  readonly program: string;
  readonly args: ReadonlyArray<string>;
  readonly folder: string;
  readonly home: string;
  /** Where it is killed. */
  readonly at?: Point | undefined;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Ended {
  readonly pid: number;
  readonly code: number | null;
  readonly wasKilled: boolean;
  readonly out: string;
  readonly error: string;
  /** The point at which it was killed, or all that it passed. */
  readonly points: ReadonlyArray<string>;
}

export interface Started {
  readonly pid: number;
  readonly kill: () => void;
  /** All of standard output up to now, whenever there is more. */
  readonly heard: (listener: (out: string) => void) => void;
  readonly ended: Promise<Ended>;
}

let reports = 0;

/** Starts a program with its kill points. */
export const start = ({ args, at, environment, folder, home, program }: Options): Started => {
  const report = join(home, `points-${process.pid}-${reports++}.json`);
  const child = spawn(
    process.execPath,
    ["--conditions=@orchestrator/source", "--import", file("./points.ts"), program, ...args],
    {
      cwd: folder,
      env: {
        PATH: process.env["PATH"],
        HOME: home,
        NO_COLOR: "1",
        KILL_AT: String(at ?? 0),
        KILL_REPORT: report,
        // Saves half of the start of every process.
        NODE_COMPILE_CACHE: file("../../node_modules/.cache/kills"),
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let [out, error] = ["", ""];
  const listeners: Array<(out: string) => void> = [];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    out += chunk;
    for (const listener of listeners) listener(out);
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => void (error += chunk));
  const pid = child.pid ?? 0;
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    // A command that goes on keeps neither of the pipes.
    child.on("close", (code, signal) => {
      const told = readFile(report, "utf8").then(
        (text) => JSON.parse(text),
        () => [],
      );
      const end = (points: ReadonlyArray<string>) =>
        resolve({ pid, code, wasKilled: signal === "SIGKILL", out, error, points });
      void told.then(end);
    });
  });
  return {
    pid,
    kill: () => void child.kill("SIGKILL"),
    heard: (listener) => void listeners.push(listener),
    ended,
  };
};

export const run = (options: Options): Promise<Ended> => start(options).ended;
