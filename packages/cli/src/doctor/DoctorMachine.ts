/** Looks whether this machine has what runs need: the part of `doctor` about disk and coding agents. */
import { statfs } from "node:fs/promises";
import type { Task } from "@orchestrator/core";
import * as Presets from "@orchestrator/local/presets/Presets";
import * as Effect from "effect/Effect";
import * as ChildProcess from "effect/process/ChildProcess";
import * as ChildProcessSpawner from "effect/process/ChildProcessSpawner";
import * as AgentPrograms from "../start/AgentPrograms.ts";
import { type Finding, ok, problem, warning } from "./DoctorFinding.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";
import { size } from "../view/GcText.ts";

/** A worktree for each agent, logs and the journal take more than people think. */
const enough = 1e9;

/** With less, the journal itself may not be written, and a run that cannot write it stops. */
const least = 64e6;

/** The space that is left on the disk of a folder. */
export const disk = Effect.fn("DoctorMachine.disk")(function* (folder: string) {
  const space = yield* Effect.result(Effect.tryPromise(() => statfs(folder)));
  if (space._tag === "Failure") return [];
  return [ofSpace(space.success.bavail * space.success.bsize)];
});

/** Judges how many bytes are free. */
export const ofSpace = (free: number): Finding => {
  const left = `${size(free)} are free`;
  if (free < least) {
    return problem(
      "disk",
      `Only ${left}: a run stops when its journal cannot be written. Make room, for example with orchestrator gc.`,
    );
  }
  return free < enough
    ? warning(
        "disk",
        `Only ${left}, and every agent works in a worktree of its own. Make room, for example with orchestrator gc.`,
      )
    : ok("disk", left);
};

/** The coding agents on the PATH, and those that a plan needs and that are not there. */
export const agents = Effect.fn("DoctorMachine.agents")(function* (
  tasks: ReadonlyArray<Pick<Task.Task, "agent">>,
) {
  const { folder } = yield* Screen;
  const environment = yield* AgentPrograms.variables;
  const all = yield* Presets.detect(environment);
  const found = all.filter(AgentPrograms.isFound);
  const wanted = new Set(tasks.map(({ agent }) => agent));
  const lacking = Presets.all.filter(
    ({ name }) => wanted.has(name) && !found.some((one) => one.name === name),
  );
  const there = yield* Effect.forEach(found, (one) => ofAgent(one, environment, folder), {
    concurrency: "unbounded",
  });
  const missing = lacking.map(({ install, name, title }) =>
    problem(
      "agents",
      `The plan names the agent ${name}, and there is no program ${name} on the PATH. Install ${title}: ${install}`,
    ),
  );
  return there.length + missing.length > 0 ? [...there, ...missing] : [none];
});

const none = ok(
  "agents",
  `No coding agent is on the PATH (${Presets.names.join(", ")}); commands of plans and agents of Codegen need none`,
);

const ofAgent = Effect.fnUntraced(function* (
  { name, path, version }: AgentPrograms.Found,
  environment: Readonly<Record<string, string>>,
  folder: string,
) {
  const preset = Presets.named(name)!;
  const what = `${preset.title}${version === undefined ? "" : ` ${Text.line(version)}`} at ${Text.line(path)}`;
  if (version === undefined) {
    return warning(
      "agents",
      `${what} does not tell its version. Look whether it works: ${name} --version`,
    );
  }
  const key = preset.environment.find((one) => isKey.test(one) && environment[one]);
  if (key !== undefined) return ok("agents", `${what}; ${key} is set`);
  const isIn = yield* signedIn(name, path, environment, folder);
  if (isIn === undefined) return ok("agents", `${what}; to sign in, ${preset.signIn}`);
  return isIn
    ? ok("agents", `${what}, signed in`)
    : warning("agents", `${what} is not signed in: ${preset.signIn}`);
});

/** The variables with which a coding agent signs in. */
const isKey = /_(?:KEY|TOKEN)$/;

/** What a program tells at once of whether somebody is signed in, without asking its service; most tell nothing. */
const questions: Readonly<Record<string, ReadonlyArray<string>>> = { codex: ["login", "status"] };

const signedIn = (
  name: string,
  path: string,
  environment: Readonly<Record<string, string>>,
  folder: string,
) => {
  const words = questions[name];
  if (words === undefined) return Effect.undefined;
  return Effect.gen(function* () {
    const spawner = yield* ChildProcessSpawner.ChildProcessSpawner;
    const child = yield* spawner.spawn(
      ChildProcess.make(path, words, {
        cwd: folder,
        env: environment,
        stdin: "ignore",
        stdout: "ignore",
        stderr: "ignore",
        forceKillAfter: "1 second",
      }),
    );
    return Number(yield* child.exitCode) === 0;
  }).pipe(
    Effect.scoped,
    Effect.timeout("3 seconds"),
    Effect.orElseSucceed(() => undefined),
  );
};
