/** A plan for people to read. */
import type { Paint } from "../terminal/Paint.ts";
import type { OutlinedTask, PlanOutline } from "../plan/PlanOutline.ts";
import * as Routing from "../plan/Routing.ts";
import * as Text from "../terminal/Text.ts";
import { count, path, seconds, some } from "./Words.ts";

/** How much is shown of a long plan. */
export interface Limits {
  readonly tasks: number;
  readonly waves: number;
  readonly names: number;
}

/** What people read, or all there is. */
export const limitsOf = (isVerbose: boolean): Limits =>
  isVerbose
    ? { tasks: Infinity, waves: Infinity, names: Infinity }
    : { tasks: 40, waves: 50, names: 8 };

/** The whole text of a plan file, as lines. */
export const lines = (
  plan: PlanOutline,
  paint: Paint,
  isVerbose = false,
): ReadonlyArray<string> => {
  const edges = plan.tasks.reduce((sum, task) => sum + task.dependencies.length, 0);
  const limits = limitsOf(isVerbose);
  return [
    paint("bold", Text.line(plan.plan)),
    `${count(plan.tasks.length, "task")}, ${count(edges, "dependency", "dependencies")}, ${count(plan.waves.length, "wave")}; ${manner(plan)}`,
    "",
    ...waves(plan, limits, (task) => taskLine(task, paint, limits), paint),
    ...never(plan, paint, limits),
    ...route(plan, paint, limits),
    ...section("Starts first", names(plan.startsFirst), paint, (all) =>
      some(all, limits.names * 2),
    ),
    ...duration(plan, plan.tasks.length),
    ...delivery(plan),
  ];
};

/** How it runs: `parallel, 4 agents at once`. */
export const manner = ({ concurrency, mode }: PlanOutline): string =>
  `${mode}, ${count(concurrency, "agent")} at once`;

/** Ids as they may be shown. */
export const names = (ids: ReadonlyArray<string>): ReadonlyArray<string> =>
  ids.map((id) => Text.line(id));

/** A title, and what belongs to it on the same line; nothing for nothing. */
export const section = (
  title: string,
  ids: ReadonlyArray<string>,
  paint: Paint,
  write: (ids: ReadonlyArray<string>) => string,
): ReadonlyArray<string> =>
  ids.length === 0 ? [] : [`${paint("bold", title.padEnd(15))}${write(ids)}`];

/** The critical path on one line. */
export const route = (plan: PlanOutline, paint: Paint, limits: Limits): ReadonlyArray<string> =>
  section("Critical path", names(plan.criticalPath), paint, (ids) =>
    limits.names === Infinity ? path(ids, Infinity) : path(ids),
  );

/** The waves with their tasks, one a line; of many the first, and how many more there are. */
export const waves = (
  plan: PlanOutline,
  limits: Limits,
  write: (task: OutlinedTask) => string,
  paint: Paint,
): ReadonlyArray<string> => {
  const byId = new Map(plan.tasks.map((task) => [task.id, task]));
  let left = limits.tasks;
  const shown = plan.waves.slice(0, limits.waves).flatMap((wave, index) => {
    const title = paint("bold", `Wave ${index + 1}`);
    const [details, more] = [wave.slice(0, left), wave.length - Math.min(wave.length, left)];
    left -= details.length;
    return [
      details.length === 0 ? `${title} (${count(wave.length, "task")})` : title,
      ...details.map((id) => write(byId.get(id)!)),
      ...(more > 0 && details.length > 0 ? [`  … and ${more} more`] : []),
    ];
  });
  const more = plan.waves.length - limits.waves;
  return [...shown, ...(more > 0 ? [`… and ${count(more, "more wave", "more waves")}`] : []), ""];
};

const taskLine = (
  { agent, dependencies, id, priority, title }: OutlinedTask,
  paint: Paint,
  limits: Limits,
): string => {
  const after = dependencies.map(({ on }) => Text.line(on));
  return [
    `  ${Text.line(id)}`,
    ...(title === id ? [] : [paint("dim", Text.line(title, 80))]),
    ...(agent === null || agent === Routing.local ? [] : [`by ${Text.line(agent)}`]),
    ...(priority === 0 ? [] : [`priority ${priority}`]),
    ...(after.length === 0 ? [] : [paint("dim", `after ${some(after, limits.names)}`)]),
  ].join("  ");
};

const never = (plan: PlanOutline, paint: Paint, limits: Limits): ReadonlyArray<string> => {
  const ids = plan.tasks.filter(({ wave }) => wave === null).map(({ id }) => id);
  return section("Never runs", names(ids), paint, (all) => some(all, limits.names * 2));
};

/** About how long it takes, if that is known. */
export const duration = (
  { concurrency, estimate }: PlanOutline,
  all: number,
): ReadonlyArray<string> => {
  if (estimate === null) return [];
  return [
    `Estimate       about ${seconds(estimate.seconds)} with ${count(concurrency, "agent")}; ` +
      `work ${seconds(estimate.workSeconds)}, critical path ${seconds(estimate.criticalPathSeconds)} ` +
      `(${estimate.tasks} of ${count(all, "task")} estimated)`,
  ];
};

/** What waits for a task of Codegen does not wait for its pull request. */
const delivery = ({ tasks }: PlanOutline): ReadonlyArray<string> => {
  const remote = new Set(
    tasks.filter(({ agent }) => agent === Routing.codegen).map(({ id }) => id),
  );
  const isWaitedFor = tasks.some(({ dependencies }) =>
    dependencies.some(({ on }) => remote.has(on)),
  );
  return isWaitedFor
    ? [
        "Pull requests  of Codegen are delivered, not merged: what depends on them starts when their agents have ended",
      ]
    : [];
};
