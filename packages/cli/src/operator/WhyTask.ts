/** Why a task is not running: which run or plan is meant, and the answer. What the command `why` does. */
import { Explanation } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as Confirmation from "../terminal/Confirmation.ts";
import * as PlanCheck from "../plan/PlanCheck.ts";
import * as PlanRead from "../plan/PlanRead.ts";
import * as Project from "../run/Project.ts";
import * as RunChoice from "../run/RunChoice.ts";
import * as RunLook from "../run/RunLook.ts";
import * as RunWanted from "../run/RunWanted.ts";
import { Screen } from "../terminal/Screen.ts";
import * as TaskReference from "./TaskReference.ts";
import * as Text from "../terminal/Text.ts";
import type { Step } from "../view/Steps.ts";
import * as WhyText from "../view/WhyText.ts";
import * as WhySteps from "./WhySteps.ts";
import * as WhySubject from "./WhySubject.ts";

export interface Options extends PlanRead.Flags {
  /** An id; for an issue also its number or its address. */
  readonly task: string;
  readonly run: Option.Option<string>;
  readonly json: boolean;
}

/** The answer, as `why --json` prints it. */
export interface Answer extends Explanation.Explanation {
  /** The run or the plan that it is about. */
  readonly from: WhySubject.Place;
  /** Whether an issue is trusted, and why; `null` for other tasks. */
  readonly trust: string | null;
  /** What can be done about it, each with the command that does it. */
  readonly steps: ReadonlyArray<Required<Step>>;
}

/** Finds out why a task is where it is. */
export const explain = Effect.fn("WhyTask.explain")(function* (
  options: Omit<Options, "json">,
  limits: Explanation.Limits,
) {
  const { command } = yield* Screen;
  const { id, subject } = yield* find(options);
  const found = yield* Effect.fromResult(Explanation.explain(subject.situation, id, limits));
  const explanation = worded(found, subject.decided);
  const steps = WhySteps.make({ explanation, subject, command });
  const trust = subject.trust(id) ?? null;
  const answer: Answer = { ...explanation, from: subject.place, trust, steps };
  return answer;
});

/** With what was decided about tasks that count as running while nobody works on the run. */
const worded = (
  explanation: Explanation.Explanation,
  decided: WhySubject.Subject["decided"],
): Explanation.Explanation => {
  const told = <A extends Explanation.Where>(where: A): A => {
    const answer = decided.get(where.id);
    const summary = `decided: ${answer}; takes effect when the run is resumed`;
    return answer === undefined ? where : { ...where, summary };
  };
  const { causes, dependencies, roots } = explanation;
  return {
    ...told(explanation),
    dependencies: dependencies.map(told),
    causes: causes.map(told),
    roots: roots.map(told),
  };
};

/** Prints why a task is where it is. */
export const show = Effect.fn("WhyTask.show")(function* (options: Options) {
  const { out } = yield* Screen;
  const answer = yield* explain(options, options.json ? {} : WhyText.limits);
  if (options.json) return yield* out.print(Text.json(JSON.stringify(answer, undefined, 2)));
  const columns = out.size()?.columns;
  yield* out.print(WhyText.lines({ answer, columns, paint: out.paint }).join("\n"));
}, Effect.scoped);

const runOrPlan = "a run and a plan are two places to look at: name one of them.";

/** A task in what was looked at. */
interface Found {
  readonly id: string;
  readonly subject: WhySubject.Subject;
}

/** The run or the plan that is named; else the run at work or the latest, if it has the task; else the plan here. */
const find = Effect.fnUntraced(function* (options: Omit<Options, "json">) {
  const { plan, repo, run, task } = options;
  const isPlanNamed = Option.isSome(plan) || Option.isSome(repo);
  if (Option.isSome(run)) {
    if (isPlanNamed) return yield* new Confirmation.WrongCall({ message: runOrPlan });
    return yield* only(task, yield* namedRun(run.value));
  }
  if (isPlanNamed) return yield* only(task, yield* ofPlan(options));
  const latest = yield* latestRun;
  if (latest === undefined) return yield* only(task, yield* ofPlan(options));
  const id = TaskReference.find(task, latest.situation.ids());
  if (Result.isSuccess(id)) return { id: id.success, subject: latest } satisfies Found;
  const other = yield* ofPlan(options).pipe(Effect.catchTag("NoPlan", () => Effect.undefined));
  return yield* only(task, ...(other === undefined ? [] : [other]), latest);
});

/** The task in the first place; the others say what else could have been meant. */
const only = (task: string, ...subjects: ReadonlyArray<WhySubject.Subject>) => {
  const fitting = subjects.map(({ situation }) => TaskReference.find(task, situation.ids()));
  for (const [index, id] of fitting.entries()) {
    if (Result.isSuccess(id)) return Effect.succeed({ id: id.success, subject: subjects[index]! });
  }
  const places = subjects.map(({ place }) =>
    place.kind === "run" ? `the run ${place.name}` : place.name,
  );
  const several = fitting.flatMap((id) => (Result.isFailure(id) ? id.failure : []));
  const ids = subjects.flatMap(({ situation }) => [...situation.ids()]);
  const known = subjects.map(({ known: ask }) => ask(task)).find((told) => told !== undefined);
  const hint = subjects.some(({ place }) => place.kind === "github") ? onlySome : undefined;
  return Effect.fail(TaskReference.unknown(task, places, several, ids, { known, hint }));
};

const onlySome =
  "Only issues that the sources give are tasks: usually the open ones, and no pull requests.";

const namedRun = Effect.fnUntraced(function* (named: string) {
  const wanted = yield* RunWanted.open(named);
  return WhySubject.ofRun(yield* RunLook.look(wanted, wanted.run), wanted.name);
});

/** The run at work, or the latest; undefined where there is none. */
const latestRun = Effect.gen(function* () {
  const opened = yield* Project.open();
  const run = yield* RunChoice.choose(opened, Option.none());
  return WhySubject.ofRun(yield* RunLook.look(opened, run), run);
}).pipe(Effect.catchTag("NoRuns", () => Effect.undefined));

/** The plan that is meant; what is wrong with one that cannot be read is told as `plan` tells it. */
const ofPlan = Effect.fnUntraced(function* (flags: PlanRead.Flags) {
  const read = yield* PlanRead.read(flags);
  if (read._tag === "Backlog") return WhySubject.ofBacklog(read.backlog, read.config);
  const { checked, config } = read;
  if (checked.plan !== undefined) {
    return WhySubject.ofPlan({ ...checked, plan: checked.plan }, config);
  }
  const { error } = yield* Screen;
  yield* error.print(PlanCheck.text(checked).join("\n"));
  return yield* Effect.andThen(PlanCheck.refuse(checked), Effect.die("a plan without errors"));
});
