/** What somebody did to the world; the judge of a run reads them. */
export interface Deed {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly by: string;
  /** Asked for over the API: by a client of the fake, not by the people of its world. */
  readonly isApi: boolean;
  readonly what: What;
  /** `acme/shop#1`, or the repository. */
  readonly on: string;
  readonly more: Readonly<Record<string, unknown>>;
}

export type What =
  | "comment.created"
  | "comment.edited"
  | "comment.deleted"
  | "label.added"
  | "label.removed"
  | "issue.opened"
  | "issue.edited"
  | "issue.closed"
  | "issue.reopened"
  | "card.added"
  | "card.moved"
  | "ref.created"
  | "ref.moved"
  | "ref.forced"
  | "ref.deleted"
  | "pull.opened"
  | "pull.pushed"
  | "pull.merged"
  | "pull.updated"
  | "pull.reviewed"
  | "pull.drafted"
  | "pull.readied"
  | "autoMerge.enabled"
  | "autoMerge.disabled"
  | "queue.entered"
  | "queue.left"
  | "check.rerun"
  | "status.created";
