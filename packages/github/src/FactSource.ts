/** Where issues come from: the issues of a repository, the items of a board. */
import type * as Stream from "effect/Stream";
import type { GitHubError } from "./GitHubError.ts";
import type { IssueFacts, Unusable } from "./IssueFacts.ts";
import type { Permissions } from "./Permissions.ts";

/** One thing that a source tells. */
export type Fact =
  | { readonly _tag: "Issue"; readonly issue: IssueFacts }
  | { readonly _tag: "Unusable"; readonly unusable: Unusable }
  /** What this GitHub or this token could not tell, as a sentence. It may be told more than once. */
  | { readonly _tag: "Unsupported"; readonly message: string };

/** What gives issues. */
export interface FactSource {
  /** What people call it: `acme/shop issues`. */
  readonly name: string;
  /** Each run reads anew. An issue may come twice when the backlog changes meanwhile. */
  readonly facts: Stream.Stream<Fact, GitHubError>;
}

/** Which issues it matters for that somebody approved them, and by which label. */
export interface ApprovalReading {
  readonly label: string;
  /** Asked only of issues that carry the label. */
  readonly isNeeded: (issue: IssueFacts) => boolean;
  readonly permissions: Permissions;
}

/** What is read of each issue beside what every listing gives. */
export interface Reading {
  /** Default: no. */
  readonly comments?: boolean | undefined;
  readonly approval?: ApprovalReading | undefined;
}
