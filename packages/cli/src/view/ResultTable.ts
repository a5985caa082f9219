/** What became of the tasks of a run, a row each: what did not succeed comes first. */
import { ResultManager, type RunState } from "@orchestrator/core";
import type { Link } from "../terminal/Link.ts";
import type { Paint } from "../terminal/Paint.ts";
import * as Text from "../terminal/Text.ts";
import * as ResultLink from "./ResultLink.ts";
import * as Table from "./Table.ts";
import { limits, looks, seconds } from "./Words.ts";

export interface View {
  readonly state: RunState.RunState;
  readonly paint: Paint;
  readonly link: Link;
  /** Lines are cut to so many columns, if it is given. */
  readonly columns: number | undefined;
}

/** More rows than this nobody reads; the results have all. */
const shownTasks = 20;

const order: ReadonlyArray<RunState.Phase> = [
  "Failed",
  "Held",
  "Cancelled",
  "Succeeded",
  "Skipped",
];

const columns: ReadonlyArray<Table.Column> = [
  { title: "TASK" },
  { title: "OUTCOME" },
  { title: "TRIES", isRight: true },
  { title: "TIME", isRight: true },
  { title: "AGENT" },
  { title: "RESULT", least: 24 },
];

/** The table, and a line for what is not in it. */
export const lines = (view: View): ReadonlyArray<string> => {
  const { paint, state } = view;
  const nodes = inOrder(state);
  const shown = nodes.slice(0, shownTasks);
  const table = Table.lines(
    columns,
    shown.map((node) => row(view, state.at(node))),
    view.columns,
    (title) => paint("dim", title),
  );
  return shown.length === nodes.length ? table : [...table, paint("dim", rest(state, shown))];
};

const inOrder = (state: RunState.RunState): ReadonlyArray<number> => {
  const found = new Map<RunState.Phase, Array<number>>(order.map((phase) => [phase, []]));
  for (let node = 0; node < state.size; node++) found.get(state.phase(node))?.push(node);
  return [...found.values()].flat();
};

const row = ({ link, paint, state }: View, task: RunState.TaskState): ReadonlyArray<Table.Cell> => {
  const { style, symbol } = looks[task.phase];
  const taken = ResultManager.durationSeconds(task);
  const { text, url } = resultOf(state, task);
  const plain = (value: string): Table.Cell => ({ text: value });
  return [
    plain(Text.line(task.task.id, 40)),
    {
      text: `${symbol} ${task.phase.toLowerCase()}`,
      draw: (fitted) => paint(style, fitted),
    },
    plain(task.attempts.length === 0 ? "" : String(task.attempts.length)),
    plain(taken === undefined ? "" : seconds(taken)),
    plain(Text.line(task.attempts.at(-1)?.agent ?? "", 20)),
    { text, draw: (fitted) => (url === undefined ? fitted : link(fitted, url)) },
  ];
};

/** Where its work is, or why there is none. */
const resultOf = (
  state: RunState.RunState,
  task: RunState.TaskState,
): { readonly text: string; readonly url?: string } => {
  if (task.phase !== "Succeeded") {
    return { text: Text.line(ResultManager.error(state, task) ?? "", limits.line) };
  }
  const url = ResultLink.of(task);
  // The log of a local command says little about what came out.
  if (url !== undefined && !url.startsWith("file:")) return { text: Text.line(url), url };
  return { text: task.commit === undefined ? "" : `commit ${Text.line(task.commit, 10)}` };
};

const rest = (state: RunState.RunState, shown: ReadonlyArray<number>): string => {
  const hidden = new Map(order.map((phase) => [phase, state.count(phase)]));
  for (const node of shown) hidden.set(state.phase(node), hidden.get(state.phase(node))! - 1);
  const kinds = [...hidden].filter(([, many]) => many > 0);
  const told = kinds.map(([phase, many]) => `${many} ${phase.toLowerCase()}`);
  const all = kinds.reduce((sum, [, many]) => sum + many, 0);
  return `… and ${all} more: ${told.join(", ")}`;
};
