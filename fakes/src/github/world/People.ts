import { addItem, rewriteChoices, setValue } from "./board.ts";
import { deleteRef } from "./branches.ts";
import { addCheck } from "./checks.ts";
import type { CheckInput, CommentInput, IssueInput, ItemInput, ProtectionInput } from "./input.ts";
import type { Maker } from "./Maker.ts";
import { mergePull } from "./merge.ts";
import type {
  Comment,
  Issue,
  MergeMethod,
  Merging,
  Permission,
  Project,
  ProjectItem,
  Review,
  StateReason,
} from "./model.ts";
import type { Doing } from "./moments.ts";
import { closeIssue, reopenIssue } from "./closing.ts";
import { attach, link, openIssue, relate, unlink } from "./openIssue.ts";
import { tipOf } from "./pushes.ts";
import { enableAutoMerge, pushBranch, pushHead, review, setDraft } from "./pulls.ts";
import type { PushInput, ReviewInput } from "./pulls.ts";
import { disableAutoMerge, enterQueue, leaveQueue } from "./queue.ts";
import { settle } from "./settle.ts";
import { toProtection } from "./protection.ts";
import { addLabel, deleteComment, editComment, findLabel, removeLabel, touch } from "./threads.ts";
import { referenceOf } from "./World.ts";

/** What people do to the world while the fake runs. Issues are named `owner/repo#1`. */
export class People {
  readonly #own: Maker;

  constructor(maker: Maker) {
    this.#own = maker;
  }

  /** What the service does by itself has happened before anybody acts. */
  get #maker(): Maker {
    settle(this.#own);
    return this.#own;
  }

