/** What stands in a pull request that is opened for an agent: its words are shown, and only shown. */
import { cleaned } from "./internal/reports/cleaned.ts";
import * as MarkdownText from "./MarkdownText.ts";

/** Longer ones GitHub refuses. */
const longestTitle = 250;

const longestSummary = 20_000;

/** Words before a reference by which a merge would close an issue. */
const closing =
  /\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)(:?\s+)(?=(?:[\w.-]+\/[\w.-]+)?#\d|GH-\d|https?:\/\/)/gi;

/** A title on one line, in which no other issue is named so that merging would close it. */
export const title = (text: string): string => {
  const line = cleaned(text).replace(/\s+/gu, " ").trim();
  const safe = line.replace(closing, "$1 issue$2");
  return safe.length <= longestTitle ? safe : `${safe.slice(0, longestTitle - 1).trimEnd()}…`;
};

/** The message of a commit for an issue: its title and where it stands. */
export const message = (text: string, issue: string): string => `${title(text)} (${issue})`;

/** What is told of the work. */
export interface Work {
  /** The number of the issue in the same repository, which merging closes. */
  readonly issue: number;
  /** The agent that did it. */
  readonly agent: string;
  readonly run: string;
  /** What the agent says that it did. */
  readonly summary: string | undefined;
}

/** The description of the pull request, as Markdown. */
export const body = ({ agent, issue, run, summary = "" }: Work): string => {
  const by = `By the agent ${MarkdownText.span(agent, 60)} in the run ${MarkdownText.span(run, 100)}.`;
  const told = summary.trim() === "" ? [] : [MarkdownText.block(summary, longestSummary)];
  return [`Closes #${issue}`, ...told, by].join("\n\n");
};
