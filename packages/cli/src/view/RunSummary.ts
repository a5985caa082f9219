/** What came out of a run, for people: figures, what failed and why, where everything is, what to try. */
import { ResultManager, type RunState } from "@orchestrator/core";
import * as Link from "../terminal/Link.ts";
import type { Paint } from "../terminal/Paint.ts";
import type { RunPlaces } from "../run/RunPlaces.ts";
import * as Shell from "../terminal/Shell.ts";
import * as Text from "../terminal/Text.ts";
import * as BudgetText from "./BudgetText.ts";
import * as ResultTable from "./ResultTable.ts";
import * as Steps from "./Steps.ts";
import { count, limits, looks, outcomeWord, path, percent, seconds, some } from "./Words.ts";

export interface Ended {
  readonly result: ResultManager.RunResult;
  readonly places: RunPlaces;
}

/** Where it is told. */
export interface Medium {
  /** The table is cut to so many columns, if it is given. */
  readonly columns?: number | undefined;
  readonly link?: Link.Link;
}

const shownFailures = 20;
const shownLines = 12;

/** The whole text, as lines. */
export const lines = (
  ended: Ended,
  paint: Paint,
  { columns, link = Link.none }: Medium = {},
): ReadonlyArray<string> => {
  const { result } = ended;
  return [
    "",
    headline(ended, paint),
    ...figures(result.summary, result.state),
    "",
    ...ResultTable.lines({ state: result.state, paint, link, columns }),
    ...failures(ended, paint),
    ...skipped(result.state, paint),
    ...duplicates(result.state, paint),
    "",
    ...places(ended, paint),
  ];
};

const headline = ({ result }: Ended, paint: Paint): string => {
  const { total, succeeded, wall_seconds } = result.summary;
  const time = seconds(wall_seconds);
  if (result.outcome === "succeeded") {
    return paint("green", `✓ ${count(succeeded, "task")} succeeded in ${time}`);
  }
  const of = `${succeeded} of ${count(total, "task")} succeeded in ${time}`;
  if (result.outcome === "held") return paint("yellow", `? held: ${of}`);
  return hasOnlyCancelled(result)
    ? paint("yellow", `■ ${outcomeWord(result.outcome, 0)}: ${of}`)
    : paint("red", `✗ ${result.outcome}: ${of}`);
};

/** Whether nothing failed, and what is missing was cancelled or left out. */
const hasOnlyCancelled = ({ outcome: ended, summary }: ResultManager.RunResult): boolean =>
  ended === "cancelled" || (ended === "failed" && summary.failed === 0);

const figures = (
  summary: ResultManager.Summary,
  state: RunState.RunState,
): ReadonlyArray<string> => {
  const outcomes = (["succeeded", "failed", "held", "skipped", "cancelled"] as const)
    .filter((outcome) => summary[outcome] > 0)
    .map((outcome) => `${summary[outcome]} ${outcome}`);
  const chain = summary.critical_path.map((id) => Text.line(id, 60));
  const used = BudgetText.used(state.usage, state.limits);
  return [
    `  ${[...outcomes, count(summary.attempts, "attempt")].join(", ")}`,
    `  parallel efficiency ${percent(summary.parallel_efficiency)} with ${count(state.concurrency, "agent")}`,
    ...(chain.length > 1
      ? [`  critical path ${seconds(summary.critical_path_seconds)}: ${path(chain)}`]
      : []),
    ...(used === "" ? [] : [`  used ${used}`]),
  ];
};

const failures = (ended: Ended, paint: Paint): ReadonlyArray<string> => {
  const { state } = ended.result;
  const found: Array<RunState.TaskState> = [];
  for (let node = 0; node < state.size; node++) {
    const phase = state.phase(node);
    if (phase === "Failed" || phase === "Held") found.push(state.at(node));
  }
  const shown = found.slice(0, shownFailures).flatMap((task) => failure(ended, task, paint));
  const rest = found.length - shownFailures;
  return [...shown, ...(rest > 0 ? [`… and ${rest} more; all are in the results`] : [])];
};

const failure = (
  { places: { logOf }, result }: Ended,
  task: RunState.TaskState,
  paint: Paint,
): ReadonlyArray<string> => {
  const { symbol, style } = looks[task.phase];
  const tries = task.attempts.length > 1 ? ` after ${count(task.attempts.length, "attempt")}` : "";
  const { first, last, isCut } = shortened(ResultManager.error(result.state, task) ?? "");
  const log = logOf(task);
  return [
    "",
    `${paint(style, `${symbol} ${Text.line(task.task.id)}`)} ${task.phase.toLowerCase()}${tries}: ${first}`,
    ...(isCut ? [paint("dim", "    …")] : []),
    ...last.map((line) => paint("dim", `    ${line}`)),
    ...(log === undefined ? [] : [`  log: ${Text.line(log)}`]),
  ];
};

