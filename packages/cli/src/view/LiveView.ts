/**
 * A run as a picture that fits on the terminal: a bar, then tasks.
 *
 * Without a selected task there is something of every group: those at work
 * first, then failed ones, then those that come next. With one it is a list
 * around it. A pure function of what it is given, linear in the tasks.
 */
import type { ProgressMonitor, RunState, Task } from "@orchestrator/core";
import type { Statement } from "@orchestrator/github/Ledger";
import type { Group } from "../live/TaskOrder.ts";
import type { Paint } from "../terminal/Paint.ts";
import * as Text from "../terminal/Text.ts";
import * as Width from "../terminal/Width.ts";
import * as BudgetText from "./BudgetText.ts";
import * as TaskLine from "./TaskLine.ts";
import { clock, count, limits, roughly } from "./Words.ts";

export interface View {
  readonly state: RunState.RunState;
  readonly progress: ProgressMonitor.Progress;
  /** The tasks in their order. */
  readonly groups: ReadonlyArray<Group>;
  /** What was asked of GitHub. */
  readonly ledger: Statement | undefined;
  readonly selected: Task.TaskId | undefined;
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly paint: Paint;
}

/** Every line takes at most `columns`; there are fewer than `rows`. */
export const lines = (view: View): ReadonlyArray<string> => {
  const top = head(view);
  const room = Math.max(1, view.rows - 1 - top.length);
  return [...top, ...tasks(view, room)].slice(0, Math.max(1, view.rows - 1));
};

/** How the run stands; with few rows only the most of it. */
export const head = (view: View): ReadonlyArray<string> => {
  const { columns, paint, rows } = view;
  const all = [header(view), bar(view)];
  if (rows < 8) return all;
  const facts = Width.fit(figures(view).join(" · "), columns);
  const halt = halted(view.state);
  return [
    ...all,
    paint("dim", facts),
    ...(halt === undefined ? [] : [paint("yellow", Width.fit(halt, columns))]),
    "",
  ];
};

const header = ({ state, columns, paint }: View): string => {
  const name = Text.line(state.plan);
  const rest = `  ${state.run ?? ""}  ${state.mode}`;
  const fitted = Width.fit(name, Math.min(columns, Math.max(8, columns - Width.of(rest))));
  return paint("bold", fitted) + paint("dim", Width.fit(rest, columns - Width.of(fitted)));
};

const bar = ({ state, progress, columns, paint }: View): string => {
  const left = progress.estimated_time_remaining_seconds;
  const parts = [
    `${Math.floor(progress.completion_percentage)}%`,
    `${state.ended}/${progress.total}`,
    ...(progress.failed > 0 ? [`${progress.failed} failed`] : []),
    ...(progress.held > 0 ? [`${progress.held} held`] : []),
    clock(progress.elapsed_seconds),
    ...(progress.remaining > 0 && left !== null ? [`about ${roughly(left)} left`] : []),
    ...(state.stopping === undefined ? [] : [state.endedAt === undefined ? "stopping" : "stopped"]),
    ...(state.suspended === undefined ? [] : ["left"]),
  ];
  const text = Width.fit(`  ${parts.join(" · ")}`, Math.max(0, columns - 12));
  const room = Math.min(40, columns - Width.of(text));
  const done = Math.round((progress.completion_percentage / 100) * room);
  const style =
    progress.failed > 0
      ? "red"
      : state.stopping !== undefined || progress.held > 0
        ? "yellow"
        : "green";
  return paint(style, "█".repeat(done)) + paint("dim", "░".repeat(room - done)) + text;
};

/** Who works, what it used of what it may, and what is left of the budgets of GitHub. */
const figures = ({ ledger, state }: View): ReadonlyArray<string> => {
  const used = BudgetText.used(state.usage, state.limits);
  const resting = state.resting.size;
  return [
    `${state.atWork} of ${count(state.concurrency, "agent")} at work${resting === 0 ? "" : `, ${resting} resting`}`,
    ...(used === "" ? [] : [used]),
    ...(ledger === undefined ? [] : [onGitHub(ledger)]),
  ];
};