  /** Opens an issue in a repository and gives its name. */
  open(repo: string, input: IssueInput = {}): string {
    const issue = openIssue(this.#maker, this.#maker.repo(repo), input);
    relate(this.#maker, issue, input);
    return referenceOf(issue);
  }

  /** Changes title, body or both; only a changed body counts as an edit. */
  edit(name: string, change: { title?: string; body?: string | null } & Doing): void {
    const issue = this.#maker.issue(name);
    const doing = this.#maker.doing(change);
    const { title = issue.title, body = issue.body } = change;
    if (title !== issue.title) {
      const names = { from: issue.title, to: title };
      this.#maker.happened(issue, "RenamedTitleEvent", doing, names);
    }
    if (body !== issue.body) Object.assign(issue, { lastEditedAt: doing.at, editor: doing.actor });
    Object.assign(issue, { title, body });
    touch(issue, doing.at);
  }

  close(name: string, change: { reason?: StateReason } & Doing = {}): void {
    closeIssue(this.#maker, this.#maker.issue(name), change, change.reason);
  }

  reopen(name: string, change: Doing = {}): void {
    reopenIssue(this.#maker, this.#maker.issue(name), change);
  }

  /** Merges a pull request, whatever stands against it, and closes the issues that it names. */
  merge(name: string, change: { method?: MergeMethod } & Doing = {}): void {
    const { method = "merge", ...doing } = change;
    const issue = this.#pull(name, "merged");
    mergePull(this.#maker, issue, { ...doing, method, way: "people", expected: null });
  }

  #pull(name: string, what: string): Issue {
    const issue = this.#maker.issue(name);
    if (issue.pull !== null) return issue;
    throw new Error(`${name} is an issue: only a pull request is ${what}`);
  }

  /** Pushes a commit to the head; `rebase` has the base merged into it, and conflicts with it resolved. */
  push(name: string, input: PushInput = {}): void {
    pushHead(this.#maker, this.#pull(name, "pushed to"), input);
  }

  /** Pushes a commit to a branch, a base or any other, which is made if need be. */
  pushTo(repo: string, branch: string, input: PushInput = {}): void {
    pushBranch(this.#maker, this.#maker.repo(repo), branch, input);
  }

  deleteBranch(repo: string, branch: string, change: Doing = {}): void {
    deleteRef(this.#maker, this.#maker.repo(repo), `refs/heads/${branch}`, change);
  }

  review(name: string, input: ReviewInput): Review {
    return review(this.#maker, this.#pull(name, "reviewed"), input);
  }

  approve(name: string, change: Doing = {}): Review {
    return this.review(name, { ...change, state: "APPROVED" });
  }

  requestChanges(name: string, body: string, change: Doing = {}): Review {
    return this.review(name, { ...change, state: "CHANGES_REQUESTED", body });
  }

  /** Takes the opinions of everybody back. */
  dismissReviews(name: string): void {
    for (const each of this.#pull(name, "reviewed").pull!.reviews) each.state = "DISMISSED";
  }

  draft(name: string, isDraft: boolean, change: Doing = {}): void {
    setDraft(this.#maker, this.#pull(name, "a draft"), isDraft, change);
  }

  /** Switches auto-merge on as a person, whatever the rules say of it. */
  enableAutoMerge(name: string, change: { method?: MergeMethod } & Doing = {}): void {
    const { method = "squash", ...doing } = change;
    enableAutoMerge(this.#maker, this.#pull(name, "merged"), { method, expected: null }, doing);
  }

  disableAutoMerge(name: string, change: Doing = {}): void {
    const issue = this.#pull(name, "merged");
    disableAutoMerge(this.#maker, issue, change, "Auto-merge was disabled manually");
  }

  enqueue(name: string, change: Doing = {}): void {
    enterQueue(this.#maker, this.#pull(name, "queued"), change);
  }

  dequeue(name: string, change: { reason?: string } & Doing = {}): void {
    const { reason = "manually removed", ...doing } = change;
    leaveQueue(this.#maker, this.#pull(name, "queued"), doing, reason);
  }

  /** A check of the head ends otherwise than its script says, from now on. */
  setCheck(name: string, check: CheckInput): void {
    const { repo, pull } = this.#pull(name, "checked");
    addCheck(repo, pull!.sha, check, this.#maker.world.clock.now());
  }

  /** A check of the tip of a branch. */
  setBaseCheck(repo: string, branch: string, check: CheckInput): void {
    const found = this.#maker.repo(repo);
    addCheck(found, tipOf(found, branch), check, this.#maker.world.clock.now());
  }

  /** Changes how pull requests of a repository may be merged. */
  setMerging(repo: string, merging: Partial<Merging>): void {
    Object.assign(this.#maker.repo(repo).merging, merging);
  }

  /** Changes what a branch asks for; `null` takes all of it away. */
  protect(repo: string, branch: string, input: ProtectionInput | null): void {
    const { protections } = this.#maker.repo(repo);
    if (input === null) protections.delete(branch);
    else protections.set(branch, toProtection(input));
  }

  label(name: string, label: string, change: Doing = {}): void {
    addLabel(this.#maker, this.#maker.issue(name), label, change);
  }

  unlabel(name: string, label: string, change: Doing = {}): void {
    const issue = this.#maker.issue(name);
    const found = findLabel(issue.labels, label);
    if (found !== undefined) removeLabel(this.#maker, issue, found, change);
  }

  assign(name: string, logins: ReadonlyArray<string>, change: Doing = {}): void {
    const issue = this.#maker.issue(name);
    issue.assignees.splice(0, Infinity, ...logins.map((login) => this.#maker.account(login)));
    touch(issue, this.#maker.doing(change).at);
  }

  /** Puts it into a milestone by title, or takes it out of its own. */
  plan(name: string, milestone: string | null, change: Doing = {}): void {
    const issue = this.#maker.issue(name);
    issue.milestone = milestone === null ? null : this.#maker.milestone(issue.repo, milestone);
    touch(issue, this.#maker.doing(change).at);
  }

  comment(name: string, input: CommentInput): Comment {
    const issue = this.#maker.issue(name);
    const comment = this.#maker.comment(issue, input);
    touch(issue, comment.createdAt);
    return comment;
  }

  /** By the place of the comment in its issue, from 0. */
  editComment(name: string, index: number, body: string, change: Doing = {}): void {
    editComment(this.#maker, this.#comment(name, index), body, change);
  }

  deleteComment(name: string, index: number, change: Doing = {}): void {
    deleteComment(this.#maker, this.#comment(name, index), change);
  }

  #comment(name: string, index: number): Comment {
    const comment = this.#maker.issue(name).comments[index];
    if (comment === undefined) throw new Error(`${name} has no comment ${index}`);
    return comment;
  }

  /** Moves no `updated_at`, of neither issue. */
  block(name: string, by: string): void {
    link(this.#maker.issue(name), this.#maker.issue(by));
  }

  unblock(name: string, by: string): void {
    unlink(this.#maker.issue(name), this.#maker.issue(by));
  }

  /** Moves no `updated_at`, of neither issue. Without a parent it becomes a top-level issue. */
  adopt(name: string, parent: string | null): void {
    attach(this.#maker.issue(name), parent === null ? null : this.#maker.issue(parent));
  }

  renameRepo(name: string, to: string): void {
    this.#maker.world.rename(this.#maker.repo(name), to);
  }

  setPrivate(name: string, isPrivate: boolean): void {
    this.#maker.repo(name).isPrivate = isPrivate;
  }

  setPermission(name: string, login: string, permission: Permission): void {
    this.#maker.repo(name).permissions.set(this.#maker.account(login), permission);
  }

  /** A board by its owner and number. */
  board(owner: string, number = 1): Project {
    const found = this.#maker.world.project(this.#maker.account(owner), number);
    if (found === null) throw new Error(`${owner} has no board ${number}`);
    return found;
  }

  addItem(board: Project, input: string | ItemInput): ProjectItem {
    return addItem(this.#maker, board, input);
  }

  /** Writes the choices of a field anew: each gets another id, and cards keep what is still there. */
  rewriteChoices(board: Project, field: string, names: ReadonlyArray<string>): void {
    rewriteChoices(this.#maker, board, field, names);
  }

  /** Sets a value of an issue's card, or takes it away. */
  setValue(name: string, board: Project, field: string, value: string | number | null): void {
    const item = this.#maker.issue(name).items.find(({ project }) => project === board);
    if (item === undefined) throw new Error(`${name} is not on the board ${board.title}`);
    setValue(item, field, value);
    item.updatedAt = this.#maker.world.clock.now();
  }
}
