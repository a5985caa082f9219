/** The end of what the agent of a task printed. */
import type { RunState, Task } from "@orchestrator/core";
import type { Paint } from "../terminal/Paint.ts";
import * as Text from "../terminal/Text.ts";
import * as Width from "../terminal/Width.ts";
import * as TaskLine from "./TaskLine.ts";
import { looks } from "./Words.ts";

/** A log file, as it is at a moment. */
export interface Log {
  /** As people would type it where they are. */
  readonly file: string;
  /** Its end; undefined if there is no such file. */
  readonly text: string | undefined;
}

export interface View {
  readonly state: RunState.RunState;
  readonly columns: number;
  readonly paint: Paint;
}

/** Every line takes at most `columns`; there may be more than fit on a screen. */
export const lines = (
  { columns, paint, state }: View,
  id: Task.TaskId,
  log: Log | undefined,
): ReadonlyArray<string> => {
  const task = state.get(id);
  const { symbol } = looks[task?.phase ?? "Pending"];
  const name = `${symbol} ${Text.line(id, 100)}`;
  const fit = (text: string) => Width.fit(text, columns);
  const tell = (text: string) => [paint("bold", fit(name)), paint("dim", fit(text))];
  if (task === undefined || task.attempts.length === 0) {
    return tell("No agent has worked on it yet.");
  }
  if (log === undefined || log.text === undefined) return tell(elsewhere(task));
  const head = [name, TaskLine.attemptOf(task), Text.line(log.file)].filter((part) => part !== "");
  const printed = broken(log.text, Math.max(1, columns));
  const isEmpty = printed.length === 1 && printed[0] === "";
  return [
    paint("bold", fit(head.join("  "))),
    ...(isEmpty ? [paint("dim", fit("Nothing was printed yet."))] : printed.map(fit)),
  ];
};

/** More lines than this nobody scrolls through; the file has all. */
const mostLines = 500;

let known: { text: string; columns: number; pieces: ReadonlyArray<string> } | undefined;

/** The end of a text on lines that fit. Most pictures show the same text as the one before. */
const broken = (text: string, columns: number): ReadonlyArray<string> => {
  if (known?.text !== text || known.columns !== columns) {
    const all = Text.tail(text).slice(-mostLines);
    const pieces = all.flatMap((line) => Width.pieces(line, columns)).slice(-mostLines);
    known = { text, columns, pieces };
  }
  return known.pieces;
};

const elsewhere = ({ attempts }: RunState.TaskState): string => {
  const url = attempts.at(-1)?.ref?.url;
  return url === undefined
    ? "Its agent keeps no log here."
    : `Its agent tells more at ${Text.line(url)}`;
};
