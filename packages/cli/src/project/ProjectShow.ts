/** What there is to say about a project: what the command `project show` does. */
import * as Effect from "effect/Effect";
import * as Path from "effect/Path";
import { Screen } from "../terminal/Screen.ts";
import * as Documents from "./Documents.ts";
import * as ProjectFacts from "./ProjectFacts.ts";
import * as ProjectHome from "./ProjectHome.ts";
import { ProjectProblem } from "./ProjectProblem.ts";
import * as ProjectTexts from "./ProjectTexts.ts";

export interface Shown extends ProjectHome.ProjectHome {
  readonly workflows: ReadonlyArray<ProjectFacts.Workflow>;
  readonly plan: ReadonlyArray<ProjectFacts.PlanTask>;
  /** The keys of the configuration that are in use. */
  readonly keys: ReadonlyArray<ProjectFacts.Key>;
  readonly documents: ReadonlyArray<string>;
}

/** The project of a name or a folder here, or the one that the current folder is in. */
export const show = Effect.fn("ProjectShow.show")(function* (named: string | undefined) {
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  const home =
    named === undefined
      ? yield* ProjectHome.upward(folder)
      : ((yield* ProjectHome.at(path.resolve(folder, named))) ??
        (yield* ProjectHome.list(folder)).find(({ name }) => name === named));
  if (home === undefined) {
    const what = named === undefined ? "no project here" : `no project ${named} here`;
    return yield* new ProjectProblem({
      problems: [`There is ${what}. See those there are: orchestrator project list`],
    });
  }
  const { problems, ...facts } = ProjectFacts.of(yield* ProjectTexts.told(home.folder));
  if (problems.length > 0) return yield* new ProjectProblem({ problems });
  const folders = (yield* ProjectHome.foldersIn(home.folder)).map((one) => path.basename(one));
  const documents = yield* ProjectTexts.existing(home.folder, Documents.paths(folders));
  return { ...home, ...facts, documents: [...documents.keys()] } satisfies Shown;
});
