/** All there is to know of one task of a run that goes on: why it is where it is, its attempts, its prompt. */
import {
  Explanation,
  ResultManager,
  type RunState,
  Situation,
  type Task,
} from "@orchestrator/core";
import * as Result from "effect/Result";
import type { Paint } from "../terminal/Paint.ts";
import * as Text from "../terminal/Text.ts";
import * as Width from "../terminal/Width.ts";
import * as BudgetText from "./BudgetText.ts";
import * as WhyText from "./WhyText.ts";
import { limits, looks, roughly } from "./Words.ts";

export interface View {
  readonly state: RunState.RunState;
  readonly columns: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly paint: Paint;
}

/** With more lines than this, nobody reads the rest of a prompt here. */
const longestPrompt = 200;

/** Every line takes at most `columns`; there may be more than fit on a screen. */
export const lines = (view: View, id: Task.TaskId): ReadonlyArray<string> => {
  const { columns, paint, state } = view;
  const task = state.get(id);
  if (task === undefined) return [Width.fit(`There is no task ${Text.line(id)}.`, columns)];
  const section = (title: string, all: ReadonlyArray<string>) =>
    all.length === 0 ? [] : ["", paint("bold", Width.fit(title, columns)), ...all];
  return [
    ...why(view, id),
    ...section("Failure", failure(view, task)),
    ...section(
      "Attempts",
      task.attempts.toReversed().flatMap((one) => attempt(view, one)),
    ),
    ...section("Prompt", prompt(view, task)),
  ];
};

const why = ({ columns, paint, state }: View, id: Task.TaskId): ReadonlyArray<string> => {
  const found = Explanation.explain(Situation.ofRun(state), id, WhyText.limits);
  if (Result.isFailure(found)) return [];
  const from = { kind: "run", name: state.run ?? "", standing: "running" } as const;
  const answer = { ...found.success, from, trust: null, steps: [] };
  return WhyText.lines({ answer, columns, paint }).map((line) => cut(line, columns));
};

/** What is told whole elsewhere must fit here. */
const cut = (line: string, columns: number): string =>
  Width.shown(line) <= columns ? line : Width.fit(Text.line(line, 4 * columns), columns);

/** Why it did not succeed, whole, or what went wrong in its last attempt. */
const failure = ({ columns, state }: View, task: RunState.TaskState): ReadonlyArray<string> => {
  const text = ResultManager.error(state, task) ?? task.attempts.at(-1)?.failure?.message;
  return text === undefined ? [] : indented(Text.lines(text), columns);
};

const indented = (all: ReadonlyArray<string>, columns: number): ReadonlyArray<string> =>
  all.flatMap((line) =>
    Width.pieces(line, Math.max(1, columns - 2)).map((piece) => Width.fit(`  ${piece}`, columns)),
  );

const attempt = (view: View, one: RunState.Attempt): ReadonlyArray<string> => {
  const { columns, paint } = view;
  const { symbol, style } = looks[phaseOf(one)];
  const fit = (text: string) => Width.fit(text, columns);
  return [
    paint(style, fit(`${symbol} ${one.number}  ${facts(view, one).join(" · ")}`)),
    ...links(one).map((link) => fit(`     ${Text.line(link)}`)),
    ...(one.summary === undefined
      ? []
      : [paint("dim", fit(`     ${Text.line(one.summary, limits.line)}`))]),
    ...(one.failure === undefined
      ? []
      : [fit(`     ${Text.line(one.failure.message, limits.line)}`)]),
  ];
};

const phaseOf = ({ cancelled, endedAt, failure: reason }: RunState.Attempt): RunState.Phase => {
  if (cancelled !== undefined) return "Cancelled";
  if (reason !== undefined) return "Failed";
  return endedAt === undefined ? "Running" : "Succeeded";
};

const facts = ({ now }: View, one: RunState.Attempt): ReadonlyArray<string> => {
  const { agent, endedAt, end, slot, startedAt } = one;
  const usage = end?.usage;
  const tokens = (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0);
  return [
    Text.line(agent, 40),
    Text.line(slot, 40),
    roughly(Math.max(0, (endedAt ?? now) - startedAt) / 1000),
    ...(usage?.costUsd === undefined ? [] : [BudgetText.dollars(usage.costUsd)]),
    ...(tokens === 0 ? [] : [`${BudgetText.tokens(tokens)} tokens`]),
    ...(one.failure === undefined ? [] : [one.failure.class]),
  ];
};

/** Where people can look at it, beside its log. */
const links = ({ change, ref }: RunState.Attempt): ReadonlyArray<string> => [
  ...(change?.pullRequests ?? []),
  ...(ref?.url === undefined || ref.url.startsWith("file:") ? [] : [ref.url]),
  ...(change?.branch === undefined ? [] : [`branch ${change.branch}`]),
];

const prompt = ({ columns, paint }: View, { task }: RunState.TaskState): ReadonlyArray<string> =>
  task.prompt === undefined
    ? []
    : indented(Text.lines(task.prompt).slice(0, longestPrompt), columns).map((line) =>
        paint("dim", line),
      );
