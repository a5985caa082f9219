/**
 * What is known of an issue before anything is decided about it: plain data, as GitHub states it.
 *
 * Nothing here is trusted. Texts are as people wrote them.
 */

/** The relation of an author to the repository, in GitHub's words: `OWNER`, `MEMBER`, `COLLABORATOR`, `CONTRIBUTOR`, `NONE` … */
export type Association = string;

/** What kind of thing a number of a repository stands for, and where it is in its life. */
export interface LinkedIssue {
  /** `owner/repo#123`, in GitHub's spelling. */
  readonly id: string;
  readonly kind: "issue" | "pull-request";
  readonly state: "open" | "completed" | "not-planned" | "duplicate" | "merged" | "closed";
  readonly title: string;
  readonly url: string;
}

/** A comment on an issue. */
export interface Comment {
  readonly url: string;
  /** Undefined if the account is gone. */
  readonly author: string | undefined;
  readonly association: Association;
  readonly body: string;
}

/** A milestone; `dueOn` is a date as GitHub writes it. */
export interface Milestone {
  readonly number: number;
  readonly title: string;
  readonly dueOn: string | undefined;
  readonly isOpen: boolean;
}

/** The value of a field of a board: text and names as text, numbers as numbers, dates as `2026-11-21`. */
export type FieldValue = string | number;

/** What an issue waits for by GitHub's own count, open, and which the token may not see. */
export interface Hidden {
  readonly blockers: number;
  readonly subIssues: number;
}

/** Who set the label that approves an issue, as the label's last event says. */
export interface Approval {
  readonly label: string;
  readonly actor: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Whether the actor may write to the repository. */
  readonly mayWrite: boolean;
  /** Whether title or body were changed after the label was set. */
  readonly isOutdated: boolean;
}

/** An issue as it was read. */
export interface IssueFacts {
  /** `owner/repo#123`, in GitHub's spelling. */
  readonly id: string;
  /** GitHub's global id. */
  readonly nodeId: string;
  readonly repository: string;
  readonly number: number;
  readonly title: string;
  /** An empty text if there is none. */
  readonly body: string;
  readonly url: string;
  readonly state: "open" | "completed" | "not-planned" | "duplicate";
  /** Undefined if the account is gone. */
  readonly author: string | undefined;
  readonly association: Association;
  readonly labels: ReadonlyArray<string>;
  readonly milestone: Milestone | undefined;
  readonly type: string | undefined;
  /** Milliseconds since the epoch. */
  readonly updatedAt: number;
  /** In the order in which they were written. */
  readonly comments: ReadonlyArray<Comment>;
  readonly blockedBy: ReadonlyArray<LinkedIssue>;
  readonly subIssues: ReadonlyArray<LinkedIssue>;
  readonly parent: LinkedIssue | undefined;
  readonly hidden: Hidden;
  /** Fields of the board it was read from, by the name they have there. Empty if it was read from no board. */
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** Undefined if nobody asked, or it does not have the label. */
  readonly approval: Approval | undefined;
  /** The source that gave it, as `acme/shop issues`. */
  readonly source: string;
}

/** What a source holds and that is no issue: a draft, a pull request, something the token may not see. */
export interface Unusable {
  readonly source: string;
  readonly kind: "draft" | "redacted" | "pull-request" | "archived";
  /** Its title, if it may be seen. */
  readonly title: string | undefined;
}

/** What became of looking up an issue that a text names. */
export type Lookup =
  | { readonly _tag: "Found"; readonly issue: LinkedIssue }
  /** No such issue or repository, or the token may not see it: GitHub does not tell them apart. */
  | { readonly _tag: "Missing" };
