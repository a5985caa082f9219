/** Looks whether everything is there that runs need here: what the command `doctor` does. */
import { randomBytes } from "node:crypto";
import type { CodegenConfig } from "@orchestrator/codegen";
import { Journal } from "@orchestrator/core";
import { Base, Git, type PlanFile } from "@orchestrator/local";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import { constUndefined } from "effect/Function";
import * as Layer from "effect/Layer";
import * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as CodegenUse from "../plan/CodegenUse.ts";
import * as Config from "../config/Config.ts";
import * as DoctorClock from "./DoctorClock.ts";
import { type Finding, ok, problem, warning } from "./DoctorFinding.ts";
import * as DoctorMachine from "./DoctorMachine.ts";
import * as ExitCode from "../ExitCode.ts";
import * as GitHubDoctor from "./GitHubDoctor.ts";
import * as PlanCheck from "../plan/PlanCheck.ts";
import * as PlanChoice from "../plan/PlanChoice.ts";
import * as Project from "../run/Project.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";
import * as DoctorText from "../view/DoctorText.ts";

export type { Finding } from "./DoctorFinding.ts";

export interface Options extends Config.Flags {
  readonly json: boolean;
}

/** Something that runs need is missing; the findings were printed already. */
export class NotWell extends Schema.TaggedError<NotWell>()("NotWell", {}) {
  override readonly [Runtime.errorReported] = false;
  override readonly [Runtime.errorExitCode] = ExitCode.codes.failed;
}

/** Prints what it finds; ends with 1 if something is missing that runs need. */
export const look = Effect.fn("Doctor.look")(function* ({ json, ...flags }: Options) {
  const { folder, out } = yield* Screen;
  const config = yield* Effect.result(Config.load(flags));
  const plan = yield* planHere(Result.getOrElse(config, () => Config.none));
  const findings = [
    // On an older one the command does not even start.
    ok("node", `Node ${process.versions.node}`),
    yield* gitHere,
    yield* repositoryHere(plan, Result.getOrElse(config, () => Config.none).codegen),
    yield* Effect.scoped(journalHere),
    ...(yield* DoctorMachine.disk(folder)),
    ...(yield* DoctorMachine.agents(plan?.tasks ?? [])),
    ...(yield* services(config, flags)),
  ];
  yield* out.print(
    json
      ? Text.json(JSON.stringify(findings, undefined, 2))
      : DoctorText.lines(findings, out.paint).join("\n"),
  );
  if (findings.every(({ level }) => level !== "problem")) return;
  return yield* new NotWell({});
});

/** What the configuration says, and what the services answer that it names. */
const services = Effect.fnUntraced(function* (
  config: Result.Result<Config.Config, Config.ConfigInvalid>,
  flags: Config.Flags,
) {
  // It brings the HTTP client.
  const { listen } = yield* Effect.promise(() => import("./Overheard.ts"));
  const { overheard, result } = yield* listen(({ scopes }) =>
    Effect.gen(function* () {
      const told = yield* configured(config);
      if (Result.isFailure(config)) return told;
      return [...told, ...(yield* GitHubDoctor.look(config.success, flags, scopes))];
    }),
  );
  return [...result, ...DoctorClock.judge(overheard.skews)];
});

const configuration = "configuration";

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

/** The plan that `run` would take here, as far as it can be read. */
const planHere = Effect.fnUntraced(function* (config: Config.Config) {
  const file = yield* PlanChoice.find;
  if (file === undefined) return undefined;
  const { plan } = yield* PlanCheck.check(file, config);
  return plan;
}, Effect.orElseSucceed(constUndefined));

/** The branch that runs would land on. Without a plan here, one may still do without git, or name another. */
const repositoryHere = Effect.fnUntraced(function* (
  plan: PlanFile.Plan | undefined,
  codegen: Config.Config["codegen"],
) {
  const { folder } = yield* Screen;
  const about = "repository";
  if (plan?.isolation === "none") return ok(about, `${Text.line(plan.file)} needs none`);
  const looked = Base.find({ repository: folder, branch: plan?.base });
  const isOptional = plan === undefined && codegen !== undefined;
  return yield* Effect.match(Effect.provideService(looked, Git.Git, yield* gitMade), {
    onFailure: ({ message }) => (isOptional ? warning : problem)(about, message),
    onSuccess: ({ commit, repository, requested }) =>
      ok(about, `${repository}, branch ${requested} at ${commit.slice(0, 9)}`),
  });
});

/** The project of a plan in the current folder, there or not yet. */
const projectHere = Effect.gen(function* () {
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  const [project] = yield* Project.upward(folder);
  if (project !== undefined) return project;
  const top = yield* Effect.result(
    Effect.flatMap(gitMade, (git) => git.text(folder, ["rev-parse", "--show-toplevel"])),
  );
  const root = Result.getOrElse(top, () => folder);
  return { root, folder: path.join(root, Project.folderName) } satisfies Project.Project;
});

const journalHere = Effect.gen(function* () {
  const project = yield* projectHere;
  const opened = yield* Layer.build(Project.journalLayer(project));
  const read = yield* Effect.result(Context.get(opened, Journal.Journal).runs);
  return Result.isFailure(read)
    ? problem("journal", read.failure.message)
    : yield* lockHere(project);
});

/** Takes a lock as a run would, and leaves nothing behind. */
const lockHere = Effect.fnUntraced(function* ({ folder: own, root }: Project.Project) {
  const fs = yield* FileSystem.FileSystem;
  const isThere = yield* Effect.orElseSucceed(fs.exists(own), () => false);
  const folder = isThere ? own : root;
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
  const { codegen, files, repository, warnings } = loaded.success;
  const named =
    files.length === 0
      ? "no file is named, and there is no orchestrator.yaml"
      : `${files.map((file) => Text.line(file)).join(", ")} ${files.length === 1 ? "is" : "are"} in order`;
  const told = [
    ok(configuration, named),
    ...warnings.map((message) => warning(configuration, message)),
  ];
  if (codegen === undefined) return told;
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
