/** `orchestrator project`: projects from templates, and their documentation. */
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Config from "../config/Config.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";
import { naming, off } from "./Flags.ts";

const json = off("json", "Print one JSON value");
const dryRun = off("dry-run", "Write nothing, and show what would change as a diff");
const folders = off("folders", "Give folders a README.md and an AGENTS.md of their own");
const templateDir = naming(
  "template-dir",
  "FOLDER",
  "A folder with templates of yours (default: project.templates)",
);

/** The adapter with its templates is loaded only now: help comes at once. */
const modules = Effect.promise(async () => ({
  ProjectCreate: await import("../project/ProjectCreate.ts"),
  ProjectDocs: await import("../project/ProjectDocs.ts"),
  ProjectHome: await import("../project/ProjectHome.ts"),
  ProjectShow: await import("../project/ProjectShow.ts"),
  ProjectText: await import("../view/ProjectText.ts"),
  Templates: await import("../project/Templates.ts"),
}));

/** The folder of own templates: named by the flag, or by the configuration. */
const templatesIn = Effect.fnUntraced(function* (named: Option.Option<string>) {
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  if (Option.isSome(named)) return path.resolve(folder, named.value);
  const { files, templates } = yield* Config.load({ config: [], allowHost: [] });
  if (templates === undefined) return undefined;
  return path.resolve(files[0] === undefined ? folder : path.dirname(files[0]), templates);
});

const print = Effect.fnUntraced(function* (
  asJson: boolean,
  value: unknown,
  lines: () => ReadonlyArray<string>,
) {
  const { out } = yield* Screen;
  yield* out.print(asJson ? Text.json(JSON.stringify(value, undefined, 2)) : lines().join("\n"));
});

const create = Command.make(
  "create",
  {
    name: Argument.String("name").pipe(
      Argument.withDescription("The name of the project, and of its folder"),
    ),
    template: Flag.String("template").pipe(
      Flag.withAlias("t"),
      Flag.withDescription("Which template: see orchestrator project list --templates"),
      Flag.withMetavar("TEMPLATE"),
    ),
    templateDir,
    set: Flag.KeyValuePair("set").pipe(
      Flag.withDefault({}),
      Flag.withDescription("A parameter of the template, as repository=acme/shop; may be repeated"),
    ),
    here: off("here", "Make the current folder the project, and no new one"),
    folders,
    dryRun,
    json,
  },
  Effect.fn("ProjectCommand.create")(function* (given) {
    const { ProjectCreate, ProjectText } = yield* modules;
    const templates = yield* templatesIn(given.templateDir);
    const made = yield* ProjectCreate.create({ ...given, templates });
    const { folder, out } = yield* Screen;
    yield* print(given.json, made, () => ProjectText.created(made, folder, out.paint));
  }),
).pipe(
  Command.withDescription(
    "Make a project from a template: configuration, workflows, CI, README.md and AGENTS.md; files that are there stay",
  ),
  Command.withExamples([
    { command: "orchestrator project create shop --template library" },
    {
      command: "orchestrator project create shop --template ci --dry-run",
      description: "only look",
    },
  ]),
);

const list = Command.make(
  "list",
  { templates: off("templates", "List the templates there are"), templateDir, json },
  Effect.fn("ProjectCommand.list")(function* (given) {
    const { ProjectHome, ProjectText, Templates } = yield* modules;
    const { folder, out } = yield* Screen;
    const columns = out.size()?.columns;
    if (given.templates) {
      const all = yield* Templates.list(yield* templatesIn(given.templateDir));
      return yield* print(given.json, all, () => ProjectText.templates(all, columns, out.paint));
    }
    const all = yield* ProjectHome.list(folder);
    yield* print(given.json, all, () => ProjectText.list(all, columns, out.paint));
  }),
).pipe(
  Command.withDescription("List the projects in this folder and in those within it, or templates"),
  Command.withExamples([
    { command: "orchestrator project list" },
    { command: "orchestrator project list --templates" },
  ]),
);

const show = Command.make(
  "show",
  {
    name: Argument.String("name").pipe(
      Argument.withDescription("The name or the folder of a project; absent: the one here"),
      Argument.optional,
    ),
    json,
  },
  Effect.fn("ProjectCommand.show")(function* ({ json: asJson, name }) {
    const { ProjectShow, ProjectText } = yield* modules;
    const { out } = yield* Screen;
    const shown = yield* ProjectShow.show(Option.getOrUndefined(name));
    yield* print(asJson, shown, () => ProjectText.shown(shown, out.paint));
  }),
).pipe(
  Command.withDescription("Show a project: its template, workflows, plan, keys in use, documents"),
  Command.withExamples([{ command: "orchestrator project show shop" }]),
);

const docs = Command.make(
  "docs",
  { folders, dryRun, json },
  Effect.fn("ProjectCommand.docs")(function* (given) {
    const { ProjectDocs, ProjectText } = yield* modules;
    const { out } = yield* Screen;
    const kept = yield* ProjectDocs.update(given);
    yield* print(given.json, kept, () => ProjectText.kept(kept, out.paint));
  }),
).pipe(
  Command.withDescription(
    "Bring the generated parts of README.md and AGENTS.md up to date; everything else in them stays",
  ),
  Command.withExamples([
    { command: "orchestrator project docs" },
    { command: "orchestrator project docs --dry-run", description: "show what would change" },
  ]),
);

/** Makes projects, and keeps their documentation. */
export const command = Command.make("project").pipe(
  Command.withDescription("Make projects from templates, and keep their documentation up to date"),
  Command.withSubcommands([create, list, show, docs]),
);