/** The first line of a reason and, as far as there is room, its last ones: they tell most. */
const shortened = (text: string) => {
  const [start = "", ...rest] = Text.lines(text);
  const first = Text.shorten(start, limits.line);
  const last: Array<string> = [];
  let room = limits.reason - first.length;
  for (const line of rest.slice(-shownLines).toReversed()) {
    if (room <= 0) break;
    const shown = Text.shorten(line, last.length === 0 ? Math.min(room, limits.line) : room);
    last.unshift(shown);
    room -= shown.length;
    if (shown !== line) break;
  }
  return { first, last, isCut: rest.length > last.length };
};

/** How many tasks each failure keeps from running. */
const skipped = (state: RunState.RunState, paint: Paint): ReadonlyArray<string> => {
  const byRoot = new Map<string, Array<string>>();
  for (let node = 0; node < state.size; node++) {
    if (state.phase(node) !== "Skipped") continue;
    const { reason, task } = state.at(node);
    const root = reason?._tag === "DependencyFailed" ? reason.root : undefined;
    if (root === undefined) continue;
    const ids = byRoot.get(root);
    if (ids === undefined) byRoot.set(root, [Text.line(task.id, 60)]);
    else ids.push(Text.line(task.id, 60));
  }
  const all = [...byRoot].slice(0, shownFailures);
  return all.length === 0
    ? []
    : [
        "",
        ...all.map(([root, ids]) =>
          paint("dim", `− skipped because of ${Text.line(root, 60)}: ${some(ids, 8)}`),
        ),
      ];
};

/** Agent runs that one launch too many or a back-end made; whoever pays for them must know. */
const duplicates = ({ duplicates: all }: RunState.RunState, paint: Paint): ReadonlyArray<string> =>
  all.length === 0
    ? []
    : [
        "",
        ...all.slice(0, shownFailures).map(({ attempt, refs, task }) => {
          const runs = refs.map(({ id, url }) => Text.line(url ?? id, 200));
          const launch = `attempt ${attempt} of ${Text.line(task, 60)}`;
          return paint("red", `! ${launch} has ${refs.length} agent runs: ${some(runs, 8)}`);
        }),
      ];

const places = ({ places: at, result }: Ended, paint: Paint): ReadonlyArray<string> => {
  const row = (name: string, value: string) =>
    `${paint("bold", name.padEnd(9))}${Text.line(value)}`;
  const next = Steps.lines(steps(result, at));
  return [
    row("Results", at.exported === undefined ? at.results : `${at.exported} (and ${at.results})`),
    row("Logs", at.logs),
    ...(at.branch === undefined ? [] : [row("Branch", at.branch)]),
    ...next.map((value, index) => paint("bold", (index === 0 ? "Next" : "").padEnd(9)) + value),
  ];
};

const steps = (
  result: ResultManager.RunResult,
  { anew, command, name, resume, takeOver }: RunPlaces,
): ReadonlyArray<Steps.Step> => {
  const { state } = result;
  const isCancelled = hasOnlyCancelled(result);
  const overdue = state.overdueReports;
  const runAgain = `${command} ${Shell.line(...anew)}`;
  const again = `${command} ${Shell.line("retry", "--failed", "--run", name)}`;
  return [
    ...(takeOver === undefined || state.count("Succeeded") === 0
      ? []
      : [{ what: "take the work over", command: takeOver }]),
    ...(state.count("Held") > 0
      ? [{ what: "see what held tasks ask", command: `${command} ${Shell.line("held", name)}` }]
      : []),
    ...(result.outcome === "failed" && !isCancelled
      ? [
          { what: "read the logs, then try again what failed", command: again },
          { what: "or correct the plan and run it anew", command: runAgain },
        ]
      : []),
    ...(isCancelled ? [{ what: "run the rest after all", command: again }] : []),
    ...(overdue > 0
      ? [{ what: `tell ${count(overdue, "issue")} how it ended`, command: resume }]
      : []),
    {
      what: "print a row per task",
      command: `${command} ${Shell.line("export", name, "--format", "csv")}`,
    },
  ];
};
