/** Looks whether everything is there that runs need here: what the command `doctor` does. */
import { randomBytes } from "node:crypto";
import type { CodegenConfig } from "@orchestrator/codegen";
import { Base, Git } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as CodegenUse from "./CodegenUse.ts";
import * as Config from "./Config.ts";
import * as ExitCode from "./ExitCode.ts";
import * as Project from "./Project.ts";
import { Screen } from "./Screen.ts";
import * as Text from "./Text.ts";
import * as DoctorText from "./view/DoctorText.ts";

/** One thing that was looked at, in a line that says what to try if it is not well. */
export interface Finding {
  readonly about: string;
  /** Only a `problem` keeps runs from working. */
  readonly level: "ok" | "warning" | "problem";
  readonly message: string;
}

export interface Options extends Config.Flags {
  readonly json: boolean;
}

/** Something that runs need is missing; the findings were printed already. */
export class NotWell extends Schema.TaggedError<NotWell>()("NotWell", { exitCode: Schema.Int }) {
  override readonly [Runtime.errorReported] = false;
  override get [Runtime.errorExitCode](): number {
    return this.exitCode;
  }
}

/** Prints what it finds; ends with 78 for a configuration that cannot be used, 69 if something else is missing. */
export const look = Effect.fn("Doctor.look")(function* ({ json, ...flags }: Options) {
  const { out } = yield* Screen;
  const config = yield* Effect.result(Config.load(flags));
  const findings = [
    nodeHere(),
    yield* gitHere,
    yield* Effect.scoped(journalHere),
    ...(yield* configured(config)),
  ];
  yield* out.print(
    json
      ? Text.json(JSON.stringify(findings, undefined, 2))
      : DoctorText.lines(findings, out.paint).join("\n"),
  );
  const wrong = findings.filter(({ level }) => level === "problem");
  if (wrong.length === 0) return;
  const isUnusable = wrong.some(({ about }) => about === configuration);
  const { codes } = ExitCode;
  return yield* new NotWell({ exitCode: isUnusable ? codes.configuration : codes.unavailable });
});

const configuration = "configuration";

const oldestNode = [22, 19] as const;

const nodeHere = (): Finding => {
  const { node } = process.versions;
  const [major = 0, minor = 0] = node.split(".").map(Number);
  const isOld = major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
  return isOld
    ? problem("node", `Node ${node} is older than ${oldestNode.join(".")}. Update Node.`)
    : ok("node", `Node ${node}`);
};

const ok = (about: string, message: string): Finding => ({ about, level: "ok", message });
const warning = (about: string, message: string): Finding => ({ about, level: "warning", message });
const problem = (about: string, message: string): Finding => ({ about, level: "problem", message });

const gitMade = Effect.flatMap(Screen, ({ environment }) =>
  Git.make(environment(["PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR"])),
);

const gitHere = Effect.gen(function* () {
  const { folder } = yield* Screen;
  const git = yield* gitMade;
  const version = Effect.andThen(Base.checkVersion(folder), git.text(folder, ["version"]));
  return yield* Effect.match(Effect.provideService(version, Git.Git, git), {
    onFailure: ({ message }) => problem("git", message),
    onSuccess: (text) => ok("git", text),
  });
});

/** The folder that would keep the runs of a plan in the current folder. */
const home = Effect.gen(function* () {
  const path = yield* Path.Path;
  const fs = yield* FileSystem.FileSystem;
  const { folder } = yield* Screen;
  const [project] = yield* Project.upward(folder);
  const top = yield* Effect.result(
    Effect.flatMap(gitMade, (git) => git.text(folder, ["rev-parse", "--show-toplevel"])),
  );
  const root = project?.root ?? Result.getOrElse(top, () => folder);
  const own = path.join(root, Project.folderName);
  return (yield* Effect.orElseSucceed(fs.exists(own), () => false)) ? own : root;
});

/** Takes a lock as a run would, and leaves nothing behind. */
const journalHere = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  const folder = yield* home;
  const RunLock = yield* Effect.promise(() => import("@orchestrator/local/RunLock"));
  const probe = `doctor-${randomBytes(8).toString("hex")}`;
  const file = RunLock.fileOf(folder, probe);
  yield* Effect.addFinalizer(() => Effect.ignore(fs.remove(file, { force: true })));
  const name = Text.line(folder);
  const held = Effect.andThen(RunLock.make(folder)(probe), RunLock.isHeld(folder, probe));
  return yield* Effect.match(held, {
    onFailure: () =>
      problem(
        "journal",
        `${name} cannot keep a journal: no file could be written and locked there. Check its permissions, the space on the disk, and that it is a local disk.`,
      ),
    onSuccess: (isHeld) =>
      isHeld
        ? ok("journal", `${name} can be written, and locks hold there`)
        : problem(
            "journal",
            `Locks do not hold in ${name}: two processes could work on one run. Use a local disk.`,
          ),
  });
});

const configured = Effect.fnUntraced(function* (
  loaded: Result.Result<Config.Config, Config.ConfigInvalid>,
) {
  if (Result.isFailure(loaded)) return unusable(loaded.failure);
  const { codegen, file, repository, warnings } = loaded.success;
  const named = file === undefined ? "no file is named" : `${Text.line(file)} is in order`;
  const told = [
    ok(configuration, named),
    ...warnings.map((message) => warning(configuration, message)),
  ];
  if (codegen === undefined) {
    const how =
      "not configured, so plans can use commands only. Name a configuration (--config FILE), or set CODEGEN_ORG_ID and CODEGEN_API_TOKEN";
    return [...told, warning("codegen", how)];
  }
  if (Result.isFailure(codegen)) return [...told, ...unusable(codegen.failure)];
  return [...told, ...(yield* codegenHere(codegen.success, repository))];
});

const unusable = ({ problems }: Config.ConfigInvalid): ReadonlyArray<Finding> =>
  problems.map((message) => problem(configuration, message));

const codegenHere = Effect.fnUntraced(function* (
  settings: CodegenConfig.Settings,
  repository: string | undefined,
) {
  const { findings } = yield* CodegenUse.report(settings, repository);
  return findings.map(({ about, level, message }): Finding => ({
    about: `codegen ${about}`,
    level,
    message,
  }));
});
