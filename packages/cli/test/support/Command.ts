/** The command as a real process, in a folder of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";

const packages = fileURLToPath(new URL("../../../", import.meta.url));
const bundle = path.join(packages, "cli/dist/bin.js");
const fastSource = fileURLToPath(new URL("fastCommand.ts", import.meta.url));
const fastBundle = path.join(packages, "../node_modules/.cache/fast/fastCommand.js");

/** When the youngest of all files in a folder was written; nothing is as old as can be. */
const youngest = (folder: string): number =>
  Math.max(
    0,
    ...readdirSync(folder, { recursive: true, encoding: "utf8" }).map(
      (name) => statSync(path.join(folder, name)).mtimeMs,
    ),
  );

/** When the youngest of all sources of the command was written. */
const changedAt = Math.max(
  ...["cli", "codegen", "core", "github", "local"].map((name) =>
    youngest(path.join(packages, name, "src")),
  ),
);

/** Whether a bundle was made from the sources as they are: then it is what people get, and starts three times as fast. */
const isBuilt = (file: string, since: number): boolean =>
  existsSync(file) && since < statSync(file).mtimeMs;

const fromSources = [process.execPath, "--conditions=@orchestrator/source"];

/** The command as a shell is given it: the bundle, or where it is older than any source, the sources. */
export const words: ReadonlyArray<string> = isBuilt(bundle, changedAt)
  ? [process.execPath, bundle]
  : [...fromSources, path.join(packages, "cli/src/bin.ts")];

/** The command in a process whose time passes faster, in the same way. */
const fast: ReadonlyArray<string> = isBuilt(
  fastBundle,
  Math.max(changedAt, statSync(fastSource).mtimeMs),
)
  ? [process.execPath, fastBundle]
  : [...fromSources, fastSource];

/** How the command is started in a folder. */
export interface Options {
  /** Variables besides `PATH` and `HOME`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** How many times as fast its time passes (default 1). */
  readonly factor?: number;
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** A process that goes on. */
export interface Started {
  readonly process: ChildProcess;
  readonly ended: Effect.Effect<Ended>;
  /** Waits until standard output matches; dies with all output if the process ends before. */
  readonly saw: (pattern: RegExp) => Effect.Effect<RegExpExecArray>;
  readonly signal: (name: NodeJS.Signals) => Effect.Effect<void>;
}

/** A folder with files in it; git and commands find no settings of the person who runs the tests. */
export interface Folder {
  readonly path: string;
  readonly file: (name: string) => string;
  readonly write: (name: string, content: string) => Effect.Effect<void>;
  readonly read: (name: string) => Effect.Effect<string>;
  readonly names: (name?: string) => Effect.Effect<ReadonlyArray<string>>;
  /** A folder in it. */
  readonly in: (name: string) => Pick<Folder, "start" | "run">;
  readonly start: (...args: ReadonlyArray<string>) => Effect.Effect<Started>;
  /** Runs the command to its end. */
  readonly run: (...args: ReadonlyArray<string>) => Effect.Effect<Ended>;
}

/** What a process left behind may still write while it is removed. */
const removed = (root: string) =>
  Effect.promise(() => rm(root, { recursive: true, force: true, maxRetries: 10 }));

/** A folder that goes away with its scope. */
export const folder = (files: Readonly<Record<string, string>> = {}, options: Options = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem;
    const made = Effect.flatMap(fs.makeTempDirectory(), fs.realPath);
    const root = yield* Effect.acquireRelease(made, removed);
    const file = (name: string) => path.join(root, name);
    const launchIn = (cwd: string): Pick<Folder, "start" | "run"> => {
      const launch = (args: ReadonlyArray<string>) => Effect.sync(() => start(cwd, args, options));
      return {
        start: (...args) => launch(args),
        run: (...args) => Effect.flatMap(launch(args), ({ ended }) => ended),
      };
    };
    for (const [name, content] of Object.entries(files)) {
      yield* fs.writeFileString(file(name), content);
    }
    return {
      path: root,
      file,
      write: (name, content) => Effect.orDie(fs.writeFileString(file(name), content)),
      read: (name) => Effect.orDie(fs.readFileString(file(name))),
      names: (name = ".") => Effect.orDie(fs.readDirectory(file(name))),
      in: (name) => launchIn(file(name)),
      ...launchIn(root),
    } satisfies Folder;
  }).pipe(Effect.provide(NodeServices.layer), Effect.orDie);

const start = (
  cwd: string,
  args: ReadonlyArray<string>,
  { environment, factor }: Options,
): Started => {
  const [program = "", ...own] = factor === undefined ? words : [...fast, String(factor)];
  const child = spawn(program, [...own, ...args], {
    cwd,
    env: {
      PATH: process.env["PATH"],
      HOME: cwd,
      // Sources are stripped of their types once, and not by each process.
      NODE_COMPILE_CACHE: path.join(packages, "../node_modules/.cache/compiled"),
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, error] = ["", ""];
  let code: number | null | undefined;
  const watchers = new Set<() => void>();
  const changed = () => watchers.forEach((watcher) => watcher());
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    out += chunk;
    changed();
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    error += chunk;
  });
  child.on("close", (exitCode) => {
    code = exitCode;
    changed();
  });
  /** Waits until something can be said. */
  const until = <A>(look: () => Effect.Effect<A> | undefined): Effect.Effect<A> =>
    Effect.callback((resume) => {
      const watcher = () => {
        const found = look();
        if (found === undefined) return;
        watchers.delete(watcher);
        resume(found);
      };
      watchers.add(watcher);
      watcher();
      return Effect.sync(() => watchers.delete(watcher));
    });
  return {
    process: child,
    ended: until(() => (code === undefined ? undefined : Effect.succeed({ code, out, error }))),
    saw: (pattern) =>
      until(() => {
        const match = pattern.exec(out);
        if (match !== null) return Effect.succeed(match);
        return code === undefined
          ? undefined
          : Effect.die(
              new Error(`ended with ${code} without ${String(pattern)}:\n${out}\n${error}`),
            );
      }),
    signal: (name) => Effect.sync(() => void child.kill(name)),
  };
};

/** The lines of NDJSON. */
export const entries = (
  text: string,
): ReadonlyArray<{ readonly sequence: number; readonly event: { readonly _tag: string } }> =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
