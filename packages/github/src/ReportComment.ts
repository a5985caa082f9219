/**
 * The comment that tells about a task: a fold of what its run knows, as Markdown.
 *
 * The same facts give the same bytes, and all that others wrote goes through
 * `MarkdownText`. GitHub takes 65,536 characters; the limits below leave much of that free.
 */
import type { Reporter, RunEvent, RunState } from "@orchestrator/core";
import type * as Redacted from "effect/Redacted";
import type { Hosts } from "./internal/reports/active.ts";
import { attemptsTable } from "./internal/reports/attemptsTable.ts";
import { hostsOf } from "./internal/reports/place.ts";
import { moment, signs } from "./internal/reports/words.ts";
import type * as IssueId from "./IssueId.ts";
import * as MarkdownText from "./MarkdownText.ts";
import * as ReportMarker from "./ReportMarker.ts";

/** A check as far as it is told about. */
export interface Check {
  readonly name: string;
  readonly state: "success" | "pending" | "failure";
}

/** What is known of a change on its way, beside what the run knows. */
export interface Landing {
  readonly pullRequest?: { readonly url: string; readonly number: number } | undefined;
  readonly checks?: ReadonlyArray<Check> | undefined;
  /** What it waits for, in one sentence. */
  readonly waitsFor?: string | undefined;
}

/** Where a comment stands, and what it may link to. */
export interface Options {
  readonly secret: Redacted.Redacted;
  /** Where the task is: the place of its comment. */
  readonly issue: IssueId.Parts;
  /** Hosts that links may lead to. */
  readonly hosts: Hosts;
  readonly landing?: Landing | undefined;
}

const limits = { reason: 3_000, summary: 4_000, output: 3_000, line: 300, name: 80 };
const mostChecks = 20;
const mostPullRequests = 5;

/** The whole comment, with the mark by which it is found again. */
export const make = (report: Reporter.Report, options: Options): string => {
  const { issue, secret } = options;
  const { key, run, state } = report;
  const repository = `${issue.owner}/${issue.repository}`;
  const mark = ReportMarker.make(secret, { run, key, repository, number: issue.number });
  const parts = [
    heading(state),
    attemptsTable(state.attempts, options.hosts),
    landingOf(state, options),
    reasonOf(state, wholeOf(report)),
    summaryOf(state, wholeOf(report)),
    outputOf(state, wholeOf(report)),
    [`Run ${MarkdownText.span(run, limits.name)}. This comment is kept up to date.`],
  ];
  const text = parts.filter((part) => part.length > 0).map((part) => part.join("\n"));
  return `${mark}\n${text.join("\n\n")}\n`;
};

/** The command that shows all of what is cut here. */
const wholeOf = ({ run, state }: Reporter.Report): string =>
  `orchestrator log ${run} --task ${state.task.id}`;

const heading = ({ attempts, phase, retryAt }: RunState.TaskState): ReadonlyArray<string> => {
  const { sign, word } = signs[phase];
  const which = attempts.length > 1 ? ` · attempt ${attempts.length}` : "";
  const when = retryAt === undefined ? "" : ` · from ${moment(retryAt)} UTC on`;
  return [`**${sign} ${word}**${which}${when}`];
};

const landingOf = (state: RunState.TaskState, options: Options): ReadonlyArray<string> => {
  const { landing = {} } = options;
  const isOnItsWay = state.phase === "Landing";
  const pulls = pullRequestsOf(state, options);
  const { checks = [], waitsFor } = landing;
  return [
    ...(pulls === "" ? [] : [`**Pull request:** ${pulls}`]),
    ...(isOnItsWay && checks.length > 0 ? [`**Checks:** ${checksOf(checks)}`] : []),
    ...(isOnItsWay && waitsFor !== undefined
      ? [`**Waits for:** ${MarkdownText.inline(waitsFor, limits.line)}`]
      : []),
    ...(state.commit === undefined
      ? []
      : [`**Landed as:** ${MarkdownText.span(state.commit, limits.name)}`]),
  ].flatMap((line, index) => (index === 0 ? [line] : ["", line]));
};

