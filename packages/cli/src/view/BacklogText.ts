/** A plan of GitHub for people to read: what runs, what does not and why, and what it costs. */
import type { Paint } from "../terminal/Paint.ts";
import type {
  OutlinedDependency,
  OutlinedProblem,
  OutlinedTask,
  PlanOutline,
} from "../plan/PlanOutline.ts";
import * as Text from "../terminal/Text.ts";
import * as LedgerText from "./LedgerText.ts";
import * as PlanText from "./PlanText.ts";
import { count, some } from "./Words.ts";

/** How many characters of a title are shown. */
const longestTitle = 80;

/** How many lines each list of what does not run has at most. */
const shownLines = 20;

/** The whole text, as lines. */
export const lines = (
  plan: PlanOutline,
  paint: Paint,
  isVerbose: boolean,
): ReadonlyArray<string> => {
  const limits = PlanText.limitsOf(isVerbose);
  const most = isVerbose ? Infinity : shownLines;
  const byId = new Map(plan.tasks.map((task) => [task.id, task]));
  const listed = (title: string, ids: ReadonlyArray<string>, why: (task: OutlinedTask) => string) =>
    list(
      title,
      ids.map((id) => stopped(byId.get(id)!, why, paint)),
      most,
      paint,
    );
  return [
    paint("bold", Text.line(plan.plan)),
    ...counts(plan),
    "",
    ...(plan.waves.length === 0
      ? []
      : PlanText.waves(plan, limits, (task) => taskLine(task, paint, limits), paint)),
    ...listed("Blocked", plan.blocked, (task) => task.blocked ?? ""),
    ...listed("Untrusted", plan.untrusted, (task) => task.trust ?? ""),
    ...list("Problems", told(plan).map(problemLine), most, paint),
    ...PlanText.route(plan, paint, limits),
    ...conclusion(plan, paint, limits),
    ...LedgerText.lines(plan, paint, isVerbose),
  ];
};

/** What is wrong, a line each. */
export const problems = (plan: PlanOutline, isVerbose: boolean): ReadonlyArray<string> =>
  cut(plan.problems.map(problemLine), isVerbose ? Infinity : shownLines);

/** Errors first. Who is not trusted is told with the reason already. */
const told = ({ problems: all }: PlanOutline): ReadonlyArray<OutlinedProblem> =>
  all.filter(({ kind }) => kind !== "Untrusted").toSorted((one, other) => rank(one) - rank(other));

const rank = ({ severity }: OutlinedProblem): number => (severity === "error" ? 0 : 1);

const problemLine = ({ message, severity }: OutlinedProblem): string =>
  `${severity}: ${Text.line(message)}`;

/** How many issues there are, and what becomes of them. */
export const fates = (plan: PlanOutline): string => {
  const { blocked, launches: runnable, tasks, untrusted } = plan;
  const closed = tasks.filter(({ state }) => state !== "open").length;
  const parts = [
    `${count(runnable, "task")} can run`,
    ...(blocked.length === 0 ? [] : [`${blocked.length} blocked`]),
    ...(untrusted.length === 0 ? [] : [`${untrusted.length} untrusted`]),
    ...(closed === 0 ? [] : [`${closed} closed`]),
  ];
  return `${count(tasks.length, "issue")}: ${parts.join(", ")}`;
};

const counts = (plan: PlanOutline): ReadonlyArray<string> => {
  const { sources, tasks } = plan;
  const edges = tasks.flatMap(({ dependencies }) => dependencies);
  const satisfied = edges.filter((edge) => edge.satisfied).length;
  const dependencies = `${count(edges.length, "dependency", "dependencies")}, ${satisfied} satisfied`;
  return [
    ...(sources.length > 1
      ? [`Sources: ${sources.map((name) => Text.line(name)).join("; ")}`]
      : []),
    fates(plan),
    `${dependencies}; ${count(plan.waves.length, "wave")}; ${PlanText.manner(plan)}`,
  ];
};

const taskLine = (task: OutlinedTask, paint: Paint, limits: PlanText.Limits): string => {
  const { agent, dependencies, priority } = task;
  const after = dependencies.filter(({ satisfied }) => !satisfied).map(edge);
  const met = dependencies.filter(({ satisfied }) => satisfied).map(edge);
  const isToldAll = limits.names === Infinity && met.length > 0;
  return [
    headed(task, paint),
    ...(agent === null ? [] : [`by ${Text.line(agent)}`]),
    ...(priority === 0 ? [] : [`priority ${priority}`]),
    ...(after.length === 0 ? [] : [paint("dim", `after ${some(after, limits.names)}`)]),
    ...(isToldAll ? [paint("dim", `satisfied: ${met.join(", ")}`)] : []),
  ].join("  ");
};

const headed = ({ id, title }: OutlinedTask, paint: Paint): string =>
  `  ${Text.line(id)}  ${paint("dim", Text.line(title, longestTitle))}`;

/** `acme/shop#3 (body line 2)`, with the gate where it is not the usual one. */
const edge = ({ gate, on, source }: OutlinedDependency): string => {
  const until = gate === "merged" ? "" : ` until ${gate}`;
  return `${Text.line(on)}${until}${source === null ? "" : ` (${Text.line(source, 200)})`}`;
};

/** Why it does not run, and what it waits for with where that is stated. */
const stopped = (task: OutlinedTask, why: (task: OutlinedTask) => string, paint: Paint): string => {
  const after = task.dependencies.filter(({ satisfied }) => !satisfied).map(edge);
  const edges = after.length === 0 ? "" : paint("dim", `  after ${some(after, 4)}`);
  return `${headed(task, paint)}: ${Text.line(why(task))}${edges}`;
};

const list = (
  title: string,
  all: ReadonlyArray<string>,
  most: number,
  paint: Paint,
): ReadonlyArray<string> =>
  all.length === 0
    ? []
    : [paint("bold", `${title} (${all.length})`), ...cut(all.map(indented), most), ""];

const indented = (line: string): string => (line.startsWith("  ") ? line : `  ${line}`);

const cut = (all: ReadonlyArray<string>, most: number): ReadonlyArray<string> =>
  all.length <= most
    ? all
    : [...all.slice(0, most), `  … and ${all.length - most} more (--verbose shows all)`];

/** What would start, how long all of it takes, and how many launches that are. */
const conclusion = (
  plan: PlanOutline,
  paint: Paint,
  limits: PlanText.Limits,
): ReadonlyArray<string> => {
  const { launches, startsFirst } = plan;
  const fact = (name: string, value: string) => `${paint("bold", name.padEnd(15))}${value}`;
  if (launches === 0) return [fact("Would start", `nothing: ${idle(plan)}`)];
  return [
    fact("Would start", some(PlanText.names(startsFirst), limits.names * 2)),
    ...(plan.estimate === null
      ? [fact("Estimate", unknown(plan))]
      : PlanText.duration(plan, launches)),
    fact("Launches", `${launches}, if every task succeeds at once`),
  ];
};

const idle = ({ tasks }: PlanOutline): string =>
  tasks.length === 0
    ? "there are no such issues. Look at what is asked for: labels, milestone, status, state"
    : "no issue can run";

const unknown = ({ tasks }: PlanOutline): string => {
  const running = tasks.filter(({ wave }) => wave !== null);
  const stated = running.filter(({ estimateSeconds }) => estimateSeconds !== null);
  return `not known: ${stated.length} of ${count(running.length, "task")} estimated, at least half must be (label estimate:2h)`;
};
