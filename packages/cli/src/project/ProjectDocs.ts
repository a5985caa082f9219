/** Keeps the documents of a project up to date: what the command `project docs` does. */
import * as Effect from "effect/Effect";
import * as Path from "effect/Path";
import { Screen } from "../terminal/Screen.ts";
import * as Changes from "./Changes.ts";
import * as Documents from "./Documents.ts";
import * as ProjectHome from "./ProjectHome.ts";
import { ProjectProblem } from "./ProjectProblem.ts";
import * as ProjectTexts from "./ProjectTexts.ts";

export interface Options {
  /** Whether folders without documents get them. */
  readonly folders: boolean;
  readonly dryRun: boolean;
}

export interface Kept {
  /** An absolute path. */
  readonly folder: string;
  readonly dry_run: boolean;
  /** Documents that have parts of ours. */
  readonly files: ReadonlyArray<Changes.Done>;
  /** Documents without such parts, which stay as they are. */
  readonly without: ReadonlyArray<string>;
  readonly diff?: string;
}

/** Writes the marked parts of the documents anew, and nothing else in them. */
export const update = Effect.fn("ProjectDocs.update")(function* (options: Options) {
  const { folder } = yield* Screen;
  const home = yield* ProjectHome.upward(folder);
  if (home === undefined) {
    return yield* new ProjectProblem({
      problems: [
        `There is no project in ${folder} or the folders above it. Make one: orchestrator project create NAME --template TEMPLATE`,
      ],
    });
  }
  const root = home.folder;
  const { changes, without } = yield* changesOf(root, options);
  const dry_run = options.dryRun;
  if (dry_run) {
    const files = changes.map((change) => ({ file: change.path, did: Changes.did(change) }));
    const told = { folder: root, dry_run, files, without, diff: Changes.diff(changes) };
    return told satisfies Kept;
  }
  const files = yield* Changes.carryOut(root, changes);
  return { folder: root, dry_run, files, without } satisfies Kept;
});

const changesOf = Effect.fnUntraced(function* (root: string, options: Options) {
  const path = yield* Path.Path;
  const folders = (yield* ProjectHome.foldersIn(root)).map((folder) => path.basename(folder));
  const before = yield* ProjectTexts.existing(root, Documents.paths(folders));
  const documents = new Map(before);
  for (const folder of options.folders ? folders : []) {
    for (const [file, text] of Object.entries(Documents.fresh(folder))) {
      if (!before.has(file)) documents.set(file, text);
    }
  }
  const listed = yield* ProjectHome.entries(root, folders, [...documents.keys()]);
  const told = yield* ProjectTexts.told(root);
  const { parts, problems, texts } = Documents.write(documents, told, listed);
  if (problems.length > 0) return yield* new ProjectProblem({ problems });
  const isOurs = (file: string) => parts.has(file);
  const changes = [...documents.keys()].filter(isOurs).map((file): Changes.Change => ({
    path: file,
    before: before.get(file),
    after: texts.get(file)!,
  }));
  return { changes, without: [...documents.keys()].filter((file) => !isOurs(file)) };
});
