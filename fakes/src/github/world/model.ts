import type { Git } from "./Git.ts";
import type { CheckInput } from "./input.ts";

/** What a user may do in a repository, the most first. */
export const permissions = ["admin", "maintain", "write", "triage", "read", "none"] as const;
export type Permission = (typeof permissions)[number];

export type Association =
  | "OWNER"
  | "MEMBER"
  | "COLLABORATOR"
  | "CONTRIBUTOR"
  | "FIRST_TIME_CONTRIBUTOR"
  | "FIRST_TIMER"
  | "MANNEQUIN"
  | "NONE";

export type StateReason = "completed" | "not_planned" | "duplicate" | "reopened";

/** What every object has. Times are milliseconds since 1970. */
interface Thing {
  /** Above 2^31, as the service's ids are by now. */
  readonly id: number;
  readonly nodeId: string;
  readonly createdAt: number;
}

/** A user, an organisation or a bot. */
export interface Account extends Thing {
  readonly kind: "User" | "Organization" | "Bot";
  readonly login: string;
  readonly name: string | null;
  /** Of an organisation. */
  readonly members: Set<Account>;
  readonly projects: Array<Project>;
}

export interface Repo extends Thing {
  readonly kind: "Repository";
  readonly owner: Account;
  name: string;
  isPrivate: boolean;
  readonly isArchived: boolean;
  readonly hasIssues: boolean;
  readonly defaultBranch: string;
  /** By user. */
  readonly permissions: Map<Account, Permission>;
  readonly labels: Array<Label>;
  readonly milestones: Array<Milestone>;
  readonly types: Array<IssueType>;
  /** Issues and pull requests by number, in the order in which they came. */
  readonly issues: Map<number, Issue>;
  /** The highest number of an issue. */
  lastNumber: number;
  readonly git: Git;
  /** Whether refs are branches and tags only. */
  readonly refusesCustomRefs: boolean;
  readonly merging: Merging;
  /** By branch. */
  readonly protections: Map<string, Protection>;
  /** Check runs and statuses by commit, in the order in which they came. */
  readonly checks: Map<string, Array<Check>>;
  /** What runs on the head of every pull request, and on every new tip of a base. */
  readonly headChecks: ReadonlyArray<CheckInput>;
  readonly baseChecks: ReadonlyArray<CheckInput>;
  /** When the tip of a branch moved last. */
  readonly movedAt: Map<string, number>;
  /** Since when the first entry of a merge queue is its first. */
  readonly queueSince: Map<string, number>;
}

/** How pull requests of a repository may be merged. */
export interface Merging {
  merge: boolean;
  squash: boolean;
  rebase: boolean;
  auto: boolean;
  /** Whether the branch of a merged pull request goes by itself. */
  deleteBranch: boolean;
  /** How long nobody knows whether a pull request can be merged, after a push to its head or base. */
  mergeableSeconds: number;
  /** How long after a change of the base a merge meets the race with it. */
  raceSeconds: number;
}

export type MergeMethod = "merge" | "squash" | "rebase";

/** What a branch asks of what is merged into it. */
export interface Protection {
  /** Names of checks. */
  checks: ReadonlyArray<string>;
  /** Approvals by people who may push. */
  reviews: number;
  upToDate: boolean;
  linear: boolean;
  dismissStale: boolean;
  /** Of the merge queue: how long an entry takes; `null` without one. */
  queueSeconds: number | null;
}

export interface Label extends Thing {
  readonly kind: "Label";
  readonly repo: Repo;
  name: string;
  color: string;
  description: string | null;
}

export interface Milestone extends Thing {
  readonly kind: "Milestone";
  readonly repo: Repo;
  readonly number: number;
  readonly title: string;
  readonly description: string | null;
  readonly dueOn: number | null;
  readonly creator: Account;
  isOpen: boolean;
  updatedAt: number;
  closedAt: number | null;
}

export interface IssueType extends Thing {
  readonly kind: "IssueType";
  readonly name: string;
}

/** What makes an issue a pull request. */
export interface Pull {
  /** Not the id of the issue that it also is. */
  readonly id: number;
  readonly head: string;
  /** Who owns the repository of the head: somebody else's is a fork. */
  readonly headOwner: Account;
  base: string;
  /** The head, as it is or was last. */
  sha: string;
  /** The tip of the base when it was merged. */
  baseSha: string;
  pushedAt: number;
  isDraft: boolean;
  mergedAt: number | null;
  mergedBy: Account | null;
  mergeSha: string | null;
  readonly closes: Array<Issue>;
  readonly reviews: Array<Review>;
  readonly comments: Array<ReviewComment>;
  autoMerge: AutoMerge | null;
  queued: QueueEntry | null;
  failsInQueue: boolean;
  /** What runs on its heads; `null`: what runs on every head of the repository. */
  readonly checks: ReadonlyArray<CheckInput> | null;
}

export interface AutoMerge {
  readonly by: Account;
  readonly at: number;
  readonly method: MergeMethod;
}

export interface QueueEntry extends Thing {
  readonly kind: "QueueEntry";
  readonly pull: Issue;
  readonly by: Account;
  readonly sha: string;
}

export type ReviewState = "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED";

export interface Review extends Thing {
  readonly kind: "PullRequestReview";
  readonly issue: Issue;
  readonly author: Account;
  readonly body: string;
  readonly sha: string;
  state: ReviewState;
}

