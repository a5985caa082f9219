/** A task of a run that goes on, on one line. */
import { ResultManager, type RunState, Situation, Task } from "@orchestrator/core";
import type { Paint } from "../terminal/Paint.ts";
import * as Text from "../terminal/Text.ts";
import * as Width from "../terminal/Width.ts";
import * as ResultLink from "./ResultLink.ts";
import { limits, looks, roughly, seconds, some } from "./Words.ts";

export interface View {
  readonly state: RunState.RunState;
  readonly columns: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly paint: Paint;
}

/** How wide the column of ids is for some tasks. */
export const idWidth = ({ state, columns }: View, nodes: ReadonlyArray<number>): number => {
  const widths = nodes.map((node) => Width.of(Text.line(state.at(node).task.id, 100)));
  return Math.min(Math.max(4, ...widths), Math.floor(columns / 3));
};

/** At most `columns` wide. */
export const line = (view: View, node: number, width: number): string => {
  const { columns, paint } = view;
  const task = view.state.at(node);
  const { symbol, style } = looks[task.phase];
  const id = Width.column(Text.line(task.task.id, 100), width);
  const tail = Width.fit(tailOf(view, task), Math.floor(columns / 2));
  const room = columns - 2 - width - 2 - (tail === "" ? 0 : Width.of(tail) + 2);
  const fill = tail === "" ? Width.fit : Width.column;
  const detail = fill(detailOf(view, task), Math.max(0, room));
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
  let [text, left] = ["", columns];
  for (const [part, width] of parts) {
    if (width > left) break;
    text += part;
    left -= width;
  }
  return text.trimEnd();
};

/** What stands at the right edge. */
const tailOf = (view: View, task: RunState.TaskState): string =>
  task.phase === "Pending"
    ? waitsFor(view.state, task)
    : [attemptOf(task), timeOf(view, task)].filter((part) => part !== "").join("  ");

/** What a task waits for. */
const waitsFor = (state: RunState.RunState, { task }: RunState.TaskState): string => {
  const found = Situation.ofRun(state).find(task.id);
  const open = found!.edges.filter(({ satisfied }) => !satisfied);
  const names = open.map(({ on }) => Text.line(on, 40));
  return names.length === 0 ? "" : `after ${some(names, 3)}`;
};

/** Which attempt it is; nothing for the first one. */
export const attemptOf = ({ attempts, phase, task }: RunState.TaskState): string => {
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
  // A log of this machine is a key away.
  if (link?.startsWith("https:")) return Text.line(link, limits.line);
  const title = Task.title(task.task);
  return title === task.task.id ? "" : Text.line(title, limits.line);
};
