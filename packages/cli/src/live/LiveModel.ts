/**
 * What somebody looks at in a run that goes on, and what keys do to it.
 *
 * A pure state machine: a model and a key give the next model, and what is
 * wished of the run if there is anything.
 */
import type { Task } from "@orchestrator/core";
import type { Key } from "../terminal/Keyboard.ts";

export interface Model {
  readonly pane: "tasks" | "details" | "log";
  /** The selected task. */
  readonly task: Task.TaskId | undefined;
  /** Lines that are scrolled away: from the first line on, in a log from the last one back. */
  readonly scroll: number;
  /** The task whose cancellation is asked about. */
  readonly question: Task.TaskId | undefined;
  readonly isHelping: boolean;
  /** What came of the last wish, until another key is pressed. */
  readonly notice: string | undefined;
}

/** What somebody wants of the run. */
export type Wish =
  | { readonly _tag: "Cancel" | "Retry"; readonly task: Task.TaskId }
  | { readonly _tag: "Pause" | "Unpause" | "Leave" };

/** What keys need to know beside the model. */
export interface Around {
  /** All tasks, in the order in which they are shown. */
  readonly order: () => ReadonlyArray<Task.TaskId>;
  /** How far the pane can be scrolled. */
  readonly most: number;
  /** How many lines a page has. */
  readonly page: number;
  readonly isPaused: boolean;
}

export interface Next {
  readonly model: Model;
  readonly wish?: Wish;
}

export const initial: Model = {
  pane: "tasks",
  task: undefined,
  scroll: 0,
  question: undefined,
  isHelping: false,
  notice: undefined,
};

/** What a key does. */
export const press = (before: Model, key: Key, around: Around): Next => {
  const model: Model = { ...before, notice: undefined };
  // Leaving is possible from everywhere.
  if (key === "ctrl+c") return { model: { ...model, question: undefined }, wish: leave };
  if (before.question !== undefined) return answered(model, before.question, key);
  const steps = moves(around)[key];
  if (steps !== undefined) return { model: move(model, steps, around) };
  switch (key) {
    case "return":
    case "enter":
      return { model: opened(model, "details", around) };
    case "l":
      return { model: opened(model, "log", around) };
    case "escape":
    case "backspace":
      return { model: back(model) };
    case "?":
      return { model: { ...model, isHelping: !model.isHelping } };
    case "q":
      return { model, wish: leave };
    case "p":
      return { model, wish: { _tag: around.isPaused ? "Unpause" : "Pause" } };
    default:
      return aboutTask(model, key);
  }
};

const leave: Wish = { _tag: "Leave" };

/** Only a clear yes is one. */
const answered = (model: Model, task: Task.TaskId, key: Key): Next => {
  const asked = { ...model, question: undefined };
  return key === "y" || key === "Y"
    ? { model: asked, wish: { _tag: "Cancel", task } }
    : { model: { ...asked, notice: "Nothing was cancelled." } };
};

const aboutTask = (model: Model, key: Key): Next => {
  if (key !== "c" && key !== "r") return { model };
  const { task } = model;
  if (task === undefined) return { model: { ...model, notice: "Select a task first: ↑ ↓" } };
  return key === "c"
    ? { model: { ...model, question: task } }
    : { model, wish: { _tag: "Retry", task } };
};

/** How many lines each key goes down; a minus is up. */
const moves = ({ page }: Around): Readonly<Record<Key, number>> => ({
  up: -1,
  k: -1,
  down: 1,
  j: 1,
  pageup: -page,
  pagedown: page,
  space: page,
  home: -Infinity,
  g: -Infinity,
  end: Infinity,
  G: Infinity,
});

const move = (model: Model, steps: number, around: Around): Model => {
  const { pane, scroll } = model;
  if (pane === "tasks") return { ...model, task: selected(model, steps, around.order()) };
  const wanted = pane === "log" ? scroll - steps : Math.min(scroll, around.most) + steps;
  return { ...model, scroll: clamp(wanted, around.most) };
};

/** Without a selected task, down selects the first one and up the last. */
const selected = (
  { task }: Model,
  steps: number,
  order: ReadonlyArray<Task.TaskId>,
): Task.TaskId | undefined => {
  const at = task === undefined ? -1 : order.indexOf(task);
  const isFromTop = steps === -Infinity || (steps > 0 && steps < Infinity);
  if (at === -1) return order.at(isFromTop ? 0 : -1);
  return order[clamp(at + steps, order.length - 1)];
};

const clamp = (value: number, most: number): number => Math.max(0, Math.min(value, most));

const opened = (model: Model, pane: Model["pane"], { order }: Around): Model => {
  const task = model.task ?? order()[0];
  return task === undefined ? model : { ...model, task, pane, scroll: 0 };
};

/** From a pane to the tasks, from a selected task to none. */
const back = (model: Model): Model =>
  model.pane === "tasks"
    ? { ...model, task: undefined, isHelping: false }
    : { ...model, pane: "tasks", scroll: 0 };
