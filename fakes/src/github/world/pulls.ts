import { moveRef, receivePush } from "./branches.ts";
import type { CheckInput, FileInput } from "./input.ts";
import { startChecks } from "./checks.ts";
import type { Maker } from "./Maker.ts";
import { entriesOf } from "./merge.ts";
import type { Issue, MergeMethod, Repo, Review, ReviewState } from "./model.ts";
import type { Doing } from "./moments.ts";
import { commitFiles, tipOf } from "./pushes.ts";
import { filesOf, partingOf } from "./requirements.ts";
import { touch } from "./threads.ts";
import { referenceOf } from "./World.ts";

export interface PushInput extends Doing {
  /** A file of its own by default. */
  readonly files?: ReadonlyArray<FileInput>;
  readonly message?: string;
  /** Has the base merged into the head first, conflicts resolved. */
  readonly rebase?: boolean;
  /** The head is made anew from the base, as by `git push --force`. */
  readonly force?: boolean;
  /** What runs on this head, instead of what runs on others. */
  readonly checks?: ReadonlyArray<CheckInput>;
}

const commitOn = (maker: Maker, repo: Repo, parent: string, input: PushInput): string => {
  const { actor: author, at } = maker.doing(input);
  const count = repo.git.commits.size;
  const { files = [`changes/push-${count}.txt`], message = `Push ${count}` } = input;
  return commitFiles(repo, { files, message, author, at, parents: [parent] }).sha;
};

/** Merges the base into the head, for the head. */
const caughtUp = (maker: Maker, issue: Issue, input: PushInput): string => {
  const { repo, pull } = issue;
  const { behind } = partingOf(issue);
  if (behind.length === 0) return pull!.sha;
  const { actor: author, at } = maker.doing(input);
  const entries = [...filesOf(behind).values()].flatMap(entriesOf);
  const tree = repo.git.tree(repo.git.commits.get(pull!.sha)!.tree, entries);
  const parents = [pull!.sha, tipOf(repo, pull!.base)];
  const message = `Merge branch '${pull!.base}' into ${pull!.head}`;
  return repo.git.commit({ tree, parents, message, author, at }).sha;
};

/** Pushes to the head of a pull request. */
export const pushHead = (maker: Maker, issue: Issue, input: PushInput): void => {
  const { repo, pull } = issue;
  const parent = input.force === true ? tipOf(repo, pull!.base) : headFor(maker, issue, input);
  const sha = commitOn(maker, repo, parent, input);
  if (input.checks !== undefined) startChecks(repo, sha, input.checks, maker.doing(input).at);
  if (pull!.headOwner === repo.owner) moveRef(maker, repo, `refs/heads/${pull!.head}`, sha, input);
  else receivePush(maker, issue, sha, input);
};

const headFor = (maker: Maker, issue: Issue, input: PushInput): string =>
  input.rebase === true ? caughtUp(maker, issue, input) : issue.pull!.sha;

/** Pushes to a branch, from the default one where it is new. */
export const pushBranch = (maker: Maker, repo: Repo, branch: string, input: PushInput): void => {
  const parent = repo.git.tip(branch)?.sha ?? tipOf(repo, repo.defaultBranch);
  const sha = commitOn(maker, repo, parent, input);
  if (input.checks !== undefined) startChecks(repo, sha, input.checks, maker.doing(input).at);
  moveRef(maker, repo, `refs/heads/${branch}`, sha, input);
};

export interface ReviewInput extends Doing {
  readonly state: Exclude<ReviewState, "DISMISSED">;
  readonly body?: string;
  readonly comments?: ReadonlyArray<{
    readonly path: string;
    readonly line?: number;
    readonly body: string;
  }>;
}

export const review = (maker: Maker, issue: Issue, input: ReviewInput): Review => {
  const { actor: author, at: createdAt } = maker.doing(input);
  const { state, body = "" } = input;
  const { world } = maker;
  const pull = issue.pull!;
  const made: Review = world.keep({
    kind: "PullRequestReview",
    ...world.mint("PullRequestReview"),
    issue,
    author,
    body,
    createdAt,
    state,
    sha: pull.sha,
  });
  pull.reviews.push(made);
  for (const { path, line = null, body: text } of input.comments ?? []) {
    const minted = world.mint("PullRequestReviewComment");
    const kind = "PullRequestReviewComment" as const;
    const comment = { kind, ...minted, review: made, path, line, body: text, createdAt };
    pull.comments.push(world.keep(comment));
  }
  touch(issue, createdAt);
  maker.did("pull.reviewed", input, referenceOf(issue), { state });
  return made;
};

export const setDraft = (maker: Maker, issue: Issue, isDraft: boolean, doing: Doing): void => {
  if (issue.pull!.isDraft === isDraft) return;
  issue.pull!.isDraft = isDraft;
  const when = maker.doing(doing);
  maker.happened(issue, isDraft ? "ConvertToDraftEvent" : "ReadyForReviewEvent", when);
  touch(issue, when.at);
  maker.did(isDraft ? "pull.drafted" : "pull.readied", doing, referenceOf(issue));
};

export const enableAutoMerge = (
  maker: Maker,
  issue: Issue,
  { method, expected }: { readonly method: MergeMethod; readonly expected: string | null },
  doing: Doing,
): void => {
  const { actor: by, at } = maker.doing(doing);
  issue.pull!.autoMerge = { by, at, method };
  maker.world.pending.add(issue);
  maker.happened(issue, "AutoMergeEnabledEvent", { actor: by, at });
  touch(issue, at);
  maker.did("autoMerge.enabled", doing, referenceOf(issue), { method, expected });
};
