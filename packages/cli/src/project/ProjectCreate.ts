/** Makes a project from a template: what the command `project create` does. */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as GitIgnore from "../start/GitIgnore.ts";
import * as InitText from "../start/InitText.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Changes from "./Changes.ts";
import * as Documents from "./Documents.ts";
import * as ProjectHome from "./ProjectHome.ts";
import * as ProjectPath from "./ProjectPath.ts";
import { ProjectProblem } from "./ProjectProblem.ts";
import type { Template } from "./Template.ts";
import * as TemplateText from "./TemplateText.ts";
import * as Templates from "./Templates.ts";

export interface Options {
  readonly name: string;
  readonly template: string;
  /** A folder with own templates. */
  readonly templates: string | undefined;
  /** Values of the parameters of the template. */
  readonly set: Readonly<Record<string, string>>;
  /** Whether the current folder becomes the project, and no new one. */
  readonly here: boolean;
  /** Whether its folders get documents of their own. */
  readonly folders: boolean;
  readonly dryRun: boolean;
}

export interface Created {
  readonly name: string;
  readonly template: string;
  /** An absolute path. */
  readonly folder: string;
  /** The first command to type there. */
  readonly first: string;
  readonly dry_run: boolean;
  readonly files: ReadonlyArray<Changes.Done>;
  /** What would be written, of a dry run. */
  readonly diff?: string;
}

/** Writes what is missing; what is there stays as it is. */
export const create = Effect.fn("ProjectCreate.create")(function* (options: Options) {
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  const wrong = ProjectPath.wrongName(options.name);
  if (wrong !== undefined) return yield* new ProjectProblem({ problems: [wrong] });
  const root = options.here ? path.resolve(folder) : path.join(path.resolve(folder), options.name);
  yield* refuseLink(root, options);
  const template = yield* Templates.find(options.template, options.templates);
  const values = yield* valuesOf(template, options);
  const wanted = yield* filesOf(template, values);
  const changes = yield* changesOf(root, wanted, options.folders ? (template.folders ?? []) : []);
  const { dryRun: dry_run, name } = options;
  const first = wanted.first;
  const made = { name, template: template.name, folder: root, first, dry_run };
  if (dry_run) {
    const files = changes.map((change) => ({ file: change.path, did: Changes.did(change) }));
    return { ...made, files, diff: Changes.diff(changes) } satisfies Created;
  }
  return { ...made, files: yield* Changes.carryOut(root, changes) } satisfies Created;
});

/** A link of this name would lead somewhere else. */
const refuseLink = Effect.fnUntraced(function* (root: string, { here }: Options) {
  const fs = yield* FileSystem.FileSystem;
  const isLink = Result.isSuccess(yield* Effect.result(fs.readLink(root)));
  if (here || !isLink) return;
  return yield* new ProjectProblem({
    problems: [`${root} is a symbolic link. Go to the folder that it leads to, and add --here.`],
  });
});

const valuesOf = Effect.fnUntraced(function* (
  { name: called, parameters = {} }: Template,
  { name, set }: Options,
) {
  const known = Object.keys(parameters);
  const values: Record<string, string> = { name };
  const problems: Array<string> = [];
  for (const given of Object.keys(set).filter((one) => !known.includes(one))) {
    const there = known.length === 0 ? "none" : known.join(", ");
    problems.push(`The template ${called} has no parameter ${given}. It has ${there}.`);
  }
  for (const [parameter, { default: usual, description }] of Object.entries(parameters)) {
    const value = set[parameter] ?? usual;
    if (value === undefined) {
      const what = description === undefined ? "" : `: ${description}`;
      problems.push(`The template ${called} needs --set ${parameter}=VALUE${what}`);
      continue;
    }
    const wrong = TemplateText.wrongValue(parameter, value);
    if (wrong !== undefined) problems.push(wrong);
    values[parameter] = value;
  }
  if (problems.length > 0) return yield* new ProjectProblem({ problems });
  return values;
});

interface Wanted {
  readonly first: string;
  readonly files: ReadonlyMap<string, string>;
}

/** All files of a template with their values. What `init` writes is written by the same hand. */
const filesOf = Effect.fnUntraced(function* (
  template: Template,
  values: Readonly<Record<string, string>>,
) {
  const problems: Array<string> = [];
  const filled = (text: string, where: string): string => {
    const found = TemplateText.fill(text, values, where);
    problems.push(...found.problems);
    return found.text;
  };
  const first = filled(template.first, "template.yaml");
  const files = new Map<string, string>([[".gitignore", GitIgnore.added("")!]]);
  const made: ProjectHome.Made = { name: values["name"]!, template: template.name, first };
  files.set(ProjectHome.fileName, `${JSON.stringify(made, undefined, 2)}\n`);
  const { config, plan } = template;
  if (config !== undefined) {
    const repository = config.repository && filled(config.repository, "template.yaml");
    files.set("orchestrator.yaml", InitText.config(configOf(repository, config)));
  }
  if (plan !== undefined) {
    files.set("plan.yaml", InitText.plan(plan === "commands" ? undefined : filled(plan, "plan")));
  }
  for (const { path, text } of template.files) {
    const target = filled(path, path);
    const wrong = ProjectPath.wrongPath(target);
    if (wrong !== undefined) problems.push(wrong);
    files.set(target, filled(text, path));
  }
  if (problems.length > 0) return yield* new ProjectProblem({ problems });
  return { first, files } satisfies Wanted;
});

const configOf = (
  repository: string | undefined,
  { codegen = false, merges = false }: NonNullable<Template["config"]>,
): InitText.Wanted => ({
  tasks: repository === undefined ? undefined : { repository, board: undefined },
  defaultBranch: undefined,
  boards: [],
  labels: [],
  baseUrl: undefined,
  hasCodegen: codegen,
  agents: [],
  merges,
});

const foldersOf = (files: ReadonlyMap<string, string>): ReadonlyArray<string> => [
  ...new Set([...files.keys()].map((file) => file.split("/").slice(0, -1).join("/"))),
];

const changesOf = Effect.fnUntraced(function* (
  root: string,
  { files }: Wanted,
  folders: ReadonlyArray<string>,
) {
  const all = new Map(files);
  for (const folder of folders) {
    for (const [path, text] of Object.entries(Documents.fresh(folder))) {
      if (!all.has(path)) all.set(path, text);
    }
  }
  const before = new Map<string, string>();
  for (const path of all.keys()) {
    const text = yield* Changes.current(root, path);
    if (text !== undefined) before.set(path, text);
  }
  const listed = yield* ProjectHome.entries(root, foldersOf(all), [...all.keys()]);
  const now = (path: string) => before.get(path) ?? all.get(path)!;
  const those = (isWanted: (path: string) => boolean) =>
    new Map([...all.keys()].filter(isWanted).map((path) => [path, now(path)]));
  const documents = those((path) => path.endsWith(".md") && !before.has(path));
  const { problems, texts } = Documents.write(documents, those(Documents.isTold), listed);
  if (problems.length > 0) return yield* new ProjectProblem({ problems });
  return Array.from(all, ([path, text]): Changes.Change => {
    const there = before.get(path);
    return { path, before: there, after: there ?? texts.get(path) ?? text };
  });
});
