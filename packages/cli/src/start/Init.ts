/** Sets a repository up: what the command `init` does. */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as ConfigChoice from "../config/ConfigChoice.ts";
import * as GitIgnore from "./GitIgnore.ts";
import * as InitQuestions from "./InitQuestions.ts";
import * as InitText from "./InitText.ts";
import * as PlanChoice from "../plan/PlanChoice.ts";
import * as PlanPrinter from "../plan/PlanPrinter.ts";
import * as PlanRead from "../plan/PlanRead.ts";
import { settings } from "../plan/PlanSettings.ts";
import * as SafeFile from "../run/SafeFile.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Surroundings from "./Surroundings.ts";
import * as Text from "../terminal/Text.ts";
import * as InitReport from "../view/InitReport.ts";
import * as NextStep from "../view/NextStep.ts";

export interface Options {
  /** Asks nothing. */
  readonly yes: boolean;
  /** Writes files anew that are there. */
  readonly force: boolean;
  /** Also writes a plan file. */
  readonly local: boolean;
  readonly json: boolean;
}

/** A file, and what became of it. */
export interface Written {
  /** As people would type it where they are. */
  readonly file: string;
  readonly did: "written" | "kept" | "added to";
}

/** Writes what is missing, says what it did, and shows what would run. */
export const init = Effect.fn("Init.init")(
  (options: Options) => Effect.catchTag(written(options), "QuitError", () => left),
  Effect.scoped,
);

const written = Effect.fnUntraced(function* (options: Options) {
  const path = yield* Path.Path;
  const screen = yield* Screen;
  const { folder, out } = screen;
  const seen = yield* Surroundings.look();
  const root = seen.clone?.root ?? folder;
  const near = (file: string) => path.relative(folder, file) || file;
  const config = yield* configIn(root, seen, options, near);
  const files = [config.written];
  if (options.local || hasOnlyPlans(seen)) files.push(yield* planIn(root, seen, options, near));
  const ignored = seen.clone === undefined ? undefined : yield* GitIgnore.add(root);
  if (ignored !== undefined) files.push(outcome(near(ignored), "added to"));
  if (options.json) return yield* out.print(Text.json(JSON.stringify({ files }, undefined, 2)));
  yield* out.print(InitReport.files(files, out.paint).join("\n"));
  const inside = { ...screen, folder: root };
  yield* Effect.provideService(next(config.isSilent), Screen, inside);
});

/** Without a repository on GitHub there is nothing else that could run. */
const hasOnlyPlans = ({ clone, github, plan }: Surroundings.Surroundings): boolean =>
  clone !== undefined && github.repository === undefined && plan === undefined;

/** Whoever leaves a question leaves everything as it is. */
const left = Effect.gen(function* () {
  const { error } = yield* Screen;
  yield* error.print("Nothing was written.");
});

const outcome = (file: string, did: Written["did"]): Written => ({ file, did });

/** The configuration, unless there is one. */
const configIn = Effect.fnUntraced(function* (
  root: string,
  seen: Surroundings.Surroundings,
  options: Options,
  near: (file: string) => string,
) {
  const path = yield* Path.Path;
  const own = path.join(root, ConfigChoice.candidates[0]!);
  const there = yield* ConfigChoice.find;
  const [other] = there.filter((file) => file !== own);
  const isKept = other !== undefined || (there.length > 0 && !options.force);
  if (isKept) return { written: outcome(near(other ?? own), "kept"), isSilent: false };
  const wanted = yield* InitQuestions.wanted(seen, options);
  yield* SafeFile.writeInRepository(own, InitText.config(wanted));
  return { written: outcome(near(own), "written"), isSilent: wanted.isSilent };
});

/** A plan file for the first coding agent that is here; one that is there stays. */
const planIn = Effect.fnUntraced(function* (
  root: string,
  { agents }: Surroundings.Surroundings,
  { force }: Options,
  near: (file: string) => string,
) {
  const path = yield* Path.Path;
  const here = { ...(yield* Screen), folder: root };
  const found = yield* Effect.provideService(PlanChoice.find, Screen, here);
  const file = path.join(root, found ?? "plan.yaml");
  const isKept = found !== undefined && !(force && found === "plan.yaml");
  if (isKept) return outcome(near(file), "kept");
  yield* SafeFile.writeInRepository(file, InitText.plan(agents[0]?.name));
  return outcome(near(file), "written");
});

/** Shows what would run, if that is known, and the one thing to do next. */
const next = Effect.fnUntraced(function* (isSilent: boolean) {
  const { command, error, out } = yield* Screen;
  const seen = yield* Surroundings.look();
  const { github, plan: file } = seen;
  const hasIssues = github.repository !== undefined && github.token !== undefined && !isSilent;
  const isReady = file !== undefined || hasIssues;
  const looking = Effect.andThen(out.print(""), plan(file));
  const shown = isReady ? yield* Effect.result(looking) : undefined;
  const isPlanned = shown !== undefined && Result.isSuccess(shown);
  // What was asked for is done all the same: the files are there.
  if (shown !== undefined && Result.isFailure(shown)) {
    yield* error.print(InitReport.unplanned(shown.failure.message, error.paint));
  }
  const step = NextStep.of(seen, { isPlanned });
  yield* out.print(["", ...NextStep.lines(step, command, out.paint)].join("\n"));
});

/** As the command `plan` shows it. */
const plan = Effect.fnUntraced(function* (file: string | undefined) {
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  const named = Option.map(Option.fromUndefinedOr(file), (name) => path.resolve(folder, name));
  const flags = { ...Surroundings.noFlags, repo: Option.none(), withDependencies: false };
  const read = yield* PlanRead.read({ ...flags, plan: named });
  const checked = read._tag === "PlanFile" ? read.checked.plan : undefined;
  const how = settings({ concurrency: Option.none(), mode: Option.none() }, checked, read.config);
  yield* PlanPrinter.print(read, { ...how, format: "text", isVerbose: false });
});