/** The one that lands, else those that the agent names. */
const pullRequestsOf = (
  { attempts }: RunState.TaskState,
  { hosts, issue, landing }: Options,
): string => {
  const named = attempts.at(-1)?.change?.pullRequests ?? [];
  const urls = landing?.pullRequest === undefined ? named : [landing.pullRequest.url];
  const links = urls
    .slice(0, mostPullRequests)
    .map((url) => MarkdownText.link(nameOf(url), url, hostsOf(url, issue, hosts), limits.name));
  const left = urls.length - links.length;
  return [...links, ...(left > 0 ? [`${left} more`] : [])].join(", ");
};

/** `acme/shop 12`: the address behind it refers to it, the words need not. */
const nameOf = (url: string): string => {
  const [, owner, repository, number] = /\/([^/]+)\/([^/]+)\/pull\/(\d+)$/.exec(url) ?? [];
  return number === undefined ? url : `${owner}/${repository} ${number}`;
};

const checkSigns = { success: "🟢", pending: "🟡", failure: "🔴" } as const;

/** What failed first, then what is open. */
const checksOf = (checks: ReadonlyArray<Check>): string => {
  const order = ["failure", "pending", "success"] as const;
  const sorted = order.flatMap((state) => checks.filter((check) => check.state === state));
  const shown = sorted
    .slice(0, mostChecks)
    .map(({ name, state }) => `${checkSigns[state]} ${MarkdownText.inline(name, limits.name)}`);
  const left = checks.length - shown.length;
  return [...shown, ...(left > 0 ? [`${left} more`] : [])].join(", ");
};

const reasonOf = ({ reason }: RunState.TaskState, whole: string): ReadonlyArray<string> => {
  if (reason === undefined) return [];
  const block = (text: string) => MarkdownText.block(text, limits.reason, { whole });
  const { lead, text } = told(reason);
  return text === undefined ? [lead] : [lead, "", block(text)];
};

const told = (
  reason: RunEvent.EndReason,
): { readonly lead: string; readonly text?: string | undefined } => {
  switch (reason._tag) {
    case "AttemptFailed":
      return { lead: "**Why:**", text: reason.failure.message };
    case "DependencyFailed":
      return { lead: `**Why:** ${becauseOf(reason)}` };
    case "Stopped":
      return { lead: "**Why:**", text: reason.message };
    case "NeedsDecision":
      return {
        lead: "**Question:** (`orchestrator held` shows how to answer)",
        text: reason.question,
      };
  }
};

type DependencyFailed = Extract<RunEvent.EndReason, { readonly _tag: "DependencyFailed" }>;

const becauseOf = ({ dependency, outcome, root }: DependencyFailed): string => {
  const first = `${MarkdownText.span(dependency, limits.line)} ended as ${outcome.toLowerCase()}`;
  return root === dependency
    ? first
    : `${first}, because of ${MarkdownText.span(root, limits.line)}`;
};

/** The words of the last agent, if the task has ended. */
const summaryOf = (state: RunState.TaskState, whole: string): ReadonlyArray<string> => {
  const summary = lastOf(state)?.summary?.trim() ?? "";
  return summary === ""
    ? []
    : ["**The agent says:**", "", MarkdownText.block(summary, limits.summary, { whole })];
};

const outputOf = (state: RunState.TaskState, whole: string): ReadonlyArray<string> => {
  const output = lastOf(state)?.output ?? "";
  const text = typeof output === "string" ? output : JSON.stringify(output, undefined, 2);
  const code = () => MarkdownText.code(text, limits.output, { whole });
  return text === "" ? [] : ["<details><summary>Output</summary>", "", code(), "", "</details>"];
};

const lastOf = ({ attempts, outcome }: RunState.TaskState): RunState.Attempt | undefined =>
  outcome === undefined ? undefined : attempts.at(-1);
