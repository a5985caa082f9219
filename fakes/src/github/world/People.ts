import { addItem, setValue } from "./board.ts";
import type { CommentInput, IssueInput, ItemInput } from "./input.ts";
import type { Maker } from "./Maker.ts";
import type { Comment, Issue, Permission, Project, ProjectItem, StateReason } from "./model.ts";
import type { Doing } from "./moments.ts";
import { attach, closeIssue, link, openIssue, relate, unlink } from "./openIssue.ts";
import { referenceOf } from "./World.ts";

/** What people do to the world while the fake runs. Issues are named `owner/repo#1`. */
export class People {
  readonly #maker: Maker;

  constructor(maker: Maker) {
    this.#maker = maker;
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
    const issue = this.#maker.issue(name);
    closeIssue(this.#maker, issue, change, change.reason);
    touch(issue, this.#maker.doing(change).at);
  }

  reopen(name: string, change: Doing = {}): void {
    const issue = this.#maker.issue(name);
    const doing = this.#maker.doing(change);
    const stateReason = issue.pull === null ? ("reopened" as const) : null;
    Object.assign(issue, { isOpen: true, stateReason, closedAt: null, closedBy: null });
    this.#maker.happened(issue, "ReopenedEvent", doing);
    touch(issue, doing.at);
  }

  /** Merges a pull request and closes the issues that it names. */
  merge(name: string, change: Doing = {}): void {
    const { pull } = this.#maker.issue(name);
    if (pull === null) throw new Error(`${name} is an issue: only a pull request is merged`);
    pull.mergedAt = this.#maker.doing(change).at;
    this.close(name, change);
    for (const closed of pull.closes) if (closed.isOpen) this.close(referenceOf(closed), change);
  }

  label(name: string, label: string, change: Doing = {}): void {
    const issue = this.#maker.issue(name);
    const isNew = this.#maker.setLabel(issue, label, change);
    if (isNew) touch(issue, this.#maker.doing(change).at);
  }

  unlabel(name: string, label: string, change: Doing = {}): void {
    const issue = this.#maker.issue(name);
    const found = this.#maker.label(issue.repo, label);
    const index = issue.labels.indexOf(found);
    if (index < 0) return;
    const doing = this.#maker.doing(change);
    issue.labels.splice(index, 1);
    this.#maker.happened(issue, "UnlabeledEvent", doing, { label: found });
    touch(issue, doing.at);
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
    const comment = this.#maker.issue(name).comments[index];
    if (comment === undefined) throw new Error(`${name} has no comment ${index}`);
    const { actor, at } = this.#maker.doing(change);
    Object.assign(comment, { body, updatedAt: at, lastEditedAt: at, editor: actor });
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

  /** Sets a value of an issue's card, or takes it away. */
  setValue(name: string, board: Project, field: string, value: string | number | null): void {
    const item = this.#maker.issue(name).items.find(({ project }) => project === board);
    if (item === undefined) throw new Error(`${name} is not on the board ${board.title}`);
    setValue(item, field, value);
    item.updatedAt = this.#maker.world.clock.now();
  }
}

const touch = (issue: Issue, at: number): void => {
  issue.updatedAt = Math.max(issue.updatedAt, at);
};
