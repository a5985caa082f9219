import type { CheckInput, Conclusion } from "./input.ts";
import type { Check, CheckRun, Repo, Status } from "./model.ts";
import type { World } from "./World.ts";

/** What a check is at a moment; `conclusion` only when it is over. */
export interface Standing {
  readonly status: "queued" | "in_progress" | "completed";
  readonly conclusion: Conclusion | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

const worlds = new WeakMap<Repo, World>();

/** Repositories make checks by themselves when a branch moves, and need the world's ids for it. */
export const bindChecks = (repo: Repo, world: World): void => void worlds.set(repo, world);

/** Begins checks on a commit; those that run on it already stay. */
export const startChecks = (
  repo: Repo,
  sha: string,
  scripts: ReadonlyArray<CheckInput>,
  at: number,
): void => {
  const known = repo.checks.get(sha) ?? [];
  for (const script of scripts)
    if (!known.some((check) => nameOf(check) === script.name)) addCheck(repo, sha, script, at);
};

/** Adds one check run or status, the first of its name or another try. */
export const addCheck = (
  repo: Repo,
  sha: string,
  script: CheckInput,
  createdAt: number,
  attempt = 1,
): Check => {
  const world = worlds.get(repo)!;
  const kind = script.status === true ? ("StatusContext" as const) : ("CheckRun" as const);
  const common = { ...world.mint(kind), repo, sha, script, createdAt };
  const check: Check =
    kind === "CheckRun" ? { kind, ...common, attempt } : { kind, ...common, creator: null };
  repo.checks.set(sha, [...(repo.checks.get(sha) ?? []), world.keep(check)]);
  return check;
};

/** Another try of a check run; the service counts it as a run of its own. */
export const rerun = (check: CheckRun, at: number): Check =>
  addCheck(check.repo, check.sha, check.script, at, check.attempt + 1);

export const nameOf = ({ script }: Check): string => script.name;

export const appOf = ({ script }: CheckRun): string => script.app ?? "github-actions";

/** What there is of a commit's checks by now: of each name and app the last one. */
export const latestChecks = (repo: Repo, sha: string, now: number): ReadonlyArray<Check> => {
  const latest = new Map<string, Check>();
  for (const check of allChecks(repo, sha, now)) {
    const key = check.kind === "CheckRun" ? `${appOf(check)} ${nameOf(check)}` : nameOf(check);
    latest.set(`${check.kind} ${key}`, check);
  }
  return [...latest.values()];
};

export const allChecks = (repo: Repo, sha: string, now: number): ReadonlyArray<Check> =>
  (repo.checks.get(sha) ?? []).filter((check) => appearsAt(check) <= now);

const appearsAt = ({ createdAt, script }: Check): number =>
  createdAt + (script.appears ?? 0) * 1000;

/** When a check is over, if ever. */
export const endOf = (check: Check): number | null => {
  const { waits = 0, seconds = 60 } = check.script;
  return seconds === null ? null : appearsAt(check) + (waits + seconds) * 1000;
};

export const standingOf = (check: Check, now: number): Standing => {
  const begins = appearsAt(check) + (check.script.waits ?? 0) * 1000;
  const end = endOf(check);
  if (now < begins) return { status: "queued", conclusion: null, startedAt: null, endedAt: null };
  if (end === null || now < end)
    return { status: "in_progress", conclusion: null, startedAt: begins, endedAt: null };
  return { status: "completed", conclusion: conclusionOf(check), startedAt: begins, endedAt: end };
};

/** How it ends, whenever that is. */
export const conclusionOf = (check: Check): Conclusion => {
  const { conclusion = "success" } = check.script;
  if (typeof conclusion === "string") return conclusion;
  const attempt = check.kind === "CheckRun" ? check.attempt : 1;
  return conclusion[Math.min(attempt, conclusion.length) - 1] ?? "success";
};

const good: ReadonlySet<Conclusion> = new Set<Conclusion>(["success", "neutral", "skipped"]);

/** Whether a check has passed, failed, or is not over. */
export const verdictOf = (check: Check, now: number): "passed" | "failed" | "pending" => {
  const { conclusion } = standingOf(check, now);
  if (conclusion === null) return "pending";
  return good.has(conclusion) ? "passed" : "failed";
};

/** The state of a commit status. */
export const stateOf = (status: Status, now: number): "pending" | "success" | "failure" => {
  const verdict = verdictOf(status, now);
  return verdict === "pending" ? "pending" : verdict === "passed" ? "success" : "failure";
};

/** All checks of a commit in one word, as GraphQL has it; `null` without any. */
export const rollupOf = (
  repo: Repo,
  sha: string,
  now: number,
  expected: ReadonlyArray<string> = [],
): "SUCCESS" | "FAILURE" | "PENDING" | "EXPECTED" | null => {
  const checks = latestChecks(repo, sha, now);
  const verdicts = checks.map((check) => verdictOf(check, now));
  const isMissing = expected.some((name) => !checks.some((check) => nameOf(check) === name));
  if (verdicts.includes("failed")) return "FAILURE";
  if (verdicts.includes("pending")) return "PENDING";
  if (checks.length === 0) return null;
  return isMissing ? "EXPECTED" : "SUCCESS";
};
