import { createHash } from "node:crypto";
import type { Deed, What } from "./deeds.ts";
import type { CommentInput, MilestoneInput, PullInput } from "./input.ts";
import type {
  Account,
  Comment,
  Draft,
  Issue,
  IssueType,
  Label,
  Milestone,
  Pull,
  Repo,
  TimelineEvent,
} from "./model.ts";
import { type Doing, toTime } from "./moments.ts";
import { startChecks } from "./checks.ts";
import { commitFiles, tipAt, tipOf } from "./pushes.ts";
import { fullName, type World } from "./World.ts";

interface NewHead {
  readonly head: string;
  readonly headOwner: Account;
  readonly number: number;
  readonly base: string;
  readonly baseSha: string;
  readonly given: Exclude<PullInput, true>;
  readonly by: Account | null;
  readonly at: number;
}

/** Makes the single things of a world, and finds those that are there. */
export class Maker {
  readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  issue(name: string): Issue {
    const found = this.world.issue(name);
    if (found === null) throw new Error(`the world has no issue ${name}`);
    return found;
  }

  repo(name: string): Repo {
    const found = this.world.repo(name);
    if (found === null) throw new Error(`the world has no repository ${name}`);
    return found;
  }

  /** A user that nobody knew is a newcomer. */
  account(login: string): Account {
    return this.world.account(login) ?? this.#newcomer(login);
  }

  firstUser(): Account {
    return this.world.accounts.find(({ kind }) => kind === "User") ?? this.#newcomer("operator");
  }

  /** `null` has left the service. */
  author(login: string | null | undefined): Account | null {
    if (login === null) return null;
    return login === undefined ? this.firstUser() : this.account(login);
  }

  /** Writes down what somebody did to the world. */
  did(what: What, doing: Doing, on: string, more: Deed["more"] = {}): void {
    const { actor, at } = this.doing(doing);
    const { isApi = false } = doing;
    this.world.record({ at, by: actor.login, isApi, what, on, more });
  }

  doing({ by, at }: Doing): { readonly actor: Account; readonly at: number } {
    return {
      actor: by === undefined ? this.firstUser() : this.account(by),
      at: at === undefined ? this.world.clock.now() : toTime(at),
    };
  }

  /** A label of the repository, made if need be. */
  label(repo: Repo, name: string, more: { color?: string; description?: string } = {}): Label {
    const known = repo.labels.find((label) => label.name.toLowerCase() === name.toLowerCase());
    if (known !== undefined) return known;
    const { color = "ededed", description = null } = more;
    const { createdAt } = repo;
    const minted = this.world.mint("Label");
    const label: Label = { kind: "Label", ...minted, repo, name, color, description, createdAt };
    repo.labels.push(this.world.keep(label));
    return label;
  }

  /** A milestone of the repository by its title, made if need be. */
  milestone(repo: Repo, title: string, more: Partial<MilestoneInput> = {}): Milestone {
    const known = repo.milestones.find((milestone) => milestone.title === title);
    if (known !== undefined) return known;
    const isOpen = more.state !== "closed";
    const milestone: Milestone = this.world.keep({
      kind: "Milestone",
      ...this.world.mint("Milestone"),
      repo,
      title,
      isOpen,
      number: repo.milestones.length + 1,
      description: more.description ?? null,
      dueOn: more.dueOn === undefined ? null : toTime(more.dueOn),
      creator: this.firstUser(),
      createdAt: repo.createdAt,
      updatedAt: repo.createdAt,
      closedAt: isOpen ? null : repo.createdAt,
    });
    repo.milestones.push(milestone);
    return milestone;
  }

  type(repo: Repo, name: string): IssueType {
    const known = repo.types.find((type) => type.name === name);
    if (known !== undefined) return known;
    const { createdAt } = repo;
    const minted = this.world.mint("IssueType");
    const type: IssueType = this.world.keep({ kind: "IssueType", ...minted, name, createdAt });
    repo.types.push(type);
    return type;
  }

