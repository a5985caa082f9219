/** The coding agents of this machine that the orchestrator knows by name, and which of them are here. */
import * as Effect from "effect/Effect";
import * as ChildProcess from "effect/process/ChildProcess";
import * as Stream from "effect/Stream";
import * as Program from "../internal/Program.ts";
import { line } from "../internal/Subject.ts";
import { claude } from "./Claude.ts";
import { codex } from "./Codex.ts";
import { gemini } from "./Gemini.ts";
import { opencode } from "./OpenCode.ts";
import type { Preset } from "./Preset.ts";

export type { Account, Complaint, Fields, Permissions, Preset, Reader } from "./Preset.ts";
export type { Chosen } from "./PresetLine.ts";

/** All of them. */
export const all: ReadonlyArray<Preset> = [claude, codex, gemini, opencode];

/** The names by which tasks route to them. */
export const names: ReadonlyArray<string> = all.map(({ name }) => name);

/** The coding agent with a name. */
export const named = (name: string | undefined): Preset | undefined =>
  all.find((preset) => preset.name === name);

/** What programs need to find their settings, their language and the network. */
const common = `
  PATH HOME USER LOGNAME SHELL LANG LC_ALL TZ TMPDIR
  XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_CACHE_HOME
  HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy
  NODE_EXTRA_CA_CERTS SSL_CERT_FILE
`
  .trim()
  .split(/\s+/);

/** The variables of the environment that a coding agent gets if they are set; the plan may name more. */
export const environmentOf = (preset: Preset): ReadonlyArray<string> => [
  ...common,
  ...preset.environment,
];

/** Where a coding agent is, if it is here. */
export interface Detected {
  readonly name: string;
  readonly program: string;
  readonly path: string | undefined;
  /** What it says of itself; undefined if it says nothing in time. */
  readonly version: string | undefined;
}

const patience = "5 seconds";
const maxVersion = 60;

/** The program of a coding agent, as the variables of an environment say where programs are. */
export const locate = (preset: Preset, environment: Readonly<Record<string, string>>) =>
  Program.locate(preset.name, environment["PATH"], "/");

/** Looks for all of them, and asks those that are here for their versions. */
export const detect = Effect.fn("Presets.detect")(function* (
  environment: Readonly<Record<string, string>>,
) {
  return yield* Effect.forEach(all, (preset) => detectOne(preset, environment), {
    concurrency: "unbounded",
  });
});

const detectOne = Effect.fnUntraced(function* (
  preset: Preset,
  environment: Readonly<Record<string, string>>,
) {
  const path = yield* locate(preset, environment);
  const version = path === undefined ? undefined : yield* versionOf(path, environment);
  return { name: preset.name, program: preset.name, path, version } satisfies Detected;
});

/** Whatever is wrong with it shows when it is run: here it only has no version. */
const versionOf = (path: string, environment: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const handle = yield* ChildProcess.make(path, ["--version"], {
      env: environment,
      stdin: "ignore",
      stderr: "ignore",
      forceKillAfter: "1 second",
    });
    const said = yield* handle.stdout.pipe(
      Stream.decodeText(),
      Stream.splitLines,
      Stream.filter((text) => text.trim() !== ""),
      Stream.runHead,
    );
    return said._tag === "Some" ? versionIn(said.value.slice(0, 1000)) : undefined;
  }).pipe(
    Effect.scoped,
    Effect.timeoutOption(patience),
    Effect.map((found) => (found._tag === "Some" ? found.value : undefined)),
    Effect.orElseSucceed(() => undefined),
  );

/** As in `codex-cli 0.107.0` and `2.1.160 (Claude Code)`. */
const versionIn = (said: string): string =>
  /\d{1,9}\.\d{1,9}(?:\.[0-9A-Za-z.+-]{1,40})?/.exec(said)?.[0] ?? line(said, maxVersion);
