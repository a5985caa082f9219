/** A plan for people to read. */
import type { Paint } from "../Paint.ts";
import type { OutlinedTask, PlanOutline } from "../PlanOutline.ts";
import * as Routing from "../Routing.ts";
import * as Text from "../Text.ts";
import { count, path, seconds, some } from "./Words.ts";

const shownTasks = 40;
const shownWaves = 50;
const shownNames = 8;

/** The whole text, as lines. */
export const lines = (plan: PlanOutline, paint: Paint): ReadonlyArray<string> => {
  const byId = new Map(plan.tasks.map((task) => [task.id, task]));
  const edges = plan.tasks.reduce((sum, task) => sum + task.dependencies.length, 0);
  return [
    paint("bold", Text.line(plan.plan)),
    `${count(plan.tasks.length, "task")}, ${count(edges, "dependency", "dependencies")}, ${count(plan.waves.length, "wave")}; ${plan.mode}, ${count(plan.concurrency, "agent")} at once`,
    "",
    ...waves(plan, byId, paint),
    ...never(plan, paint),
    ...section("Critical path", names(plan.criticalPath), paint, path),
    ...section("Starts first", names(plan.startsFirst), paint, (all) => some(all, shownNames * 2)),
    ...duration(plan),
    ...delivery(plan),
  ];
};

const names = (ids: ReadonlyArray<string>): ReadonlyArray<string> => ids.map((id) => Text.line(id));

const section = (
  title: string,
  ids: ReadonlyArray<string>,
  paint: Paint,
  write: (ids: ReadonlyArray<string>) => string,
): ReadonlyArray<string> =>
  ids.length === 0 ? [] : [`${paint("bold", title.padEnd(15))}${write(ids)}`];

const waves = (
  plan: PlanOutline,
  byId: ReadonlyMap<string, OutlinedTask>,
  paint: Paint,
): ReadonlyArray<string> => {
  let left = shownTasks;
  const shown = plan.waves.slice(0, shownWaves).flatMap((wave, index) => {
    const title = paint("bold", `Wave ${index + 1}`);
    const [details, more] = [wave.slice(0, left), wave.length - Math.min(wave.length, left)];
    left -= details.length;
    return [
      details.length === 0 ? `${title} (${count(wave.length, "task")})` : title,
      ...details.map((id) => taskLine(byId.get(id)!, paint)),
      ...(more > 0 && details.length > 0 ? [`  … and ${more} more`] : []),
    ];
  });
  const more = plan.waves.length - shownWaves;
  return [...shown, ...(more > 0 ? [`… and ${count(more, "more wave", "more waves")}`] : []), ""];
};

const taskLine = (
  { agent, dependencies, id, priority, title }: OutlinedTask,
  paint: Paint,
): string => {
  const after = dependencies.map(({ on }) => Text.line(on));
  return [
    `  ${Text.line(id)}`,
    ...(title === id ? [] : [paint("dim", Text.line(title, 80))]),
    ...(agent === Routing.local ? [] : [`by ${Text.line(agent)}`]),
    ...(priority === 0 ? [] : [`priority ${priority}`]),
    ...(after.length === 0 ? [] : [paint("dim", `after ${some(after, shownNames)}`)]),
  ].join("  ");
};

const never = (plan: PlanOutline, paint: Paint): ReadonlyArray<string> => {
  const ids = plan.tasks.filter(({ wave }) => wave === null).map(({ id }) => id);
  return section("Never runs", names(ids), paint, (all) => some(all, shownNames * 2));
};

const duration = ({ estimate, tasks, concurrency }: PlanOutline): ReadonlyArray<string> => {
  if (estimate === null) return [];
  return [
    `Estimate       about ${seconds(estimate.seconds)} with ${count(concurrency, "agent")}; ` +
      `work ${seconds(estimate.workSeconds)}, critical path ${seconds(estimate.criticalPathSeconds)} ` +
      `(${estimate.tasks} of ${count(tasks.length, "task")} estimated)`,
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
