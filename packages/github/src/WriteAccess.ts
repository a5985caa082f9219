/** Whether a token may do what a run does on GitHub, as far as GitHub tells before it is done. */

/** Something that a run writes. */
export type Operation =
  | "comments"
  | "labels"
  | "closing"
  | "delivery"
  | "merging"
  | "lease"
  | "board";

interface Need {
  /** As people call it. */
  readonly what: string;
  /** What a fine-grained token or an App needs. */
  readonly permission: string;
  /** What a classic token needs. */
  readonly scope: "repo" | "project";
}

/** What each of them needs. */
export const needs: Readonly<Record<Operation, Need>> = {
  comments: { what: "comment on issues", permission: "Issues: write", scope: "repo" },
  labels: { what: "label issues", permission: "Issues: write", scope: "repo" },
  closing: { what: "close issues", permission: "Issues: write", scope: "repo" },
  delivery: {
    what: "open pull requests",
    permission: "Pull requests: write",
    scope: "repo",
  },
  merging: {
    what: "merge pull requests",
    permission: "Contents: write and Pull requests: write",
    scope: "repo",
  },
  lease: {
    what: "keep other orchestrators away",
    permission: "Contents: write",
    scope: "repo",
  },
  board: {
    what: "move cards on the board",
    permission: "Projects: write (of the organisation)",
    scope: "project",
  },
};

/** What is known of a token and the repository that it is for. */
export interface Known {
  /** What the run would do. */
  readonly operations: ReadonlyArray<Operation>;
  /** The scopes of a classic token, as GitHub lists them; undefined for every other kind. */
  readonly scopes: ReadonlyArray<string> | undefined;
  /** Whether the account of the token may push; undefined if GitHub does not say it. */
  readonly mayPush: boolean | undefined;
  readonly isPrivate: boolean;
  /** `owner/name`. */
  readonly repository: string;
}

/** One answer, with what to try if it is not well. */
export interface Verdict {
  readonly level: "ok" | "problem";
  readonly message: string;
}

/** Judges all operations at once; nothing to say where there is none. */
export const judge = (known: Known): Verdict | undefined => {
  const { mayPush, operations, repository, scopes } = known;
  if (operations.length === 0) return undefined;
  if (mayPush === false) {
    return {
      level: "problem",
      message: `The account of the token may only read ${repository}, and a run wants to ${all(operations)}. Use the token of an account that may push, or let this one: write access.`,
    };
  }
  if (scopes === undefined) {
    const permissions = [...new Set(operations.map((one) => needs[one].permission))];
    return {
      level: "ok",
      message: `To ${all(operations)}, the token needs ${permissions.join(", ")}; of this kind of token GitHub does not tell it before`,
    };
  }
  const lacking = operations.filter((one) => !has(needs[one].scope, scopes, known.isPrivate));
  if (lacking.length === 0) return { level: "ok", message: `The token may ${all(operations)}` };
  const wanted = [...new Set(lacking.map((one) => needs[one].scope))];
  return {
    level: "problem",
    message: `The token may not ${all(lacking)}: it lacks the scope ${wanted.join(" and ")}. Add it: gh auth refresh -s ${wanted.join(",")}, or at github.com/settings/tokens`,
  };
};

const has = (scope: Need["scope"], scopes: ReadonlyArray<string>, isPrivate: boolean): boolean =>
  scopes.includes(scope) || (scope === "repo" && !isPrivate && scopes.includes("public_repo"));

const all = (operations: ReadonlyArray<Operation>): string => {
  const words = operations.map((one) => needs[one].what);
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
};
