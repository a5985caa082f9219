import { appOf, nameOf, standingOf, stateOf } from "../world/checks.ts";
import type { CheckRun, Status } from "../world/model.ts";
import { fullName } from "../world/World.ts";
import { type Place, toText, toTextOrNull } from "./place.ts";
import { userAnswer, userOrNull } from "./userAnswer.ts";

/** Of the runs of one app on one commit. */
const suiteOf = ({ id }: CheckRun): number => id + 1;

export const checkUrl = ({ web }: Place, { repo, id }: CheckRun): string =>
  `${web}/${fullName(repo)}/runs/${id}`;

const appAnswer = (place: Place, check: CheckRun) => {
  const slug = appOf(check);
  const at = toText(check.repo.createdAt);
  return {
    id: [...slug].reduce((sum, letter) => sum + letter.charCodeAt(0), 15_000),
    slug,
    node_id: `A_${slug}`,
    owner: userAnswer(place, check.repo.owner),
    name: slug,
    description: null,
    external_url: `${place.web}/apps/${slug}`,
    html_url: `${place.web}/apps/${slug}`,
    created_at: at,
    updated_at: at,
    permissions: { checks: "write", metadata: "read" },
    events: [],
  };
};

/** A check run as `check-run`. */
export const checkAnswer = (place: Place, check: CheckRun, now: number) => {
  const { status, conclusion, startedAt, endedAt } = standingOf(check, now);
  const url = `${place.api}/repos/${fullName(check.repo)}/check-runs/${check.id}`;
  const { title = null, summary = null, text = null } = check.script;
  const output = status === "completed" ? { title, summary, text } : nothing;
  return {
    id: check.id,
    name: nameOf(check),
    node_id: check.nodeId,
    head_sha: check.sha,
    external_id: "",
    url,
    html_url: checkUrl(place, check),
    details_url: checkUrl(place, check),
    status,
    conclusion,
    started_at: toTextOrNull(startedAt),
    completed_at: toTextOrNull(endedAt),
    output: { ...output, annotations_count: 0, annotations_url: `${url}/annotations` },
    check_suite: { id: suiteOf(check) },
    app: appAnswer(place, check),
    pull_requests: [],
  };
};

const nothing = { title: null, summary: null, text: null };

/** A commit status as `status`. */
export const statusAnswer = (place: Place, status: Status, now: number) => ({
  url: `${place.api}/repos/${fullName(status.repo)}/statuses/${status.sha}`,
  avatar_url: null,
  id: status.id,
  node_id: status.nodeId,
  state: stateOf(status, now),
  description: status.script.title ?? null,
  target_url: status.script.summary ?? null,
  context: nameOf(status),
  created_at: toText(status.createdAt),
  updated_at: toText(status.createdAt),
  creator: userOrNull(place, status.creator),
});

/** A job of a workflow, which is a check run of `github-actions` too. */
export const jobAnswer = (place: Place, check: CheckRun, now: number) => {
  const { status, conclusion, startedAt, endedAt } = standingOf(check, now);
  const base = `${place.api}/repos/${fullName(check.repo)}`;
  const run = suiteOf(check);
  return {
    id: check.id,
    run_id: run,
    run_url: `${base}/actions/runs/${run}`,
    run_attempt: check.attempt,
    node_id: check.nodeId,
    head_sha: check.sha,
    url: `${base}/actions/jobs/${check.id}`,
    html_url: checkUrl(place, check),
    status,
    conclusion,
    created_at: toText(check.createdAt),
    started_at: toText(startedAt ?? check.createdAt),
    completed_at: toTextOrNull(endedAt),
    name: nameOf(check),
    steps: [],
    check_run_url: `${base}/check-runs/${check.id}`,
    labels: ["ubuntu-latest"],
    runner_id: 1,
    runner_name: "fake",
    runner_group_id: null,
    runner_group_name: null,
    workflow_name: check.script.workflow ?? "CI",
    head_branch: null,
  };
};
