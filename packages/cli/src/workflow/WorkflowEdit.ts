/** What `orchestrator workflow` does but run: list, show, create, validate, delete. */
import type { Workflow } from "@orchestrator/core";
import { PlanFile, WorkflowFile, WorkflowFolder } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as Confirmation from "../terminal/Confirmation.ts";
import * as ExitCode from "../ExitCode.ts";
import * as GitIgnore from "../start/GitIgnore.ts";
import * as JsonAnswer from "../terminal/JsonAnswer.ts";
import * as PlanChoice from "../plan/PlanChoice.ts";
import * as SafeFile from "../run/SafeFile.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Shell from "../terminal/Shell.ts";
import * as Text from "../terminal/Text.ts";
import { count } from "../view/Words.ts";
import * as WorkflowChoice from "./WorkflowChoice.ts";
import * as WorkflowText from "./WorkflowText.ts";

/** Some workflows are not in order; what is wrong was printed already. */
export class BadWorkflows extends Schema.TaggedError<BadWorkflows>()("BadWorkflows", {
  names: Schema.Array(Schema.String),
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.badPlan;
  override get message(): string {
    return `${this.names.map((name) => Text.line(name)).join(", ")} cannot be used as ${this.names.length === 1 ? "it is" : "they are"}. Correct what is wrong and try again.`;
  }
}

const near = Effect.fnUntraced(function* (file: string) {
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  return path.relative(folder, path.resolve(folder, file)) || file;
});

interface Judged extends WorkflowText.Listed {
  readonly placed: ReadonlyArray<PlanFile.Problem & { readonly file: string }>;
}

/** A workflow with everything that is wrong with it, told with its place. */
const judge = Effect.fnUntraced(function* (folder: string, named: string) {
  const loaded = yield* Effect.result(WorkflowChoice.load({ folder, named }));
  const found = Result.flatMap(loaded, (one) => Result.map(WorkflowFile.validate(one), () => one));
  if (Result.isSuccess(found)) {
    const { file, workflow } = found.success.root;
    return {
      name: workflow.name,
      file: yield* near(file),
      workflow,
      problems: [],
      placed: [],
    } satisfies Judged;
  }
  const error = found.failure;
  if (!(error instanceof PlanFile.PlanFileError)) return yield* error;
  const file = yield* near(error.file);
  const problems = new PlanFile.PlanFileError({ file, problems: error.problems }).message.split(
    "\n",
  );
  const placed = error.problems.map((one) => ({ ...one, file }));
  return { name: named, file, workflow: undefined, problems, placed } satisfies Judged;
});

const dataOf = ({
  file,
  workflow,
}: {
  readonly file: string;
  readonly workflow: Workflow.Workflow;
}) => ({
  file,
  ...workflow,
});

/** Lists the workflows of the project. */
export const list = Effect.fn("WorkflowEdit.list")(function* (json: boolean) {
  const { command, out } = yield* Screen;
  const folder = yield* WorkflowChoice.folderOf(yield* WorkflowChoice.rootOf);
  const names = yield* WorkflowFolder.names(folder);
  const found = yield* Effect.forEach(names, (name) => judge(folder, name));
  if (json) {
    const rows = found.map(({ file, name, problems, workflow }) => ({
      name,
      file,
      description: workflow?.description ?? null,
      parameters: workflow?.parameters ?? null,
      problems,
    }));
    return yield* out.print(Text.json(JSON.stringify(rows, undefined, 2)));
  }
  if (found.length === 0) {
    return yield* out.print(
      `There are no workflows in ${Text.line(yield* near(folder))}. Write one: ${command} workflow create NAME`,
    );
  }
  const lines = WorkflowText.list(found, out.size()?.columns, (title) => out.paint("bold", title));
  yield* out.print(lines.join("\n"));
});

/** Shows one workflow. */
export const show = Effect.fn("WorkflowEdit.show")(function* (name: string, json: boolean) {
  const { command, out } = yield* Screen;
  const folder = yield* WorkflowChoice.folderOf(yield* WorkflowChoice.rootOf);
  const { root } = yield* WorkflowChoice.load({ folder, named: name });
  const file = yield* near(root.file);
  if (json) {
    const data = dataOf({ file, workflow: root.workflow });
    return yield* out.print(Text.json(JSON.stringify(data, undefined, 2)));
  }
  const needed = Object.entries(root.workflow.parameters)
    .filter(([, declared]) => declared.required ?? declared.default === undefined)
    .flatMap(([key]) => ["--param", `${key}=VALUE`]);
  yield* out.print(
    [
      ...WorkflowText.show(root.workflow, file),
      "",
      `Run it: ${command} ${Shell.line("workflow", "run", name, ...needed)}`,
    ].join("\n"),
  );
});

/** Says what is wrong with a workflow, or with all of the project. */
export const validate = Effect.fn("WorkflowEdit.validate")(function* (
  named: string | undefined,
  json: boolean,
) {
  const { error, out } = yield* Screen;
  const folder = yield* WorkflowChoice.folderOf(yield* WorkflowChoice.rootOf);
  const names = named === undefined ? yield* WorkflowFolder.names(folder) : [named];
  const found = yield* Effect.forEach(names, (name) => judge(folder, name));
  if (json) {
    const rows = found.map(({ file, name, placed }) => ({
      name,
      file,
      valid: placed.length === 0,
      problems: placed,
    }));
    yield* out.print(Text.json(JSON.stringify(rows, undefined, 2)));
  } else {
    for (const { name, problems, workflow } of found) {
      if (workflow === undefined) {
        yield* error.print(problems.map((one) => Text.line(one)).join("\n"));
        continue;
      }
      const parameters = Object.keys(workflow.parameters).length;
      yield* out.print(
        `${Text.line(name)} is in order: ${count(workflow.tasks.length, "task")}, ${count(parameters, "parameter")}`,
      );
    }
  }
  const bad = found.filter(({ problems }) => problems.length > 0).map(({ name }) => name);
  if (bad.length > 0) return yield* new BadWorkflows({ names: bad });
});

/** The text of a new workflow: that of a plan, comments included, or something to begin with. */
const textOf = Effect.fnUntraced(function* (name: string, from: Option.Option<string>) {
  if (Option.isNone(from)) return WorkflowText.template(name);
  const fs = yield* FileSystem.FileSystem;
  const file = yield* PlanChoice.named(from.value);
  // A plan is a workflow without parameters.
  yield* WorkflowFile.read(file);
  const text = yield* Effect.mapError(fs.readFileString(file), SafeFile.failed(file));
  return WorkflowFolder.named(text, name);
});

/** A clone may bring links: nothing is written where they lead. */
const refuseLinks = Effect.fnUntraced(function* (root: string, folder: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  for (let at = folder; at.length > root.length; at = path.dirname(at)) {
    if (yield* Effect.isFailure(fs.readLink(at))) continue;
    const hint = "Remove the link, or write the file where it leads by hand.";
    return yield* new SafeFile.WriteFailed({ file: at, reason: "it is a symbolic link", hint });
  }
});

/** Writes a new workflow. */
export const create = Effect.fn("WorkflowEdit.create")(function* (
  name: string,
  from: Option.Option<string>,
  json: boolean,
) {
  yield* JsonAnswer.given(
    json,
    Effect.gen(function* () {
      const { command, out } = yield* Screen;
      const root = yield* WorkflowChoice.rootOf;
      const text = yield* textOf(name, from);
      const folder = yield* WorkflowChoice.folderOf(root);
      yield* refuseLinks(root, folder);
      const file = yield* near(yield* WorkflowFolder.write(folder, name, text));
      yield* out.print(
        `Wrote ${Text.line(file)}. Run it: ${command} ${Shell.line("workflow", "run", name)}`,
      );
      yield* tellIgnored(root);
      return { name, file };
    }),
  );
});

/** A person's file is theirs to change. */
const tellIgnored = Effect.fnUntraced(function* (root: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const { error } = yield* Screen;
  const file = path.join(root, ".gitignore");
  const text = yield* Effect.orElseSucceed(fs.readFileString(file), () => "");
  if (!GitIgnore.leavesAllOut(text)) return;
  yield* error.print(
    `note: ${Text.line(yield* near(file))} leaves .orchestrator/ out of git, workflows too. To commit them, write /.orchestrator/* and !/.orchestrator/workflows/ in its place.`,
  );
});

/** Deletes a workflow, once a person or a flag has said so. */
export const remove = Effect.fn("WorkflowEdit.remove")(function* (
  name: string,
  { json, yes }: { readonly json: boolean; readonly yes: boolean },
) {
  const folder = yield* WorkflowChoice.folderOf(yield* WorkflowChoice.rootOf);
  const file = yield* near(yield* WorkflowFolder.fileOf(folder, name));
  const isGiven = yield* Confirmation.isGiven({
    question: `Delete ${Text.line(file)}?`,
    nothing: "nothing was deleted",
    what: "delete it",
    words: ["workflow", "delete", name, "--yes"],
    isPossible: !json,
    isGiven: yes,
  });
  if (!isGiven) return;
  yield* JsonAnswer.given(
    json,
    Effect.gen(function* () {
      const { out } = yield* Screen;
      yield* WorkflowFolder.remove(folder, name);
      yield* out.print(`Deleted ${Text.line(file)}.`);
      return { name, file, deleted: true };
    }),
  );
});
