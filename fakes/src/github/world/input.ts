import type { Association, Merging, Permission, Protection, StateReason } from "./model.ts";

/** A date as text or as milliseconds since 1970. */
export type Moment = string | number;

export interface UserInput {
  readonly login: string;
  readonly name?: string;
  readonly bot?: boolean;
}

export interface OrgInput {
  readonly login: string;
  readonly members?: ReadonlyArray<string>;
}

/** A text is a comment of the first user. */
export type CommentInput =
  | string
  | {
      readonly body: string;
      /** `null`: of somebody who has left the service. */
      readonly by?: string | null;
      readonly association?: Association;
      readonly at?: Moment;
      readonly editedAt?: Moment;
    };

/** A text is a label that the first user set when the issue was opened. */
export type SetLabelInput =
  | string
  | { readonly name: string; readonly by?: string; readonly at?: Moment };

/** How a check run ends. */
export type Conclusion =
  | "success"
  | "failure"
  | "neutral"
  | "cancelled"
  | "skipped"
  | "timed_out"
  | "action_required"
  | "stale"
  | "startup_failure";

/** What a check does on each head that it runs on. Times are seconds since the push. */
export interface CheckInput {
  readonly name: string;
  /** The app's slug, `github-actions` by default; a check of its jobs can be run again as a job. */
  readonly app?: string;
  /** A commit status instead of a check run: `pending`, then `success`, or `failure` for any other end. */
  readonly status?: boolean;
  /** Until it appears at all; 0 by default. */
  readonly appears?: number;
  /** In the queue; 0 by default. */
  readonly waits?: number;
  /** At work; 60 by default; `null` never ends. */
  readonly seconds?: number | null;
  /** `success` by default; a list is by attempt, and its last one stays: `["failure", "success"]` is flaky. */
  readonly conclusion?: Conclusion | ReadonlyArray<Conclusion>;
  readonly title?: string;
  readonly summary?: string;
  readonly text?: string;
  /** Whether fine-grained tokens are not told of it, as happens. */
  readonly hidden?: boolean;
  /** The workflow's name, of a check of `github-actions`. */
  readonly workflow?: string;
}

/** A file that a push changes: a path, or what else became of it. */
export type FileInput =
  | string
  | { readonly path: string; readonly previous?: string; readonly removed?: boolean };

/** `true`: an open pull request of its own branch. */
export type PullInput =
  | true
  | {
      readonly head?: string;
      readonly base?: string;
      readonly draft?: boolean;
      readonly merged?: boolean;
      /** Issues that a merge closes: `#1` or `owner/repo#1`; those that the body names with a keyword are added. */
      readonly closes?: ReadonlyArray<string>;
      /** Who owns the repository of the head, for a pull request out of a fork. */
      readonly fork?: string;
      /** What it changes; by default a file of its own. None: an empty pull request. */
      readonly files?: ReadonlyArray<FileInput>;
      /** The base as it was then is what the branch begins with; now, by default. */
      readonly since?: Moment;
      /** What runs on its heads, instead of what runs on all of the repository's. */
      readonly checks?: ReadonlyArray<CheckInput>;
      /** Whether the merge queue throws it out for what its own checks find. */
      readonly failsInQueue?: boolean;
    };

/** Other issues are named `#1`, or `owner/repo#1` in another repository. They may stand anywhere in the world. */
export interface IssueInput {
  /** By default the next one. */
  readonly number?: number;
  readonly title?: string;
  readonly body?: string | null;
  readonly labels?: ReadonlyArray<SetLabelInput>;
  /** Labels that were set and taken away again. */
  readonly unlabeled?: ReadonlyArray<SetLabelInput>;
  readonly milestone?: string;
  readonly assignees?: ReadonlyArray<string>;
  /** The first user by default; `null`: somebody who has left the service. */
  readonly author?: string | null;
  readonly association?: Association;
  readonly type?: string;
  readonly state?: "open" | "closed";
  readonly stateReason?: StateReason;
  readonly locked?: boolean;
  readonly comments?: ReadonlyArray<CommentInput>;
  readonly blockedBy?: ReadonlyArray<string>;
  readonly subIssues?: ReadonlyArray<string>;
  readonly parent?: string;
  readonly pull?: PullInput;
  readonly createdAt?: Moment;
  readonly updatedAt?: Moment;
  /** When the body was last changed, and by whom. */
  readonly edited?: { readonly at: Moment; readonly by?: string };
  readonly renamed?: ReadonlyArray<{
    readonly from: string;
    readonly at: Moment;
    readonly by?: string;
  }>;
}

