import { refuse } from "../refusals.ts";
import { branchOf } from "../world/branches.ts";
import type { FileChange } from "../world/Git.ts";
import type { Protection, Repo } from "../world/model.ts";
import { filesOf } from "../world/requirements.ts";
import { fullName } from "../world/World.ts";
import { commitAnswer, fileAnswer } from "./commitAnswer.ts";
import type { Place } from "./place.ts";
import { pullAnswer } from "./pullAnswer.ts";
import { type Endpoint, listed, ok } from "./Request.ts";
import { commitOf, onCommit } from "./revision.ts";

const urlOf = ({ api }: Place, repo: Repo, branch: string): string =>
  `${api}/repos/${fullName(repo)}/branches/${encodeURIComponent(branch)}`;

const protectionAnswer = (place: Place, repo: Repo, branch: string) => {
  const { checks = [], upToDate = false } = repo.protections.get(branch) ?? {};
  return {
    url: `${urlOf(place, repo, branch)}/protection`,
    enabled: repo.protections.has(branch),
    required_status_checks: {
      enforcement_level: checks.length === 0 ? "off" : "non_admins",
      contexts: checks,
      checks: checks.map((context) => ({ context, app_id: null })),
      strict: upToDate,
    },
  };
};

const branches: Endpoint = (request) => {
  const { repo, place, reading } = request;
  const wanted = reading.values["protected"];
  const names = [...repo.git.refs.keys()].flatMap((ref) => branchOf(ref) ?? []);
  const found = names
    .filter((name) => typeof wanted !== "boolean" || repo.protections.has(name) === wanted)
    .sort();
  return listed(request, "branches", found, (name) => {
    const { sha } = repo.git.tip(name)!;
    return {
      name,
      commit: { sha, url: `${place.api}/repos/${fullName(repo)}/commits/${sha}` },
      protected: repo.protections.has(name),
    };
  });
};

const branch: Endpoint = ({ repo, place, reading }) => {
  const name = String(reading.values["branch"]);
  const tip = repo.git.tip(name);
  if (tip === null) return refuse(404, "Branch not found");
  const self = urlOf(place, repo, name);
  return ok({
    name,
    commit: commitAnswer(place, repo, tip),
    _links: { self, html: `${place.web}/${fullName(repo)}/tree/${name}` },
    protected: repo.protections.has(name),
    protection: protectionAnswer(place, repo, name),
    protection_url: `${self}/protection`,
  });
};

/** The rules of a branch, each by its type. */
const rulesOf = (repo: Repo, rule: Protection): ReadonlyArray<object> => {
  const { checks, reviews, upToDate, linear, dismissStale, queueSeconds } = rule;
  const allowed = (["merge", "squash", "rebase"] as const).filter((way) => repo.merging[way]);
  return [
    ...(linear ? [{ type: "required_linear_history" }] : []),
    ...(reviews > 0
      ? [
          {
            type: "pull_request",
            parameters: {
              allowed_merge_methods: allowed,
              dismiss_stale_reviews_on_push: dismissStale,
              require_code_owner_review: false,
              require_last_push_approval: false,
              required_approving_review_count: reviews,
              required_review_thread_resolution: false,
            },
          },
        ]
      : []),
    ...(checks.length > 0
      ? [
          {
            type: "required_status_checks",
            parameters: {
              required_status_checks: checks.map((context) => ({ context })),
              strict_required_status_checks_policy: upToDate,
            },
          },
        ]
      : []),
    ...(queueSeconds === null ? [] : [{ type: "merge_queue", parameters: queueParameters }]),
  ];
};

const queueParameters = {
  check_response_timeout_minutes: 60,
  grouping_strategy: "ALLGREEN",
  max_entries_to_build: 5,
  max_entries_to_merge: 1,
  merge_method: "SQUASH",
  min_entries_to_merge: 1,
  min_entries_to_merge_wait_minutes: 0,
};

const rules: Endpoint = (request) => {
  const { repo, reading } = request;
  const name = String(reading.values["branch"]);
  const found = repo.protections.get(name);
  const set = { ruleset_source_type: "Repository", ruleset_source: fullName(repo), ruleset_id: 1 };
  const all = found === undefined ? [] : rulesOf(repo, found);
  return listed(request, `rules/branches/${name}`, all, (rule) => ({ ...rule, ...set }));
};

const commit = onCommit(({ repo, place }, found) => {
  const files = found.changes.map((change) => fileAnswer(place, repo, found.sha, change));
  const stats = sum(files);
  return ok({ ...commitAnswer(place, repo, found), stats, files });
});

const sum = (files: ReadonlyArray<{ additions: number; deletions: number }>) => {
  const additions = files.reduce((all, each) => all + each.additions, 0);
  const deletions = files.reduce((all, each) => all + each.deletions, 0);
  return { additions, deletions, total: additions + deletions };
};

/** Pull requests that a commit came with: those that have it, and the one that it is the merge of. */
const pullsOf = onCommit((request, { sha }) => {
  const { repo, place } = request;
  const found = [...repo.issues.values()].filter(({ pull }) => {
    if (pull === null) return false;
    const { ahead } = repo.git.compare(pull.baseSha, pull.sha);
    return pull.mergeSha === sha || ahead.some((each) => each.sha === sha);
  });
  return listed(request, `commits/${sha}/pulls`, found, (issue) => pullAnswer(place, issue));
});

const compare: Endpoint = (request) => {
  const { repo, place, reading, query } = request;
  const [from = "", to = ""] = String(reading.values["basehead"]).split("...");
  const [base, head] = [commitOf(repo, from), commitOf(repo, to)];
  if (base === null || head === null) return refuse(404);
  const { ahead, behind, mergeBase } = repo.git.compare(base.sha, head.sha);
  if (mergeBase === null) return refuse(404, `No common ancestor between ${from} and ${to}.`);
  const web = `${place.web}/${fullName(repo)}/compare/${from}...${to}`;
  const files: ReadonlyArray<FileChange> = [...filesOf(ahead).values()].slice(0, 300);
  const page = listed(request, `compare/${from}...${to}`, [...ahead].reverse(), (each) =>
    commitAnswer(place, repo, each),
  );
  const isFirst = (query.get("page") ?? "1") === "1";
  const body = {
    url: `${place.api}/repos/${fullName(repo)}/compare/${from}...${to}`,
    html_url: web,
    permalink_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    base_commit: commitAnswer(place, repo, base),
    merge_base_commit: commitAnswer(place, repo, mergeBase),
    status: wordOf(ahead.length, behind.length),
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    commits: page.body,
    // Of the whole comparison, and on its first page only.
    files: isFirst ? files.map((change) => fileAnswer(place, repo, head.sha, change)) : [],
  };
  return { ...page, body };
};

const wordOf = (ahead: number, behind: number): string => {
  if (ahead > 0) return behind > 0 ? "diverged" : "ahead";
  return behind > 0 ? "behind" : "identical";
};

/** The endpoints of branches and commits. */
export const branchEndpoints: Readonly<Record<string, Endpoint>> = {
  "branches.list": branches,
  "branches.get": branch,
  "rules.branch": rules,
  "commits.get": commit,
  "commits.pulls": pullsOf,
  compare,
};
