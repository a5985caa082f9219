/** Which run of the project is meant, named or not. */
import { Journal } from "@orchestrator/core";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "../ExitCode.ts";
import * as Project from "./Project.ts";
import * as RunFolders from "./RunFolders.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Shell from "../terminal/Shell.ts";
import * as Text from "../terminal/Text.ts";

/** The run that was named is not there, or several have the part that was named. */
export class UnknownRun extends Schema.TaggedError<UnknownRun>()("UnknownRun", {
  run: Schema.String,
  project: Schema.String,
  /** The oldest first. */
  known: Schema.Array(Schema.String),
  /** Another project upward that has the run. */
  elsewhere: Schema.optionalKey(Schema.String),
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.noInput;
  override get message(): string {
    const name = Text.line(this.run, 100);
    const meant = this.known.filter((id) => isPart(this.run, id));
    if (meant.length > 1) {
      return `${meant.length} runs begin or end with ${name}, the latest: ${listed(meant)}. Name more of the one that is meant.`;
    }
    return `there is no run ${name} in ${Text.line(this.project)}. ${this.#hint}`;
  }

  get #hint(): string {
    if (this.elsewhere !== undefined) {
      return `It is a run of another project: cd ${Shell.line(this.elsewhere)}`;
    }
    const near = closest(this.run, this.known);
    if (near !== undefined) return `Did you mean ${Text.line(near)}?`;
    return `The latest are ${listed(this.known)}.`;
  }
}

const isPart = (run: string, id: string): boolean => id.startsWith(run) || id.endsWith(run);

/** The latest of some runs, given the oldest first. */
const listed = (ids: ReadonlyArray<string>): string =>
  Array.from(ids.slice(-5).toReversed(), (id) => Text.line(id)).join(", ");

/** The run that was named: by its id, or by a part of it that no other run has. */
export const named = Effect.fn("RunChoice.named")(function* (
  { journal, project }: Project.Opened,
  run: string,
) {
  const known = yield* journal.runs;
  if (known.includes(run)) return run;
  const [only, ...others] = known.filter((id) => isPart(run, id));
  if (only !== undefined && others.length === 0) return only;
  yield* RunFolders.tell({ journal, project });
  if (known.length === 0) return yield* new Project.NoRuns({ folder: project.root });
  const elsewhere = yield* projectOf(run, project);
  return yield* new UnknownRun({
    run,
    project: project.root,
    known,
    ...(elsewhere === undefined ? {} : { elsewhere }),
  });
});

/** The run that was named; else the one that a process works on, else the latest. */
export const choose = Effect.fn("RunChoice.choose")(function* (
  opened: Project.Opened,
  run: Option.Option<string>,
) {
  if (Option.isSome(run)) return yield* named(opened, run.value);
  const { journal, project } = opened;
  const newest = (yield* journal.runs).toReversed();
  for (const id of newest) if (yield* Project.isLive(project, id)) return id;
  if (newest[0] !== undefined) return newest[0];
  yield* RunFolders.tell(opened);
  return yield* new Project.NoRuns({ folder: project.root });
});

/** The root of another project upward that has the run; one that cannot be read has it not. */
const projectOf = Effect.fnUntraced(function* (run: string, { root }: Project.Project) {
  const { folder } = yield* Screen;
  for (const project of yield* Project.upward(folder)) {
    if (project.root === root) continue;
    const known = runsOf(project).pipe(Effect.orElseSucceed((): ReadonlyArray<string> => []));
    if ((yield* known).includes(run)) return project.root;
  }
  return undefined;
});

const runsOf = (project: Project.Project) =>
  Effect.scoped(
    Effect.flatMap(
      Layer.build(Project.journalLayer(project)),
      (services) => Context.get(services, Journal.Journal).runs,
    ),
  );

/** The name that begins and ends most like this one, if most of it is alike. */
export const closest = (run: string, known: ReadonlyArray<string>): string | undefined => {
  const ranked = known.map((id) => ({
    id,
    alike: alike(run, id) / Math.max(run.length, id.length),
  }));
  const best = ranked.toSorted((one, other) => other.alike - one.alike)[0];
  return best !== undefined && best.alike >= 0.75 ? best.id : undefined;
};

const alike = (one: string, other: string): number => {
  const most = Math.min(one.length, other.length);
  let [start, end] = [0, 0];
  while (start < most && one[start] === other[start]) start++;
  while (end < most - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  return start + end;
};
