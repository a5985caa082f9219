/**
 * A program that launches and watches one command, and kills itself at a chosen point.
 *
 * Its argument is JSON: `repository`, the `request`, perhaps a `preset`, and `point`: `before` or
 * `after` and how an operation on files or git begins, as `after git commit`;
 * the second one with ` 2` at the end. Others: `output`, the first output, and
 * `end`, all is told.
 */
import { flushCompileCache } from "node:module";
import * as NodeServices from "@effect/platform-node/NodeServices";
import type { Agent } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Base from "../../src/Base.ts";
import * as CommandAgent from "../../src/CommandAgent.ts";
import { Git } from "../../src/Git.ts";
import * as Presets from "../../src/presets/Presets.ts";
import * as RunFolder from "../../src/RunFolder.ts";

interface Input {
  readonly repository: string;
  readonly request: Agent.LaunchRequest;
  readonly point: string;
  /** The coding agent that works on it; absent: it is a command. */
  readonly preset?: string;
}

const {
  point,
  preset: wantedPreset,
  repository,
  request,
} = JSON.parse(process.argv[2] ?? "{}") as Input;
const preset = Presets.named(wantedPreset);
const environment = { PATH: process.env["PATH"] ?? "/usr/bin:/bin" };

const [, place = "", wanted = "", time = "1"] = /^(\w+) ?(.*?)(?: (\d))?$/.exec(point) ?? [];
let times = 0;

const die = Effect.sync(() => process.kill(process.pid, "SIGKILL"));

/** Kills before or after an operation if it is the chosen one. */
const around = <A, E, R>(name: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    if (!name.startsWith(wanted) || ++times !== Number(time)) return effect;
    if (place === "before") return Effect.andThen(die, effect);
    return place === "after" ? Effect.tap(effect, () => die) : effect;
  });

const watchedFiles = (fs: FileSystem.FileSystem): FileSystem.FileSystem => {
  const named = (path: string) => path.slice(path.lastIndexOf("/") + 1);
  return {
    ...fs,
    open: (path, options) => around(`open ${named(path)}`, fs.open(path, options)),
    rename: (from, to) => around(`rename ${named(to)}`, fs.rename(from, to)),
    readFileString: (path, encoding) =>
      around(`read ${named(path)}`, fs.readFileString(path, encoding)),
    makeDirectory: (path, options) =>
      around(`mkdir ${named(path)}`, fs.makeDirectory(path, options)),
  };
};

const watchedGit = (git: Git["Service"]): Git["Service"] => {
  const named = (args: ReadonlyArray<string>) =>
    `git ${args.filter((arg) => !arg.startsWith("-")).join(" ")}`;
  return {
    run: (folder, args) => around(named(args), git.run(folder, args)),
    text: (folder, args) => around(named(args), git.text(folder, args)),
  };
};

const main = Effect.gen(function* () {
  const base = yield* Base.make({ run: request.run, repository });
  const agent = yield* CommandAgent.make({
    folder: yield* RunFolder.make(`${repository}/.orchestrator/runs/${request.run}`),
    isolation: { _tag: "Worktree", base },
    environment,
    ...(preset === undefined ? {} : { preset: { preset, args: [] } }),
  }).pipe(
    Effect.provideService(Git, watchedGit(yield* Git)),
    Effect.provideService(FileSystem.FileSystem, watchedFiles(yield* FileSystem.FileSystem)),
  );
  const ref = yield* agent.launch({ ...request, dependencies: () => [] });
  yield* agent.observe(ref, {
    output: () => (place === "output" ? die : Effect.void),
    progress: () => Effect.void,
    discover: () => (place === "discover" ? die : Effect.void),
    unknownStatus: () => Effect.void,
  });
  if (place === "end") yield* die;
});

// A process that is killed keeps nothing of what it compiled.
flushCompileCache();
const services = Git.layer(environment).pipe(Layer.provideMerge(NodeServices.layer));
await Effect.runPromise(main.pipe(Effect.scoped, Effect.provide(services)));
