import * as Random from "../shared/Random.ts";
import type { Run, Stage } from "./Run.ts";
import type { PullRequestScript } from "./Script.ts";
import { isWorking } from "./statuses.ts";

/** The first id that a run gets; the specification says no more than that ids are integers. */
export const firstRunId = 100_001;

export interface PullRequest {
  readonly id: number;
  readonly title: string | null;
  readonly url: string | null;
  readonly created_at: string;
  readonly head_branch_name: string | null;
}

export const toIso = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** A run as `AgentRunResponse`, at a moment, with what its fate leaves out and puts over. */
export const runAnswer = (run: Run, now: number, repo: string): Record<string, unknown> => {
  const stage = run.stageAt(now);
  return bend(run, {
    ...common(run, stage),
    summary: stage.outcome === null ? null : (stage.outcome.summary ?? null),
    source_type: run.start.sourceType,
    github_pull_requests: pullRequestsOf(run, stage, repo),
  });
};

/** A run with a page of its logs, as `AgentRunWithLogsResponse`: no summary, no source, no pull requests. */
export const logsAnswer = (
  run: Run,
  now: number,
  { skip, limit, reverse }: { skip: number; limit: number; reverse: boolean },
): Record<string, unknown> => {
  const logs = run.stages.filter((stage) => stage.at <= now).map((stage) => logOf(run, stage));
  const { items: shown, ...page } = pageOf(reverse ? logs.reverse() : logs, skip, limit);
  const { total, ...rest } = page;
  return bend(run, { ...common(run, run.stageAt(now)), logs: shown, total_logs: total, ...rest });
};

/** The pull requests that can be seen at a stage; a run keeps its numbers when it is resumed. */
export const pullRequestsOf = (
  run: Run,
  stage: Stage,
  repo: string,
): ReadonlyArray<PullRequest> | null => {
  if (stage.outcome === null) return [];
  const { pullRequests = 1 } =
    run.deliveries === null
      ? stage.outcome
      : { pullRequests: run.deliveries.get(stage.outcome) ?? [] };
  if (pullRequests === null || stage.outcome.pullRequests === null) return null;
  const scripts =
    typeof pullRequests === "number"
      ? Array.from({ length: pullRequests }, (): PullRequestScript => ({}))
      : pullRequests;
  return scripts.map((script, index) => pullRequestOf(run, stage, repo, script, index));
};

/** A page in the shape of the service; `page` and `size` follow from skip and limit. */
export const pageOf = <A>(all: ReadonlyArray<A>, skip: number, limit: number) => ({
  items: all.slice(skip, skip + limit),
  total: all.length,
  page: Math.floor(skip / limit) + 1,
  size: limit,
  pages: Math.ceil(all.length / limit),
});

const common = (run: Run, { status, outcome }: Stage): Record<string, unknown> => ({
  id: run.start.id,
  organization_id: run.start.orgId,
  ...(status === undefined ? {} : { status }),
  created_at: toIso(run.start.createdAt),
  web_url: `https://codegen.com/agent/trace/${run.start.id}`,
  result: outcome === null ? null : (outcome.result ?? null),
  metadata: run.start.metadata,
});

const bend = (run: Run, answer: Record<string, unknown>): Record<string, unknown> => {
  const { omit = [], overlay = {} } = run.start.fate;
  const kept = Object.entries({ ...answer, ...overlay }).filter(([name]) => !omit.includes(name));
  return Object.fromEntries(kept);
};

const pullRequestOf = (
  { start }: Run,
  stage: Stage,
  repo: string,
  script: PullRequestScript,
  index: number,
): PullRequest => {
  const made = (start.id - firstRunId) * 10 + index + 1;
  const { number = made, title = `Change ${number}` } = script;
  const hex = Math.floor(Random.draw(start.id, "branch", index) * 0x1000000).toString(16);
  const { url = `https://github.com/${repo}/pull/${number}` } = script;
  const { head_branch_name = `codegen-bot/change-${number}-${hex.padStart(6, "0")}` } = script;
  return { id: 500_000 + made, title, url, created_at: toIso(stage.at), head_branch_name };
};

const logOf = (run: Run, stage: Stage): Record<string, unknown> => ({
  agent_run_id: run.start.id,
  created_at: toIso(stage.at),
  tool_name: null,
  message_type: messageType(stage),
  thought: isWorking(stage.status) ? "Working." : (stage.outcome?.result ?? null),
  observation: null,
  tool_input: null,
  tool_output: null,
});

const messageType = ({ status }: Stage): string => {
  if (isWorking(status) || status === "PAUSED") return "ACTION";
  return status?.toUpperCase() === "COMPLETE" ? "FINAL_ANSWER" : "ERROR";
};