  comment(issue: Issue, input: CommentInput, fallback = this.world.clock.now()): Comment {
    const given = typeof input === "string" ? { body: input } : input;
    const author = this.author(given.by);
    const createdAt = given.at === undefined ? fallback : toTime(given.at);
    const lastEditedAt = given.editedAt === undefined ? null : toTime(given.editedAt);
    const comment: Comment = this.world.keep({
      kind: "IssueComment",
      ...this.world.mint("IssueComment"),
      issue,
      author,
      createdAt,
      lastEditedAt,
      association: given.association ?? null,
      body: given.body,
      updatedAt: lastEditedAt ?? createdAt,
      editor: lastEditedAt === null ? null : author,
      former: [],
    });
    issue.comments.push(comment);
    return comment;
  }

  pull(input: PullInput, number: number, repo: Repo, by: Account | null, createdAt: number): Pull {
    const given = input === true ? {} : input;
    const { head = `branch-${number}`, base = repo.defaultBranch } = given;
    const headOwner = given.fork === undefined ? repo.owner : this.account(given.fork);
    const baseSha = tipOf(repo, base);
    const sha = this.#head(repo, {
      head,
      headOwner,
      number,
      base,
      baseSha,
      given,
      by,
      at: createdAt,
    });
    const isMerged = given.merged === true;
    startChecks(repo, sha, given.checks ?? repo.headChecks, createdAt);
    if (isMerged) repo.git.refs.set(`refs/heads/${base}`, sha);
    return {
      id: this.world.mint("Issue").id,
      head,
      headOwner,
      base,
      sha,
      baseSha,
      pushedAt: createdAt,
      isDraft: given.draft ?? false,
      mergedAt: isMerged ? createdAt : null,
      mergedBy: isMerged ? this.firstUser() : null,
      mergeSha: isMerged ? sha : null,
      closes: [],
      reviews: [],
      comments: [],
      autoMerge: null,
      queued: null,
      failsInQueue: given.failsInQueue ?? false,
      checks: given.checks ?? null,
    };
  }

  /** The commit that a new pull request is about: its branch as it is, or a new one from the base. */
  #head(repo: Repo, from: NewHead): string {
    const { head, headOwner, number, baseSha, given, by, at } = from;
    const start = given.since === undefined ? baseSha : tipAt(repo, from.base, toTime(given.since));
    const isOwn = headOwner === repo.owner;
    const known = isOwn ? repo.git.tip(head) : null;
    if (known !== null && given.files === undefined) return known.sha;
    const { files = [`changes/${number}.txt`] } = given;
    const chosen = createHash("sha1").update(`${fullName(repo)} ${number}`);
    const parents = [known?.sha ?? start];
    const message = `Change ${number}`;
    const sha = chosen.digest("hex");
    const commit = commitFiles(repo, { files, message, author: by, at, parents, sha });
    if (isOwn) repo.git.refs.set(`refs/heads/${head}`, commit.sha);
    return commit.sha;
  }

  draft(title: string, body: string, creator: Account): Draft {
    const createdAt = this.world.clock.now();
    const minted = this.world.mint("DraftIssue");
    return this.world.keep({ kind: "DraftIssue", ...minted, title, body, creator, createdAt });
  }

  /** Writes an event into the timeline of an issue. */
  happened(
    issue: Issue,
    type: TimelineEvent["type"],
    { actor, at }: { readonly actor: Account; readonly at: number },
    more: Partial<TimelineEvent> = {},
  ): void {
    const base = { kind: "Event" as const, type, ...this.world.mint("Event"), issue, actor };
    issue.events.push(this.world.keep({ ...base, createdAt: at, ...more }));
  }

  /** Sets a label and says whether it was not set before. */
  setLabel(issue: Issue, name: string, doing: Doing): boolean {
    const label = this.label(issue.repo, name);
    if (issue.labels.includes(label)) return false;
    issue.labels.push(label);
    this.happened(issue, "LabeledEvent", this.doing(doing), { label });
    return true;
  }

  #newcomer(login: string): Account {
    const kind = login.endsWith("[bot]") ? "Bot" : "User";
    return this.world.addAccount({
      kind,
      ...this.world.mint(kind),
      login,
      name: null,
      createdAt: this.world.clock.now(),
      members: new Set(),
      projects: [],
    });
  }
}
