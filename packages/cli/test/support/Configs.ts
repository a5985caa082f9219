/** Configurations read in this process, in a folder of their own. */
import * as path from "node:path";
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Result from "effect/Result";
import * as Config from "../../src/config/Config.ts";
import * as ConfigShow from "../../src/config/ConfigShow.ts";
import * as Link from "../../src/terminal/Link.ts";
import * as Paint from "../../src/terminal/Paint.ts";
import { Screen, type Sink } from "../../src/terminal/Screen.ts";

/** What is there, and how the command is called. */
export interface Case {
  /** By their names; texts or bytes. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly config?: ReadonlyArray<string>;
  readonly allowHost?: ReadonlyArray<string>;
  readonly isAlone?: boolean;
  readonly json?: boolean;
  /** The folder in it where the command is started. */
  readonly in?: string;
  /** What else happens to the folder before. */
  readonly before?: (folder: string) => void;
}

/** What `config show` printed and how it ended, with nothing of where the folder lies. */
export interface Shown {
  readonly out: string;
  readonly warnings: ReadonlyArray<string>;
  /** What is wrong, a line each. */
  readonly problems: ReadonlyArray<string>;
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
  return { lines, sink };
};

const place = Effect.fnUntraced(function* ({ before, files = {} }: Case) {
  const fs = yield* FileSystem.FileSystem;
  const folder = yield* fs.realPath(yield* fs.makeTempDirectoryScoped());
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    yield* fs.makeDirectory(path.dirname(file), { recursive: true });
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    yield* fs.writeFile(file, bytes, { mode: 0o600 });
  }
  before?.(folder);
  return folder;
});

const within = <A, E>(one: Case, run: (all: WithScreen) => Effect.Effect<A, E, Given>) =>
  Effect.gen(function* () {
    const folder = yield* place(one);
    const { environment = {} } = one;
    const [out, error] = [collecting(), collecting()];
    const entries = Object.entries(environment);
    const screen: Screen["Service"] = {
      out: out.sink,
      error: error.sink,
      isStill: true,
      canAsk: false,
      keys: Effect.undefined,
      folder: path.join(folder, one.in ?? "."),
      command: "orchestrator",
      environment: (names) => Object.fromEntries(entries.filter(([name]) => names.includes(name))),
      variables: (prefix) =>
        Object.fromEntries(entries.filter(([name]) => name.startsWith(prefix))),
    };
    const clean = (text: string) => text.replaceAll(`${folder}/`, "");
    return yield* run({ out: out.lines, error: error.lines, clean }).pipe(
      Effect.provideService(Screen, screen),
    );
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer));

type Given = Screen | NodeServices.NodeServices;

interface WithScreen {
  readonly out: ReadonlyArray<string>;
  readonly error: ReadonlyArray<string>;
  readonly clean: (text: string) => string;
}

const flagsOf = ({ allowHost = [], config = [], isAlone = false }: Case): Config.Flags => ({
  allowHost,
  config,
  isAlone,
});

/** Shows a configuration. */
export const show = (one: Case) =>
  within(one, ({ clean, error, out }) =>
    Effect.map(
      Effect.result(ConfigShow.show({ ...flagsOf(one), all: false, json: one.json ?? false })),
      (result): Shown => ({
        out: clean(out.join("\n")),
        warnings: error.map(clean),
        problems: Result.match(result, {
          onFailure: (failure) =>
            failure._tag === "ConfigInvalid" ? failure.problems.map(clean) : [failure.message],
          onSuccess: () => [],
        }),
      }),
    ),
  );

/** Reads a configuration as runs do. */
export const load = (one: Case) => within(one, () => Config.load(flagsOf(one)));