const onGitHub = ({ remaining, requests }: Statement): string => {
  const left = remaining.map(
    ({ limit, remaining: points, resource }) =>
      `${points}/${limit} ${resource === "rest" ? "REST" : "GraphQL"}`,
  );
  const points = left.length === 0 ? "" : `, ${left.join(" and ")} points left`;
  return `GitHub: ${count(requests, "request")}${points}`;
};

/** Why nothing new starts. */
const halted = (state: RunState.RunState): string | undefined => {
  if (state.endedAt !== undefined) return undefined;
  if (state.stopping !== undefined) {
    return `no new launches: ${Text.line(state.stopping.message, limits.line)}`;
  }
  const pauses = [
    ...(state.paused === undefined ? [] : [state.paused]),
    ...state.pausedAgents.values(),
  ];
  return pauses.length === 0
    ? undefined
    : pauses.map((pause) => BudgetText.pause(pause)).join("; ");
};

/** Fewer lines than these have no room for headings. */
const leastRoom = 10;

const tasks = (view: View, room: number): ReadonlyArray<string> => {
  if (view.selected !== undefined) return around(view, view.selected, room);
  if (room < leastRoom) return flat(view, room);
  const { columns, groups, paint } = view;
  const shares = share(groups, room - groups.length);
  const all = groups.flatMap(({ nodes }, index) => nodes.slice(0, shares[index]));
  const width = TaskLine.idWidth(view, all);
  return groups.flatMap(({ name, nodes }, index) => {
    const shown = nodes.slice(0, shares[index]);
    const of = shown.length < nodes.length ? `${shown.length} of ` : "";
    const ready = name === "Next" ? view.state.count("Ready") : 0;
    const more = ready === 0 ? "" : `, ${ready} ready`;
    return [
      paint("bold", Width.fit(`${name} (${of}${nodes.length}${more})`, columns)),
      ...shown.map((node) => TaskLine.line(view, node, width)),
    ];
  });
};

/** How many tasks of each group are shown: no group takes the room that others need to show a few. */
const share = (groups: ReadonlyArray<Group>, room: number): ReadonlyArray<number> => {
  let left = room;
  const take = (many: number): number => {
    const taken = Math.max(0, Math.min(many, left));
    left -= taken;
    return taken;
  };
  const kept = Math.max(1, Math.floor(room / 4));
  const shares = groups.map(({ name, nodes }) =>
    take(Math.min(nodes.length, name === "Ended" ? 1 : kept)),
  );
  return shares.map((many, index) => many + take(groups[index]!.nodes.length - many));
};

/** The tasks around a selected one. */
const around = (view: View, selected: Task.TaskId, room: number): ReadonlyArray<string> => {
  const nodes = view.groups.flatMap((group) => group.nodes);
  const at = nodes.indexOf(view.state.table.numberOf(selected) ?? -1);
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), nodes.length - room));
  const shown = nodes.slice(first, first + room);
  const narrow = { ...view, columns: Math.max(0, view.columns - 2) };
  const width = TaskLine.idWidth(narrow, shown);
  return shown.map((node, index) => {
    const mark = first + index === at ? view.paint("bold", "❯ ") : "  ";
    return view.columns < 4 ? "" : mark + TaskLine.line(narrow, node, width);
  });
};

const flat = (view: View, room: number): ReadonlyArray<string> => {
  const { columns, groups, paint, state } = view;
  const isWhole = state.size <= room;
  const shares = share(groups, isWhole ? room : room - 1);
  const all = groups.flatMap(({ nodes }, index) => nodes.slice(0, shares[index]));
  const width = TaskLine.idWidth(view, all);
  const body = all.map((node) => TaskLine.line(view, node, width));
  if (isWhole) return body;
  const hidden = groups
    .map(({ name, nodes }, index) => ({ name, many: nodes.length - shares[index]! }))
    .filter(({ many }) => many > 0)
    .map(({ many, name }) => `${many} ${name.toLowerCase()}`);
  const more = `… and ${state.size - all.length} more: ${hidden.join(", ")}`;
  return [...body, paint("dim", Width.fit(more, columns))].slice(0, room);
};
