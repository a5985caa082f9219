import type { RunState } from "@orchestrator/core";
import * as MarkdownText from "../../MarkdownText.ts";
import type { Hosts } from "./active.ts";
import { lasted, moment, row } from "./words.ts";

type Attempt = RunState.Attempt;

/** The last ones are shown. */
const most = 8;
const longestReason = 250;

/** What became of the attempts at a task; nothing if there was none. */
export const attemptsTable = (
  attempts: ReadonlyArray<Attempt>,
  hosts: Hosts,
): ReadonlyArray<string> => {
  if (attempts.length === 0) return [];
  const shown = attempts.slice(-most);
  const left = attempts.length - shown.length;
  return [
    ...(left === 0 ? [] : [`${left} earlier ${left === 1 ? "attempt" : "attempts"} left out.`, ""]),
    "| Attempt | Agent | Began (UTC) | Took | Result |",
    "| ---: | --- | --- | ---: | --- |",
    ...shown.map((attempt) => line(attempt, hosts)),
  ];
};

const line = (attempt: Attempt, hosts: Hosts): string =>
  row([
    String(attempt.number),
    agentOf(attempt, hosts),
    moment(attempt.startedAt),
    attempt.endedAt === undefined ? "" : lasted(attempt.endedAt - attempt.startedAt),
    resultOf(attempt),
  ]);

const agentOf = ({ agent, ref }: Attempt, hosts: Hosts): string => {
  const name = ref === undefined ? agent : `${agent} ${ref.id}`;
  return ref?.url === undefined
    ? MarkdownText.inline(name, 80)
    : MarkdownText.link(name, ref.url, hosts, 80);
};

const stopped = {
  timeout: "its time was up",
  task: "the task was stopped",
  run: "the run was stopped",
  bug: "watching it broke",
} as const;

const resultOf = ({ cancelled, end, endedAt, failure, isUnclear }: Attempt): string => {
  if (isUnclear) return "unclear";
  if (cancelled !== undefined) return `stopped: ${stopped[cancelled]}`;
  if (failure !== undefined)
    return `failed: ${MarkdownText.inline(failure.message, longestReason)}`;
  if (end?._tag === "Waiting") return "asks a person";
  return endedAt === undefined ? "at work" : "delivered";
};