export interface ReviewComment extends Thing {
  readonly kind: "PullRequestReviewComment";
  readonly review: Review;
  readonly path: string;
  readonly line: number | null;
  readonly body: string;
}

/** A check run: what it is at a moment follows from its script and the clock. */
export interface CheckRun extends Thing {
  readonly kind: "CheckRun";
  readonly repo: Repo;
  readonly sha: string;
  /** From 1; a rerun is a run of its own. */
  readonly attempt: number;
  readonly script: CheckInput;
}

/** A commit status; the last one of a context counts. */
export interface Status extends Thing {
  readonly kind: "StatusContext";
  readonly repo: Repo;
  readonly sha: string;
  readonly script: CheckInput;
  readonly creator: Account | null;
}

export type Check = CheckRun | Status;

/** An issue, or a pull request, which is one too. */
export interface Issue extends Thing {
  readonly kind: "Issue";
  readonly repo: Repo;
  readonly number: number;
  title: string;
  body: string | null;
  /** `null`: has left the service. */
  readonly author: Account | null;
  /** `null`: follows from the author. */
  readonly association: Association | null;
  readonly labels: Array<Label>;
  readonly assignees: Array<Account>;
  milestone: Milestone | null;
  type: IssueType | null;
  isOpen: boolean;
  stateReason: StateReason | null;
  readonly isLocked: boolean;
  updatedAt: number;
  closedAt: number | null;
  closedBy: Account | null;
  lastEditedAt: number | null;
  editor: Account | null;
  readonly comments: Array<Comment>;
  /** In the order in which they were added. */
  readonly blockedBy: Array<Issue>;
  readonly blocking: Array<Issue>;
  parent: Issue | null;
  readonly subIssues: Array<Issue>;
  readonly events: Array<TimelineEvent>;
  readonly items: Array<ProjectItem>;
  /** Pull requests that close it. */
  readonly closers: Array<Issue>;
  readonly pull: Pull | null;
}

export interface Comment extends Thing {
  readonly kind: "IssueComment";
  readonly issue: Issue;
  readonly author: Account | null;
  readonly association: Association | null;
  body: string;
  updatedAt: number;
  lastEditedAt: number | null;
  editor: Account | null;
  /** Bodies that it had before, the first one first. */
  readonly former: Array<string>;
}

/** Something that happened to an issue; `type` is its name in GraphQL. */
export interface TimelineEvent extends Thing {
  readonly kind: "Event";
  readonly type:
    | "LabeledEvent"
    | "UnlabeledEvent"
    | "RenamedTitleEvent"
    | "ClosedEvent"
    | "ReopenedEvent"
    | "MergedEvent"
    | "AutoMergeEnabledEvent"
    | "AutoMergeDisabledEvent"
    | "AddedToMergeQueueEvent"
    | "RemovedFromMergeQueueEvent"
    | "ConvertToDraftEvent"
    | "ReadyForReviewEvent"
    | "HeadRefDeletedEvent";
  readonly issue: Issue;
  readonly actor: Account;
  readonly label?: Label;
  readonly from?: string;
  readonly to?: string;
  readonly stateReason?: StateReason | null;
  /** Why, in the service's words. */
  readonly reason?: string;
}

export type FieldType =
  | "TITLE"
  | "ASSIGNEES"
  | "LABELS"
  | "LINKED_PULL_REQUESTS"
  | "MILESTONE"
  | "REPOSITORY"
  | "REVIEWERS"
  | "PARENT_ISSUE"
  | "SUB_ISSUES_PROGRESS"
  | "TEXT"
  | "NUMBER"
  | "DATE"
  | "SINGLE_SELECT"
  | "ITERATION";

export interface Choice {
  readonly id: string;
  readonly name: string;
}

export interface Iteration {
  readonly id: string;
  readonly title: string;
  /** YYYY-MM-DD. */
  readonly startDate: string;
  /** In days. */
  readonly duration: number;
  readonly isCompleted: boolean;
}

export interface Field extends Thing {
  readonly kind: "Field";
  readonly project: Project;
  readonly name: string;
  readonly dataType: FieldType;
  readonly choices: Array<Choice>;
  readonly iterations: Array<Iteration>;
}

export interface Draft extends Thing {
  readonly kind: "DraftIssue";
  readonly title: string;
  readonly body: string;
  readonly creator: Account;
}

/** A card. Its values are by the field's name: text, a number, a date, or the name of a choice or an iteration. */
export interface ProjectItem extends Thing {
  readonly kind: "ProjectV2Item";
  readonly project: Project;
  readonly content: Issue | Draft;
  /** Hidden from everybody, whatever they may see. */
  readonly isRedacted: boolean;
  isArchived: boolean;
  readonly creator: Account;
  readonly values: Map<string, string | number>;
  updatedAt: number;
}

export interface Project extends Thing {
  readonly kind: "ProjectV2";
  readonly owner: Account;
  readonly number: number;
  readonly title: string;
  readonly isPublic: boolean;
  readonly isClosed: boolean;
  readonly creator: Account;
  readonly fields: Array<Field>;
  readonly items: Array<ProjectItem>;
  updatedAt: number;
}

/** Everything that has a node id. */
export type Node =
  | Account
  | Repo
  | Label
  | Milestone
  | IssueType
  | Issue
  | Comment
  | TimelineEvent
  | Field
  | Draft
  | ProjectItem
  | Project
  | Review
  | ReviewComment
  | Check
  | QueueEntry;
