/** A screen in this process: what a command prints, in a folder of its own that goes away with its scope. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as Cli from "effect/cli/Command";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Link from "../../src/terminal/Link.ts";
import * as Paint from "../../src/terminal/Paint.ts";
import { orchestrator } from "../../src/Program.ts";
import { Screen, type Sink } from "../../src/terminal/Screen.ts";
import * as Signals from "../../src/terminal/Signals.ts";
import * as Usage from "../../src/Usage.ts";

/** Nobody asks to end. */
export const signals = (): Signals.Signals["Service"] =>
  Signals.make({
    interrupt: () => undefined,
    exit: () => undefined,
    now: () => 0,
    later: () => undefined,
  });

export interface Options {
  /** Files of the folder, and their folders. */
  readonly files?: Readonly<Record<string, string>>;
  /** Variables besides `PATH` and `HOME`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Programs on the PATH before all others, as lines for the shell. */
  readonly programs?: Readonly<Record<string, string>>;
  /** Makes the folder a clone, with these remotes. */
  readonly remotes?: Readonly<Record<string, string>>;
}

const collecting = () => {
  const lines: Array<string> = [];
  const sink: Sink = {
    print: (text) => Effect.sync(() => void lines.push(text)),
    paint: Paint.plain,
    size: () => undefined,
    links: Effect.succeed(Link.none),
    animation: Effect.succeed(() => Effect.void),
  };
  return { text: () => lines.join("\n"), sink };
};

/** The folder, the screen for it, and a way to run what needs one. */
export const make = Effect.fnUntraced(function* (options: Options) {
  const { environment = {}, files = {}, programs = {}, remotes } = options;
  const fs = yield* FileSystem.FileSystem;
  const root = yield* fs.realPath(yield* fs.makeTempDirectoryScoped());
  const folder = join(root, "here");
  const bin = join(root, "bin");
  for (const made of [folder, bin]) mkdirSync(made);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  for (const [name, text] of Object.entries({ gh: "exit 1", ...programs })) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const git = (...args: ReadonlyArray<string>) =>
    execFileSync("git", args, { cwd: folder, stdio: "ignore" });
  if (remotes !== undefined) {
    git("init", "-q", "-b", "main");
    for (const [name, url] of Object.entries(remotes)) git("remote", "add", name, url);
  }
  const all = { PATH: `${bin}:/usr/bin:/bin`, HOME: root, ...environment };
  const [out, error] = [collecting(), collecting()];
  const screen: Screen["Service"] = {
    out: out.sink,
    error: error.sink,
    isStill: true,
    canAsk: false,
    keys: Effect.undefined,
    folder,
    command: "orchestrator",
    environment: (names) =>
      Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name))),
    variables: (prefix) =>
      Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith(prefix))),
  };
  return {
    folder,
    git,
    screen,
    out: out.text,
    error: error.text,
    /** Calls the command as a shell would; answers with how it ended. */
    call: (...args: ReadonlyArray<string>) =>
      Cli.runWith(orchestrator, { version: "1.2.3" })(args).pipe(
        Effect.exit,
        Effect.provide(
          Usage.layer({ argv: ["node", "orchestrator", ...args] }, () => orchestrator),
        ),
        Effect.provideService(Screen, screen),
        Effect.provideService(Signals.Signals, signals()),
      ),
    run: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provideService(effect, Screen, screen),
  };
}, Effect.provide(NodeServices.layer));
