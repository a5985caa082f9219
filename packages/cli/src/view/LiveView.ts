/**
 * A run as a picture that fits on the terminal: a bar, then tasks.
 *
 * With more tasks than room, those at work come first, then failed ones, then
 * those that come next; some room is kept for failures. A pure function of what
 * it is given, linear in the tasks.
 */
import { type ProgressMonitor, ResultManager, type RunState, Task } from "@orchestrator/core";
import type { Paint } from "../Paint.ts";
import * as Text from "../Text.ts";
import * as Width from "../Width.ts";
import * as ResultLink from "./ResultLink.ts";
import { clock, count, limits, looks, roughly, seconds } from "./Words.ts";

export interface View {
  readonly state: RunState.RunState;
  readonly progress: ProgressMonitor.Progress;
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly paint: Paint;
}

/** Tasks are shown in this order. */
const groups = {
  working: ["Running", "Launching", "Landing", "BackingOff"],
  failed: ["Failed", "Held"],
  others: ["Ready", "Pending", "Succeeded", "Cancelled", "Skipped"],
} satisfies Record<string, ReadonlyArray<RunState.Phase>>;

/** Every line takes at most `columns`; there are fewer than `rows`. */
export const lines = (view: View): ReadonlyArray<string> => {
  const head = [header(view), bar(view), ""];
  const room = Math.max(1, view.rows - 1 - head.length);
  return [...head, ...tasks(view, room)].slice(0, Math.max(1, view.rows - 1));
};

const header = ({ state, columns, paint }: View): string => {
  const name = Text.line(state.plan);
  const rest = `  ${state.run ?? ""}  ${state.mode}, ${count(state.concurrency, "agent")} at once`;
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

const tasks = (view: View, room: number): ReadonlyArray<string> => {
  const total = view.state.size;
  const shown = choose(byPhase(view.state, room), total > room ? room - 1 : room);
  const width = idWidth(view, shown);
  const body = shown.map((node) => taskLine(view, node, width));
  if (shown.length >= total) return body;
  return [...body, view.paint("dim", Width.fit(more(view, shown), view.columns))].slice(0, room);
};

type Nodes = ReadonlyArray<number>;

/** The first nodes in each phase, as many as there is room for at most. */
const byPhase = (
  state: RunState.RunState,
  room: number,
): ((phases: ReadonlyArray<RunState.Phase>) => Nodes) => {
  const found = new Map<RunState.Phase, Array<number>>();
  for (let node = 0; node < state.size; node++) {
    const phase = state.phase(node);
    const nodes = found.get(phase);
    if (nodes === undefined) found.set(phase, [node]);
    else if (nodes.length < room) nodes.push(node);
  }
  return (phases) => phases.flatMap((phase) => found.get(phase) ?? []);
};

const choose = (nodes: ReturnType<typeof byPhase>, room: number): Nodes => {
  const [working, failed] = [nodes(groups.working), nodes(groups.failed)];
  const kept = Math.min(failed.length, Math.max(1, Math.floor(room / 4)));
  const first = [...working.slice(0, room - kept), ...failed];
  return [...first, ...nodes(groups.others)].slice(0, room);
};

const idWidth = ({ state, columns }: View, nodes: ReadonlyArray<number>): number => {
  const widths = nodes.map((node) => Width.of(Text.line(state.at(node).task.id, 100)));
  return Math.min(Math.max(4, ...widths), Math.floor(columns / 3));
};

const taskLine = (view: View, node: number, width: number): string => {
  const { columns, paint } = view;
  const task = view.state.at(node);
  const { symbol, style } = looks[task.phase];
  const id = Width.column(Text.line(task.task.id, 100), width);
  const [attempt, time] = [attemptOf(task), timeOf(view, task)];
  const tail = [attempt, time].filter((part) => part !== "").join("  ");
  const room = columns - 2 - width - 2 - (tail === "" ? 0 : Width.of(tail) + 2);
  const detail = Width.column(detailOf(view, task), Math.max(0, room));
  const isOver = task.phase === "Failed" || task.phase === "Held";
  return Width.of(id) + 2 >= columns
    ? Width.fit(`${symbol} ${id}`, columns)
    : fitted(columns, [
        [paint(style, symbol) + " ", 2],
        [`${id}  `, width + 2],
        [isOver ? paint(style, detail) : paint("dim", detail), Math.max(0, room)],
        [tail === "" ? "" : `  ${tail}`, tail === "" ? 0 : Width.of(tail) + 2],
      ]);
};

/** Parts with their widths, as far as they fit. */
const fitted = (columns: number, parts: ReadonlyArray<readonly [string, number]>): string => {
  let [line, left] = ["", columns];
  for (const [text, width] of parts) {
    if (width > left) break;
    line += text;
    left -= width;
  }
  return line.trimEnd();
};

const attemptOf = ({ attempts, phase, task }: RunState.TaskState): string => {
  const tries = attempts.length;
  if (tries <= 1 && phase !== "BackingOff") return "";
  const most = task.retry?.attempts;
  return most === undefined || most < tries ? `attempt ${tries}` : `attempt ${tries}/${most}`;
};

const timeOf = ({ now }: View, task: RunState.TaskState): string => {
  switch (task.phase) {
    case "Launching":
    case "Running":
      return roughly(Math.max(0, now - (task.attempts.at(-1)?.startedAt ?? now)) / 1000);
    case "BackingOff":
      return `again in ${roughly(Math.max(0, (task.retryAt ?? now) - now) / 1000)}`;
    case "Landing":
      return "landing";
    default: {
      const taken = ResultManager.durationSeconds(task);
      return taken === undefined ? "" : seconds(taken);
    }
  }
};

const detailOf = ({ state }: View, task: RunState.TaskState): string => {
  const failure = task.attempts.at(-1)?.failure?.message;
  switch (task.phase) {
    case "Failed":
    case "Held":
    case "Skipped":
    case "Cancelled":
      return Text.line(ResultManager.error(state, task) ?? failure ?? "", limits.line);
    case "BackingOff":
      return Text.line(failure ?? "", limits.line);
    case "Running":
    case "Landing":
      if (task.progress !== undefined) return Text.line(task.progress, limits.line);
  }
  const link = task.phase === "Succeeded" ? ResultLink.of(task) : undefined;
  if (link !== undefined) return Text.line(link, limits.line);
  const title = Task.title(task.task);
  return title === task.task.id ? "" : Text.line(title, limits.line);
};

/** What is not shown, by kind. */
const more = ({ state }: View, shown: ReadonlyArray<number>): string => {
  const hidden = new Map<string, number>();
  const add = (phase: RunState.Phase, many: number) => {
    const kind = kindOf(phase);
    hidden.set(kind, (hidden.get(kind) ?? 0) + many);
  };
  for (const phase of Object.values(groups).flat()) add(phase, state.count(phase));
  for (const node of shown) add(state.phase(node), -1);
  const kinds = [...hidden].filter(([, many]) => many > 0).map(([kind, many]) => `${many} ${kind}`);
  return `… and ${state.size - shown.length} more: ${kinds.join(", ")}`;
};

const kindOf = (phase: RunState.Phase): string => {
  switch (phase) {
    case "Pending":
    case "Ready":
      return "waiting";
    case "Launching":
    case "Running":
    case "Landing":
    case "BackingOff":
      return "at work";
    default:
      return phase.toLowerCase();
  }
};
