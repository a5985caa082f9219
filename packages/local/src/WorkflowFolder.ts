/**
 * Workflows as files of a folder, `.orchestrator/workflows/NAME.yaml`.
 *
 * They are a person's files: what changes one keeps the comments in it.
 */
import { Workflow, WorkflowStore } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Path from "effect/Path";
import * as DurableFile from "./internal/DurableFile.ts";
import type { PlanFileError } from "./PlanFile.ts";
import { conditions } from "./workflow/conditions.ts";
import * as WorkflowText from "./workflow/WorkflowText.ts";
import * as WorkflowFile from "./WorkflowFile.ts";

const { WorkflowExists, WorkflowNotFound, WorkflowUnusable } = WorkflowStore;

/** The conditions of tasks, for workflows that are expanded by a program. */
export { conditions };

/** The text of a plan as that of a workflow, and that of a new workflow. */
export { fresh, named } from "./workflow/WorkflowText.ts";

/** The endings of files that are looked at, the first of them for new ones. */
const endings = ["yaml", "yml", "json"];

const failed = (name: string) => (error: { readonly message: string }) =>
  new WorkflowUnusable({ name, problems: [error.message] });

/** The names of the workflows in a folder, in alphabetical order; other files are left alone. */
export const names = Effect.fn("WorkflowFolder.names")(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem;
  const isThere = yield* Effect.orElseSucceed(fs.exists(folder), () => false);
  if (!isThere) return [];
  const found = yield* Effect.mapError(fs.readDirectory(folder), failed(folder));
  const isFile = (file: string) => endings.some((ending) => file.endsWith(`.${ending}`));
  const all = found.filter(isFile).map(WorkflowFile.nameOf).filter(Workflow.isName);
  return [...new Set(all)].toSorted();
});

/** The file of a workflow; fails if there is none. */
export const fileOf = Effect.fn("WorkflowFolder.fileOf")(function* (folder: string, name: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const known = yield* names(folder);
  if (!known.includes(name)) return yield* new WorkflowNotFound({ name, known });
  for (const ending of endings) {
    const file = path.join(folder, `${name}.${ending}`);
    if (yield* Effect.mapError(fs.exists(file), failed(name))) return file;
  }
  return yield* new WorkflowNotFound({ name, known });
});

/** A workflow of a folder with the places of its parts; its name is that of its file. */
export const read = Effect.fn("WorkflowFolder.read")(function* (
  folder: string,
  name: string,
  options: WorkflowFile.Options = {},
) {
  const found = yield* WorkflowFile.read(yield* fileOf(folder, name), options);
  return { ...found, workflow: { ...found.workflow, name } };
});

/** A workflow of a folder with all those within it. */
export const load = Effect.fn("WorkflowFolder.load")(function* (
  folder: string,
  name: string,
  options: WorkflowFile.Options = {},
) {
  return yield* gathered(folder, yield* read(folder, name, options), options);
});

/** The workflow of any file; those within it are of the folder. */
export const loadFile = Effect.fn("WorkflowFolder.loadFile")(function* (
  folder: string,
  file: string,
  options: WorkflowFile.Options = {},
) {
  return yield* gathered(folder, yield* WorkflowFile.read(file, options), options);
});

const gathered = Effect.fnUntraced(function* (
  folder: string,
  root: WorkflowFile.WorkflowFile,
  options: WorkflowFile.Options,
) {
  const known = yield* names(folder);
  return yield* WorkflowFile.gather(root, known, (name) => read(folder, name, options));
});

/** Writes a new file for a workflow. */
export const write = Effect.fn("WorkflowFolder.write")(function* (
  folder: string,
  name: string,
  text: string,
) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  yield* WorkflowStore.named({ name });
  if ((yield* names(folder)).includes(name)) return yield* new WorkflowExists({ name });
  const file = path.join(folder, `${name}.${endings[0]}`);
  yield* Effect.mapError(fs.makeDirectory(folder, { recursive: true }), failed(name));
  yield* Effect.mapError(DurableFile.write(file, text), failed(name));
  return file;
});

/** Removes the file of a workflow. */
export const remove = Effect.fn("WorkflowFolder.remove")(function* (folder: string, name: string) {
  const fs = yield* FileSystem.FileSystem;
  const file = yield* fileOf(folder, name);
  yield* Effect.mapError(fs.remove(file), failed(name));
  return file;
});

const unusable = (name: string) =>
  Effect.mapError(
    (error: PlanFileError | WorkflowStore.WorkflowNotFound | WorkflowStore.WorkflowUnusable) =>
      error._tag === "PlanFileError"
        ? new WorkflowUnusable({ name, problems: error.message.split("\n") })
        : error,
  );

/** Keeps workflows in a folder. */
export const layer = (
  folder: string,
): Layer.Layer<WorkflowStore.WorkflowStore, never, FileSystem.FileSystem | Path.Path> =>
  Layer.effect(
    WorkflowStore.WorkflowStore,
    Effect.gen(function* () {
      const services = yield* Effect.context<FileSystem.FileSystem | Path.Path>();
      const provided = Effect.provideContext(services);
      const get = (name: string) =>
        provided(Effect.map(read(folder, name).pipe(unusable(name)), ({ workflow }) => workflow));
      return {
        names: provided(names(folder)),
        get,
        create: (workflow) =>
          provided(Effect.asVoid(write(folder, workflow.name, WorkflowText.fresh(workflow)))),
        replace: (workflow) => provided(replace(folder, workflow)),
        remove: (name) => provided(Effect.asVoid(remove(folder, name))),
      };
    }),
  );

const replace = Effect.fnUntraced(function* (folder: string, workflow: Workflow.Workflow) {
  const { name } = workflow;
  const fs = yield* FileSystem.FileSystem;
  const before = yield* read(folder, name).pipe(unusable(name));
  const text = yield* Effect.mapError(fs.readFileString(before.file), failed(name));
  const changed = before.file.endsWith(".json")
    ? `${JSON.stringify(WorkflowText.dataOf(workflow), undefined, 2)}\n`
    : WorkflowText.edited(text, before.workflow, workflow);
  yield* Effect.mapError(DurableFile.write(before.file, changed), failed(name));
});
