import type { Agent } from "@orchestrator/core";
import type { AgentRun } from "../CodegenModel.ts";
import * as PullRequests from "../PullRequests.ts";
import * as RunStatus from "../RunStatus.ts";
import { webUrl } from "./webUrl.ts";

type Output = NonNullable<Extract<Agent.AgentRunEnd, { _tag: "Succeeded" }>["output"]>;

/** How a message of the end of an agent run begins. */
const named = (run: AgentRun): string => `Codegen agent run ${run.id}`;

const isText = (text: string | undefined): text is string =>
  text !== undefined && text.trim() !== "";

/** What dependents, people and the next attempt may read. */
const output = (
  run: AgentRun,
  pulls: ReadonlyArray<PullRequests.Opened>,
  url = webUrl(run),
): Output => ({
  id: String(run.id),
  ...(isText(run.status) ? { status: RunStatus.normal(run.status) } : {}),
  ...(url === undefined ? {} : { url }),
  ...(isText(run.summary) ? { summary: run.summary } : {}),
  ...(isText(run.result) ? { result: run.result } : {}),
  pullRequests: pulls.map((pull) => ({ ...pull })),
});

/** What becomes of an agent run that completes and reports no pull request. */
export type Unreported =
  /** None was expected. */
  | "fine"
  /** It did not do what was asked. */
  | "failure"
  /** Whoever lands the change looks for the pull request. */
  | "sought";

/** How an agent run ended; undefined while it works. */
export const runEnd = (run: AgentRun, unreported: Unreported): Agent.AgentRunEnd | undefined => {
  switch (RunStatus.meaning(run.status)) {
    case "succeeded":
      return completed(run, unreported);
    case "failed":
      return failed(run, `ended with status ${RunStatus.normal(run.status ?? "")}${saying(run)}`);
    case "waiting":
      return { _tag: "Waiting", question: question(run) };
    default:
      return undefined;
  }
};

const completed = (run: AgentRun, unreported: Unreported): Agent.AgentRunEnd => {
  const pulls = PullRequests.of(run);
  const change = PullRequests.change(pulls) ?? sought(pulls, unreported);
  if (pulls.length === 0 && unreported === "failure") {
    return failed(
      run,
      `completed without a pull request (no-change)${saying(run)}; if none is expected, say so with expectChange: false`,
    );
  }
  if (pulls.length > 0 && change === undefined) {
    const found = pulls.map(({ title, url }) => url ?? title).join(", ");
    const what = `completed with a pull request that names neither branch nor number (${found}); look at it and land it by hand`;
    return failed(run, what, "permanent");
  }
  const summary = isText(run.summary) ? run.summary : run.result;
  return {
    _tag: "Succeeded",
    output: output(run, pulls),
    ...(isText(summary) ? { summary } : {}),
    ...(change === undefined ? {} : { change }),
  };
};

/** A change of which nothing is known but what the agent reports. */
const sought = (
  pulls: ReadonlyArray<PullRequests.Opened>,
  unreported: Unreported,
): Agent.Change | undefined => {
  if (unreported !== "sought") return undefined;
  const urls = pulls.flatMap(({ url }) => url ?? []);
  return urls.length === 0 ? {} : { pullRequests: urls };
};

const failed = (
  run: AgentRun,
  what: string,
  failureClass: "agent" | "permanent" = "agent",
): Agent.AgentRunEnd => {
  const detail = output(run, PullRequests.of(run));
  const failure = { class: failureClass, message: `${named(run)} ${what}`, detail };
  return { _tag: "Failed", failure, output: detail };
};

const saying = (run: AgentRun): string => {
  const said = [run.summary, run.result].find(isText);
  return said === undefined ? "" : `, saying: ${short(said)}`;
};

const question = (run: AgentRun): string => {
  const said = [run.summary, run.result].find(isText);
  const url = webUrl(run);
  const where = url === undefined ? "" : ` Answer at ${url}.`;
  return said === undefined
    ? `${named(run)} is paused and waits for a person.${where}`
    : `${named(run)} asks: ${said.trim()}${where}`;
};

const longest = 1000;

/** What was said in full stands in the output. */
const short = (text: string): string => {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
};
