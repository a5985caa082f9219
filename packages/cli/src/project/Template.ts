/**
 * A template of projects: a folder with `template.yaml` and the folder `files`.
 *
 * `{{ name }}` and the parameters of the template stand for their values in
 * texts and paths. A part of a path that begins with `dot.` is written with a dot: `dot.github`.
 */
import * as DataFile from "@orchestrator/local/DataFile";
import { list, mapping, must, record, text } from "@orchestrator/local/DataSchema";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as v from "valibot";
import * as ProjectPath from "./ProjectPath.ts";
import { ProjectProblem } from "./ProjectProblem.ts";

const Parameter = mapping(
  { description: v.exactOptional(text()), default: v.exactOptional(text()) },
  "a mapping { description, default }",
);

const flag = v.boolean(must("be true or false"));

const ManifestInput = mapping(
  {
    description: text(),
    first: text("be the first command to type, as text"),
    parameters: v.exactOptional(record(v.string(), Parameter, "a mapping of names to parameters")),
    config: v.exactOptional(
      mapping(
        {
          repository: v.exactOptional(text()),
          codegen: v.exactOptional(flag),
          merges: v.exactOptional(flag),
        },
        "a mapping { repository, codegen, merges }",
      ),
    ),
    plan: v.exactOptional(text("be commands, or the name of a coding agent")),
    folders: v.exactOptional(list(text(), "a list of folders")),
  },
  "a mapping with the keys description and first",
);

/** What a template says of itself. */
export interface Manifest {
  readonly description: string;
  /** The first command to type in a project of it. */
  readonly first: string;
  readonly parameters?: Readonly<
    Record<string, { readonly description?: string; readonly default?: string }>
  >;
  /** What `orchestrator.yaml` says, which is then written as `init` does. */
  readonly config?: {
    readonly repository?: string;
    readonly codegen?: boolean;
    readonly merges?: boolean;
  };
  /** For whom `plan.yaml` is, which is then written as `init --local` does: `commands`, or a coding agent. */
  readonly plan?: string;
  /** The folders that may have documents of their own. */
  readonly folders?: ReadonlyArray<string>;
}

export interface File {
  /** With `/` between its parts. */
  readonly path: string;
  readonly text: string;
}

export interface Template extends Manifest {
  readonly name: string;
  readonly files: ReadonlyArray<File>;
}

/** The file that makes a folder a template. */
export const manifestName = "template.yaml";

const most = { files: 200, bytes: 256 * 1024 };

const kind: DataFile.Kind = {
  noun: "template",
  example: "write what the template is for, as description: A library",
  maxBytes: most.bytes,
};

/** Reads the template in a folder. Nothing in it is run. */
export const read = Effect.fn("Template.read")(function* (folder: string) {
  const path = yield* Path.Path;
  const manifest = yield* readManifest(path.join(folder, manifestName));
  const files = yield* readFiles(path.join(folder, "files"));
  return { ...manifest, name: path.basename(folder), files } satisfies Template;
});

/** What a template says of itself. */
export const readManifest = Effect.fn("Template.readManifest")(function* (file: string) {
  const problem = (found: ReadonlyArray<DataFile.Problem>) =>
    new ProjectProblem({ problems: found.map((one) => DataFile.line(file, one)) });
  const content = yield* Effect.mapError(DataFile.text(file, kind), problem);
  const source = yield* Effect.mapError(
    Effect.fromResult(DataFile.parse(content, file, kind)),
    problem,
  );
  const parsed = v.safeParse(ManifestInput, source.located.value);
  const issues = [...source.problems, ...DataFile.issues(source, parsed.issues ?? [])];
  return parsed.success && issues.length === 0
    ? (parsed.output as Manifest)
    : yield* problem(source.place(issues));
});

const readFiles = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const isThere = yield* Effect.orElseSucceed(fs.exists(folder), () => false);
  const found = isThere
    ? yield* readable(folder, fs.readDirectory(folder, { recursive: true }))
    : [];
  const files: Array<File> = [];
  const problems: Array<string> = [];
  for (const name of found.toSorted()) {
    const file = path.join(folder, name);
    const isLink = Result.isSuccess(yield* Effect.result(fs.readLink(file)));
    if (isLink) {
      problems.push(`${file}  this is a symbolic link; copy the file instead`);
      continue;
    }
    const { size, type } = yield* readable(file, fs.stat(file));
    if (type === "Directory") continue;
    const target = name.split(path.sep).map(dotted).join("/");
    const wrong = ProjectPath.wrongPath(target);
    if (wrong !== undefined) problems.push(`${file}  ${wrong}`);
    if (type !== "File") problems.push(`${file}  this is a pipe or a device`);
    else if (size > most.bytes) problems.push(`${file}  it is larger than ${most.bytes} bytes`);
    else files.push({ path: target, text: yield* readable(file, fs.readFileString(file)) });
    if (files.length > most.files) problems.push(`${folder}  it has more than ${most.files} files`);
    if (problems.length > 20) break;
  }
  if (problems.length > 0) return yield* new ProjectProblem({ problems });
  return files;
});

/** Packages leave out some names that begin with a dot. */
const dotted = (part: string): string => part.replace(/^dot\./, ".");

const readable = <A, R>(file: string, effect: Effect.Effect<A, { readonly message: string }, R>) =>
  Effect.mapError(
    effect,
    ({ message }) => new ProjectProblem({ problems: [`${file}  it cannot be read: ${message}`] }),
  );
