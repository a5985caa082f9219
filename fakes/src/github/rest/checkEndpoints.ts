import { notAccessible, refuse } from "../refusals.ts";
import {
  addCheck,
  allChecks,
  appOf,
  latestChecks,
  nameOf,
  rerun,
  standingOf,
  stateOf,
} from "../world/checks.ts";
import type { CheckRun, Status } from "../world/model.ts";
import { fullName } from "../world/World.ts";
import { checkAnswer, jobAnswer, statusAnswer } from "./checkAnswer.ts";
import { repoAnswer } from "./repoAnswer.ts";
import { done, doingOf, type Endpoint, given, listed, ok, type RepoRequest } from "./Request.ts";
import { onCommit } from "./revision.ts";

const nowOf = ({ maker }: RepoRequest): number => maker.world.clock.now();

const runs = onCommit((request, { sha }) => {
  const { repo, place, reading } = request;
  const { filter, check_name: name, status } = reading.values;
  const now = nowOf(request);
  const all = filter === "all" ? allChecks(repo, sha, now) : latestChecks(repo, sha, now);
  const found = all.filter(
    (check): check is CheckRun =>
      check.kind === "CheckRun" &&
      (typeof name !== "string" || nameOf(check) === name) &&
      (typeof status !== "string" || standingOf(check, now).status === status),
  );
  const page = listed(request, `commits/${sha}/check-runs`, found, (check) =>
    checkAnswer(place, check, now),
  );
  return { ...page, body: { total_count: found.length, check_runs: page.body } };
});

const statusesOf = (request: RepoRequest, sha: string): ReadonlyArray<Status> =>
  latestChecks(request.repo, sha, nowOf(request)).filter((each) => each.kind === "StatusContext");

const statuses = onCommit((request, { sha }) => {
  const all = allChecks(request.repo, sha, nowOf(request)).filter(
    (each) => each.kind === "StatusContext",
  );
  return listed(request, `commits/${sha}/statuses`, [...all].reverse(), (status) =>
    statusAnswer(request.place, status, nowOf(request)),
  );
});

/** Of statuses only: without any it is pending. */
const combined = onCommit((request, { sha }) => {
  const { repo, place } = request;
  const now = nowOf(request);
  const found = statusesOf(request, sha);
  const states = found.map((status) => stateOf(status, now));
  const isGood = states.length > 0 && states.every((state) => state === "success");
  const page = listed(request, `commits/${sha}/status`, found, (status) =>
    statusAnswer(place, status, now),
  );
  const base = `${place.api}/repos/${fullName(repo)}`;
  const state = states.includes("failure") ? "failure" : isGood ? "success" : "pending";
  return {
    ...page,
    body: {
      state,
      statuses: page.body,
      sha,
      total_count: found.length,
      repository: repoAnswer(place, repo),
      commit_url: `${base}/commits/${sha}`,
      url: `${base}/commits/${sha}/status`,
    },
  };
});

const ends = { error: "failure", failure: "failure", success: "success", pending: "neutral" };

const createStatus: Endpoint = (request) => {
  const { repo, maker, place } = request;
  const sha = String(request.reading.values["sha"]);
  if (!repo.git.commits.has(sha)) return refuse(422, `No commit found for SHA: ${sha}`);
  const state = given<keyof typeof ends>(request, "state")!;
  const title = given<string | null>(request, "description");
  const summary = given<string | null>(request, "target_url");
  const script = {
    name: given<string>(request, "context") ?? "default",
    status: true,
    seconds: state === "pending" ? null : 0,
    conclusion: ends[state] as "failure" | "success" | "neutral",
    ...(typeof title === "string" ? { title } : {}),
    ...(typeof summary === "string" ? { summary } : {}),
  };
  const { actor, at } = maker.doing(doingOf(request));
  const status = Object.assign(addCheck(repo, sha, script, at), { creator: actor }) as Status;
  maker.did("status.created", doingOf(request), fullName(repo), { sha, name: script.name, state });
  return done(201, statusAnswer(place, status, at), "status", status.id, sha);
};

/** An endpoint of one check run, which is refused where there is none. */
const onCheck =
  (name: string, act: (request: RepoRequest, check: CheckRun) => ReturnType<Endpoint>): Endpoint =>
  (request) => {
    const { reading, repo, maker } = request;
    const check = maker.world.numbered("CheckRun", Number(reading.values[name]));
    return check === null || check.repo !== repo ? refuse(404) : act(request, check);
  };

const again = (request: RepoRequest, check: CheckRun, inProgress: string) => {
  const { maker, repo } = request;
  const now = nowOf(request);
  const isLatest = latestChecks(repo, check.sha, now).includes(check);
  const isOver = standingOf(check, now).status === "completed";
  if (!isLatest || !isOver) return refuse(403, inProgress);
  rerun(check, now);
  maker.did("check.rerun", doingOf(request), fullName(repo), {
    sha: check.sha,
    name: nameOf(check),
    attempt: check.attempt + 1,
  });
  return done(201, {}, "rerun", check.id, check.sha);
};

const isJob = (check: CheckRun): boolean => appOf(check) === "github-actions";

const rerequest = onCheck("check_run_id", (request, check) =>
  again(request, check, "This check run is not rerequestable"),
);

const rerunJob = onCheck("job_id", (request, check) =>
  isJob(check)
    ? again(request, check, "The workflow run containing this job is already running")
    : refuse(404),
);

const hidden = ({ token }: RepoRequest) => refuse(403, notAccessible(token.kind));

/** The endpoints of checks and statuses. */
export const checkEndpoints: Readonly<Record<string, Endpoint>> = {
  "commits.checkRuns": runs,
  "commits.status": combined,
  "commits.statuses": statuses,
  "statuses.create": createStatus,
  "checkRuns.get": onCheck("check_run_id", (request, check) =>
    check.script.hidden === true && request.token.kind === "fine-grained"
      ? hidden(request)
      : ok(checkAnswer(request.place, check, nowOf(request))),
  ),
  "checkRuns.rerequest": rerequest,
  "jobs.get": onCheck("job_id", (request, check) =>
    isJob(check) ? ok(jobAnswer(request.place, check, nowOf(request))) : refuse(404),
  ),
  "jobs.rerun": rerunJob,
};