export interface MilestoneInput {
  readonly title: string;
  readonly dueOn?: Moment;
  readonly description?: string;
  readonly state?: "open" | "closed";
}

export interface RepoInput {
  /** `owner/repo`; an owner that is not among the users becomes an organisation. */
  readonly name: string;
  readonly private?: boolean;
  readonly archived?: boolean;
  readonly issuesDisabled?: boolean;
  /** Names that lead here by a redirect. */
  readonly formerly?: ReadonlyArray<string>;
  readonly permissions?: Readonly<Record<string, Permission>>;
  /** Labels that issues name are added. */
  readonly labels?: ReadonlyArray<
    string | { readonly name: string; readonly color?: string; readonly description?: string }
  >;
  readonly milestones?: ReadonlyArray<string | MilestoneInput>;
  readonly types?: ReadonlyArray<string>;
  readonly issues?: ReadonlyArray<IssueInput>;
  /** A bare repository of this machine that is its git side: what is pushed there is seen here, and what is merged here is there. */
  readonly git?: string;
  /** Whether nothing was ever pushed to it. */
  readonly empty?: boolean;
  /** Whether refs are branches and tags only; others are refused. */
  readonly refusesCustomRefs?: boolean;
  /** How pull requests may be merged: every method and auto-merge, by default. */
  readonly merging?: Partial<Merging>;
  /** By branch. */
  readonly protection?: Readonly<Record<string, ProtectionInput>>;
  /** What runs on the head of every pull request. */
  readonly checks?: ReadonlyArray<CheckInput>;
  /** What runs on every new tip of the default branch and of protected ones. */
  readonly baseChecks?: ReadonlyArray<CheckInput>;
}

export type ProtectionInput = Partial<Omit<Protection, "queueSeconds">> & {
  /** A merge queue, and how long an entry takes in it; `true`: 60 seconds. */
  readonly queue?: boolean | number;
};

/** A list is a single select with these choices. */
export type FieldInput =
  | ReadonlyArray<string>
  | "TEXT"
  | "NUMBER"
  | "DATE"
  | {
      readonly iterations: ReadonlyArray<{
        readonly title: string;
        readonly startDate: string;
        readonly duration?: number;
        readonly completed?: boolean;
      }>;
    };

/** An issue or pull request by name, or a draft. */
export type ItemInput = (
  | { readonly issue: string }
  | { readonly draft: string; readonly body?: string }
) & {
  readonly archived?: boolean;
  readonly redacted?: boolean;
  /** By the field's name: text, number, date, or the name of a choice or an iteration. */
  readonly values?: Readonly<Record<string, string | number>>;
};

export interface ProjectInput {
  readonly owner: string;
  readonly number?: number;
  readonly title?: string;
  readonly public?: boolean;
  readonly closed?: boolean;
  readonly fields?: Readonly<Record<string, FieldInput>>;
  /** A text is an issue. */
  readonly items?: ReadonlyArray<string | ItemInput>;
}

export type Level = "read" | "write" | "admin";

/** A token and what it may do. */
export type TokenInput = { readonly token: string; readonly expiresAt?: Moment } & (
  | { readonly kind: "classic"; readonly user: string; readonly scopes: ReadonlyArray<string> }
  | {
      readonly kind: "fine-grained";
      readonly user: string;
      readonly permissions: Readonly<Record<string, Level>>;
      /** All that the user may see, by default. */
      readonly repos?: ReadonlyArray<string>;
    }
  | {
      /** A workflow's `GITHUB_TOKEN`. */
      readonly kind: "actions";
      readonly repo: string;
      readonly permissions?: Readonly<Record<string, Level>>;
    }
);

/** A GitHub App with one installation. */
export interface AppInput {
  readonly id: number;
  readonly slug?: string;
  readonly clientId?: string;
  /** PEM; without it the signature of a JWT is not looked at. */
  readonly publicKey?: string;
  readonly installation: {
    readonly id: number;
    readonly owner: string;
    /** All of the owner's, by default. */
    readonly repos?: ReadonlyArray<string>;
    readonly permissions: Readonly<Record<string, Level>>;
  };
}

/** Who and what exists. */
export interface WorldInput {
  readonly users?: ReadonlyArray<string | UserInput>;
  readonly orgs?: ReadonlyArray<string | OrgInput>;
  readonly repos?: ReadonlyArray<RepoInput>;
  readonly projects?: ReadonlyArray<ProjectInput>;
  readonly tokens?: ReadonlyArray<TokenInput>;
  readonly apps?: ReadonlyArray<AppInput>;
}
