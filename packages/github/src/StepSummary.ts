/**
 * A run as one page of Markdown: for the page of a job in GitHub Actions, or for a comment.
 *
 * What needs somebody comes first. All that others wrote goes through `MarkdownText`.
 */
import { ResultManager, type RunState, Task } from "@orchestrator/core";
import type { Hosts } from "./internal/reports/active.ts";
import { hostsOf, issueOf } from "./internal/reports/place.ts";
import { count, lasted, row, signs } from "./internal/reports/words.ts";
import type { Statement } from "./Ledger.ts";
import * as MarkdownText from "./MarkdownText.ts";

/** What the summary says besides the run. */
export interface Options {
  /** What the run has cost at GitHub so far. */
  readonly ledger?: Statement | undefined;
  /** Where people read about issues and pull requests (default `github.com`). */
  readonly host?: string | undefined;
  /** Other hosts that links may lead to. */
  readonly linkHosts?: Hosts | undefined;
  /** The most bytes of the text (default 1,000,000; GitHub takes 1 MiB for a step, 65,536 characters for a comment). */
  readonly mostBytes?: number | undefined;
}

const limits = { id: 150, name: 80, title: 100, reason: 250, warning: 300 };
const mostWarnings = 10;
const usualBytes = 1_000_000;
/** What is kept free for everything but the rows of the table. */
const frameBytes = 16_000;

/** The page. */
export const make = (state: RunState.RunState, options: Options = {}): string => {
  const { host = "github.com", linkHosts = [], mostBytes = usualBytes } = options;
  const summary = ResultManager.summary(state, state.concurrency);
  const parts = [
    heading(state),
    figures(state, summary),
    table(state, [host, ...linkHosts], mostBytes - frameBytes),
    warnings(state.warnings),
    options.ledger === undefined ? [] : [ledgerLine(options.ledger, summary.total)],
  ];
  const text = parts.filter((part) => part.length > 0).map((part) => part.join("\n"));
  return `${text.join("\n\n")}\n`;
};

const outcomes = {
  succeeded: "🟢 succeeded",
  failed: "🔴 ended without all tasks",
  held: "🟡 held: somebody has to decide",
  cancelled: "⚫ cancelled",
} as const;

const heading = ({ outcome, plan, run, suspended }: RunState.RunState): ReadonlyArray<string> => {
  const going = suspended === undefined ? "🔵 goes on" : "🟠 left before its end";
  const how = outcome === undefined ? going : outcomes[outcome];
  return [
    `### ${how}`,
    "",
    `Run ${MarkdownText.span(run ?? "", limits.name)} of ${MarkdownText.inline(plan, limits.title)}`,
  ];
};

const figures = (
  { busyMillis, concurrency }: RunState.RunState,
  summary: ResultManager.Summary,
): ReadonlyArray<string> => {
  const kinds = ["succeeded", "failed", "held", "skipped", "cancelled"] as const;
  const ended = kinds.map((kind) => [kind, summary[kind]] as const).filter(([, many]) => many > 0);
  const open = summary.total - ended.reduce((sum, [, many]) => sum + many, 0);
  const all = [...ended, ...(open === 0 ? [] : [["open", open] as const])];
  const parts = all.map(([kind, many]) => `${many} ${kind}`).join(", ");
  return [
    `**${count(summary.total, "task")}**${parts === "" ? "" : `: ${parts}`} · ${count(summary.attempts, "attempt")} · ${lasted(summary.wall_seconds * 1000)}, agents worked ${lasted(busyMillis)} in ${count(concurrency, "slot")}`,
  ];
};

/** What needs somebody first. */
const order: ReadonlyArray<RunState.Phase> = [
  "Held",
  "Failed",
  "Skipped",
  "Cancelled",
  "Landing",
  "Running",
  "Launching",
  "BackingOff",
  "Ready",
  "Pending",
  "Succeeded",
];

const table = (state: RunState.RunState, hosts: Hosts, room: number): ReadonlyArray<string> => {
  if (state.size === 0) return [];
  const lines = [
    "| | Task | Attempts | Took | Pull request | Why |",
    "| --- | --- | ---: | ---: | --- | --- |",
  ];
  let [used, left] = [0, 0];
  for (const node of inOrder(state)) {
    const line = left > 0 ? "" : rowOf(state, state.at(node), hosts);
    used += Buffer.byteLength(line) + 1;
    if (left > 0 || used > room) left++;
    else lines.push(line);
  }
  return left === 0 ? lines : [...lines, "", `… ${count(left, "more task")}`];
};

const inOrder = (state: RunState.RunState): ReadonlyArray<number> =>
  order.flatMap((phase) =>
    Array.from({ length: state.size }, (_, node) => node).filter(
      (node) => state.phase(node) === phase,
    ),
  );

const rowOf = (run: RunState.RunState, state: RunState.TaskState, hosts: Hosts): string => {
  const { attempts, phase, task } = state;
  const { sign, word } = signs[phase];
  const seconds = ResultManager.durationSeconds(state);
  const title = Task.title(task);
  return row([
    `${sign} ${word}`,
    `${idOf(task, hosts)}${title === task.id ? "" : ` ${MarkdownText.inline(title, limits.title)}`}`,
    String(attempts.length),
    seconds === undefined ? "" : lasted(seconds * 1000),
    pullRequestOf(state, hosts),
    MarkdownText.inline(ResultManager.error(run, state) ?? "", limits.reason),
  ]);
};

const idOf = ({ id, url }: Task.Task, hosts: Hosts): string =>
  url === undefined
    ? MarkdownText.inline(id, limits.id)
    : MarkdownText.link(id, url, hosts, limits.id);

const pullRequestOf = ({ attempts, task }: RunState.TaskState, hosts: Hosts): string => {
  const [url, ...others] = attempts.at(-1)?.change?.pullRequests ?? [];
  if (url === undefined) return "";
  const number = /\/pull\/(\d+)$/.exec(url)?.[1] ?? url;
  const allowed = hostsOf(url, issueOf(task)?.issue, hosts);
  const link = MarkdownText.link(number, url, allowed, limits.name);
  return others.length === 0 ? link : `${link} and ${others.length} more`;
};

const warnings = (all: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (all.length === 0) return [];
  const left = all.length - mostWarnings;
  return [
    `**${count(all.length, "warning")}**`,
    "",
    ...all.slice(0, mostWarnings).map((text) => `- ${MarkdownText.inline(text, limits.warning)}`),
    ...(left > 0 ? [`- … ${left} more`] : []),
  ];
};

const ledgerLine = (ledger: Statement, tasks: number): string => {
  const { graphql, requests, rest, waitedMillis } = ledger;
  const each = tasks === 0 ? "" : `, ${((rest + graphql) / tasks).toFixed(1)} points a task`;
  const waited = waitedMillis === 0 ? "" : `, waited ${lasted(waitedMillis)} for limits`;
  return `GitHub: ${count(requests, "request")}, ${rest} REST and ${graphql} GraphQL points${each}${waited}.`;
};
