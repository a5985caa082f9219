/** The run that a command is about: named by its id or its folder, or the one that is at work or came last. */
import { Journal } from "@orchestrator/core";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Project from "./Project.ts";
import * as RunChoice from "./RunChoice.ts";
import * as RunRecord from "./RunRecord.ts";
import { Screen } from "../terminal/Screen.ts";

/** A run, the project that keeps it, and the journal of that, only to be read. */
export interface RunWanted extends Project.Opened {
  readonly run: string;
  /** What names it to other commands where people are. */
  readonly name: string;
}

/** The run that is named, as people would type it where they are, or the usual one. */
export const open = Effect.fn("RunWanted.open")(function* (named: string | undefined) {
  const byFolder = named === undefined ? undefined : yield* inFolder(named);
  if (byFolder !== undefined) return byFolder;
  const opened = yield* Project.open();
  const run = yield* RunChoice.choose(opened, Option.fromUndefinedOr(named));
  return { ...opened, run, name: run } satisfies RunWanted;
});

/** The run whose folder this is, found from anywhere; undefined if it is none. */
export const inFolder = Effect.fn("RunWanted.inFolder")(function* (named: string) {
  const path = yield* Path.Path;
  const folder = path.resolve((yield* Screen).folder, named);
  const root = path.resolve(folder, "..", ...RunRecord.home.map(() => ".."));
  const id = path.basename(folder);
  if (path.join(root, ...RunRecord.home, id) !== folder) return undefined;
  const [project] = yield* Project.upward(root);
  if (project?.root !== root) return undefined;
  const services = yield* Layer.build(Project.journalLayer(project));
  const opened = { project, journal: Context.get(services, Journal.Journal) };
  const run = yield* RunChoice.named(opened, id);
  return { ...opened, run, name: named } satisfies RunWanted;
});
