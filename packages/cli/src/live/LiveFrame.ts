/** What a run looks like at a moment for somebody who looks at one of its sides, as lines that fit on the terminal. */
import type { Task } from "@orchestrator/core";
import * as Width from "../terminal/Width.ts";
import * as LiveView from "../view/LiveView.ts";
import * as LogPane from "../view/LogPane.ts";
import * as TaskDetails from "../view/TaskDetails.ts";
import * as Text from "../terminal/Text.ts";
import type { Model } from "./LiveModel.ts";

export interface View extends Omit<LiveView.View, "selected"> {
  /** Undefined where nobody can press a key. */
  readonly model: Model | undefined;
  /** The end of the log of the selected task, if it is looked at. */
  readonly log: LogPane.Log | undefined;
}

export interface Frame {
  readonly lines: ReadonlyArray<string>;
  /** How far the pane can be scrolled, and how many lines of it are shown. */
  readonly most: number;
  readonly page: number;
}

/** Every line takes at most `columns`; there are fewer than `rows`. */
export const draw = (view: View): Frame => {
  const { model, rows } = view;
  if (model === undefined) return whole(LiveView.lines({ ...view, selected: undefined }));
  const below = footer(view, model);
  const above = rows - 1 - below.length;
  if (above < 1) return whole(below.slice(0, Math.max(1, rows - 1)));
  const inner = { ...view, rows: above + 1, selected: model.task };
  if (model.pane === "tasks" || model.task === undefined) {
    const lines = LiveView.lines(inner);
    return { lines: [...lines, ...below], most: 0, page: Math.max(1, lines.length - 4) };
  }
  return pane(inner, model, model.task, below);
};

const whole = (lines: ReadonlyArray<string>): Frame => ({ lines, most: 0, page: 1 });

/** How the run stands, then as much of a pane as there is room for. */
const pane = (
  view: LiveView.View & Pick<View, "log">,
  { pane: side, scroll }: Model,
  task: Task.TaskId,
  below: ReadonlyArray<string>,
): Frame => {
  const head = LiveView.head(view).slice(0, view.rows < 16 ? 1 : undefined);
  const page = Math.max(1, view.rows - 1 - head.length);
  const all = side === "log" ? LogPane.lines(view, task, view.log) : TaskDetails.lines(view, task);
  const most = Math.max(0, all.length - page);
  const away = Math.min(scroll, most);
  const first = side === "log" ? most - away : away;
  const shown = all.slice(first, first + page);
  return {
    lines: [...head, ...shown, ...below].slice(-(view.rows - 1 + below.length)),
    most,
    page,
  };
};

/** What can be done, or what somebody is asked or told. */
const footer = (view: View, model: Model): ReadonlyArray<string> => {
  const { columns, paint } = view;
  const { isHelping, notice, question } = model;
  const fit = (text: string) => Width.fit(text, columns);
  if (question !== undefined) {
    return [paint("yellow", fit(`Cancel ${Text.line(question, 60)}? y/n`))];
  }
  if (notice !== undefined) return [paint("yellow", fit(Text.line(notice)))];
  const keys = isHelping ? [moving(model), ...acting(view)] : short[model.pane];
  return Width.wrap(keys.map(unbroken).join(" · "), columns, "").map((line) =>
    paint("dim", fit(line.replaceAll("\u00a0", " "))),
  );
};

/** Lines are broken between keys, not within what one of them does. */
const unbroken = (text: string): string => text.replaceAll(" ", "\u00a0");

const short: Readonly<Record<Model["pane"], ReadonlyArray<string>>> = {
  tasks: ["↑↓ select", "Enter details", "l log", "q leave", "? all keys"],
  details: ["↑↓ scroll", "l log", "Esc back", "q leave", "? all keys"],
  log: ["↑↓ scroll", "Enter details", "Esc back", "q leave", "? all keys"],
};

const moving = ({ pane: side }: Model): string =>
  `↑↓ j k PgUp PgDn g G ${side === "tasks" ? "select" : "scroll"}`;

const acting = ({ state }: View): ReadonlyArray<string> => [
  "Enter details",
  "l log",
  "c cancel the task",
  "r run it again",
  state.paused === undefined && state.pausedAgents.size === 0
    ? "p pause launches"
    : "p go on with launches",
  "Esc back",
  "q leave: agents go on, the run can be resumed",
  "? fewer keys",
];
