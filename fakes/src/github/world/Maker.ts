import { createHash } from "node:crypto";
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
import { fullName, type World } from "./World.ts";

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
    });
    issue.comments.push(comment);
    return comment;
  }

  pull(input: PullInput, number: number, repo: Repo, createdAt: number): Pull {
    const given = input === true ? {} : input;
    const { head = `branch-${number}`, base = repo.defaultBranch } = given;
    return {
      id: this.world.mint("Issue").id,
      head,
      base,
      sha: createHash("sha1")
        .update(`${fullName(repo)} ${number}`)
        .digest("hex"),
      isDraft: given.draft ?? false,
      mergedAt: given.merged === true ? createdAt : null,
      closes: [],
    };
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
