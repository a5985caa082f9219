/** Which workflow is meant, and with which values of its parameters. */
import { type Template, Workflow, WorkflowStore } from "@orchestrator/core";
import { PlanFile, WorkflowFile, WorkflowFolder } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as Result from "effect/Result";
import { WrongCall } from "../terminal/Confirmation.ts";
import type { Load } from "../plan/PlanCheck.ts";
import { Screen } from "../terminal/Screen.ts";

/** A workflow that is to run. */
export interface Chosen {
  /** The folder that holds `.orchestrator`, in which commands work. */
  readonly root: string;
  /** The folder of the workflows. */
  readonly folder: string;
  /** Its name, or its file. */
  readonly named: string;
  readonly file: string;
  readonly params: Template.Parameters;
}

/** Where the workflows of a project lie. */
export const place = [".orchestrator", "workflows"] as const;

/** The nearest folder upward that has workflows, else the root of the clone, else the current one. */
export const rootOf = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  const has = (root: string, ...names: ReadonlyArray<string>) =>
    Effect.orElseSucceed(fs.exists(path.join(root, ...names)), () => false);
  let clone: string | undefined;
  for (let root = path.resolve(folder); ; root = path.dirname(root)) {
    if (yield* has(root, ...place)) return root;
    if (clone === undefined && (yield* has(root, ".git"))) clone = root;
    if (root === path.dirname(root)) return clone ?? path.resolve(folder);
  }
});

/** The folder of the workflows of a project. */
export const folderOf = Effect.fn("WorkflowChoice.folderOf")(function* (root: string) {
  const path = yield* Path.Path;
  return path.join(root, ...place);
});

/** Whether a file is meant, and not a name. */
export const isFile = (named: string): boolean => /[\\/]|\.(?:ya?ml|json)$/i.test(named);

/** The workflow of a name or a file, with those within it. */
export const load = Effect.fn("WorkflowChoice.load")(function* (
  { folder, named }: Pick<Chosen, "folder" | "named">,
  options: WorkflowFile.Options = {},
) {
  return isFile(named)
    ? yield* WorkflowFolder.loadFile(folder, named, options)
    : yield* WorkflowFolder.load(folder, named, options);
});

/** The workflow that is named, with values for its parameters as the command line gives them. */
export const choose = Effect.fn("WorkflowChoice.choose")(function* (
  named: string,
  given: ReadonlyArray<string>,
) {
  const path = yield* Path.Path;
  const root = yield* rootOf;
  const folder = yield* folderOf(root);
  const loaded = yield* load({ folder, named });
  const { file, workflow } = loaded.root;
  const texts = yield* pairs(given);
  const params = Workflow.argumentsFor(workflow, Workflow.ofTexts(workflow, texts));
  if (Result.isFailure(params)) {
    const problems = [...params.failure];
    return yield* new WorkflowStore.WrongArguments({ name: workflow.name, problems });
  }
  return {
    folder,
    named,
    file: path.relative((yield* Screen).folder, path.resolve(file)) || file,
    root: isFile(named) ? path.dirname(path.resolve((yield* Screen).folder, named)) : root,
    params: params.success,
  } satisfies Chosen;
});

const pairs = Effect.fnUntraced(function* (given: ReadonlyArray<string>) {
  const texts: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const text of given) {
    const at = text.indexOf("=");
    const name = text.slice(0, Math.max(0, at));
    const message =
      name === ""
        ? `--param ${text}: must be NAME=VALUE, as --param env=prod`
        : name in texts
          ? `--param ${name} is given twice; keep one`
          : undefined;
    if (message !== undefined) return yield* new WrongCall({ message });
    texts[name] = text.slice(at + 1);
  }
  return texts;
});

/** The plan that it is, for whoever checks plans. */
export const plan =
  (chosen: Chosen): Load =>
  (options) =>
    load(chosen, options).pipe(
      Effect.catchTags({
        WorkflowNotFound: ({ message }) => refused(chosen, message),
        WorkflowUnusable: ({ message }) => refused(chosen, message),
      }),
      Effect.flatMap((loaded) => Effect.fromResult(WorkflowFile.plan(loaded, chosen.params))),
      Effect.map((made) => ({ ...made, file: chosen.file })),
    );

const refused = ({ file }: Chosen, message: string) =>
  Effect.fail(new PlanFile.PlanFileError({ file, problems: [{ message }] }));

/** The words that run a workflow with the same values again. */
export const words = ({
  name,
  params,
}: {
  readonly name: string;
  readonly params: Template.Parameters;
}): ReadonlyArray<string> => [
  "workflow",
  "run",
  name,
  ...Object.entries(params).flatMap(([key, value]) =>
    value === null
      ? []
      : ["--param", `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`],
  ),
];
