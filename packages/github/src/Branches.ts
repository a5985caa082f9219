/** Makes the branches that tasks want to be worked on, once, whoever else makes branches meanwhile. */
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import * as Schema from "effect/Schema";
import type { GitHubClient } from "./GitHubClient.ts";
import type { GitHubError } from "./GitHubError.ts";
import { isBranchName, namesAbove } from "./internal/git/branchName.ts";
import { GitRefs } from "./internal/git/GitRefs.ts";

/** A branch that a task wants. */
export interface Wanted {
  /** `owner/repo`. */
  readonly repository: string;
  /** Without `refs/heads/`. */
  readonly branch: string;
  /** The branch whose tip it begins at (default: the repository's default branch); for a stack, that of the dependency. */
  readonly from?: string | undefined;
  /**
   * Whether a branch of that name is taken as it is (default false): an earlier attempt at the task
   * made it, and what lies on it is to be gone on with.
   */
  readonly isContinued?: boolean | undefined;
  /**
   * Whether a branch of that name is taken as long as nothing of its own lies on it (default false):
   * it may have been made before its base moved on.
   */
  readonly mayBeBehind?: boolean | undefined;
}

/** A branch that is there. */
export interface Branch {
  readonly name: string;
  /** What it points at. */
  readonly commit: string;
  /** The tip that it was to begin at. */
  readonly base: string;
  /** False if it was there already. */
  readonly isNew: boolean;
}

/** The branch cannot be had; the message says what is in its way and what to try. */
export class BranchRefused extends Schema.TaggedError<BranchRefused>()("BranchRefused", {
  /**
   * - `name`: git takes it for no name of a branch.
   * - `no-base`: the branch that it was to begin from is not there.
   * - `empty`: the repository has no commit yet.
   * - `taken`: a branch of that name points elsewhere.
   * - `clash`: a branch is in the way, as `a` is of `a/b`.
   */
  reason: Schema.Literals(["name", "no-base", "empty", "taken", "clash"]),
  message: Schema.String,
  repository: Schema.String,
  branch: Schema.String,
  /** What a branch of that name points at. */
  tip: Schema.optionalKey(Schema.String),
}) {}

/**
 * Makes the branch at the tip of its base, or finds it there.
 *
 * A branch that is there already is looked at, whoever made it: at the same
 * commit it is as good as made; anywhere else it is `taken`, and never moved. An
 * answer that is lost is followed by a look, so that it may be called again.
 */
export const ensure: (
  client: GitHubClient,
  wanted: Wanted,
) => Effect.Effect<Branch, BranchRefused | GitHubError> = Effect.fn("Branches.ensure")(
  function* (client, wanted) {
    const { branch: name, repository } = wanted;
    if (!isBranchName(name))
      return yield* refused(wanted, "name", `is no name for a branch: ${rule}`);
    const refs = new GitRefs(client, repository);
    const base = yield* baseOf(refs, wanted);
    const created = Effect.as(refs.create(`heads/${name}`, base), true);
    const isNew = yield* Effect.catch(created, (refusal) =>
      Effect.flatMap(refs.tip(`heads/${name}`), (tip) =>
        tip === undefined ? Effect.fail(refusal) : Effect.succeed(false),
      ),
    ).pipe(
      Effect.retry({ while: mayPass, schedule: patience }),
      Effect.catchTag("Invalid", (refusal) =>
        Effect.andThen(clash(refs, wanted), Effect.fail(refusal)),
      ),
    );
    return isNew ? { name, commit: base, base, isNew } : yield* found(refs, wanted, base);
  },
);

/** The name of the branch that people of a repository, `owner/repo`, work from. */
export const defaultOf = (
  client: GitHubClient,
  repository: string,
): Effect.Effect<string, GitHubError> => new GitRefs(client, repository).defaultBranch();

const baseOf = Effect.fnUntraced(function* (refs: GitRefs, wanted: Wanted) {
  const from = wanted.from ?? (yield* refs.defaultBranch());
  if (from === wanted.branch) {
    return yield* refused(wanted, "taken", "is the one that it was to begin at: name another one");
  }
  const tip = yield* Effect.catchTag(refs.tip(`heads/${from}`), "Conflict", () =>
    refused(wanted, "empty", "cannot be made in a repository without commits: push a first one"),
  );
  if (tip !== undefined) return tip;
  const message = `cannot begin at ${from}, which is no branch there: name another one, or push it`;
  return yield* refused(wanted, "no-base", message);
});

const found = Effect.fnUntraced(function* (refs: GitRefs, wanted: Wanted, base: string) {
  const { branch: name, isContinued = false, mayBeBehind = false } = wanted;
  const commit = yield* refs.tip(`heads/${name}`);
  if (commit === undefined) {
    return yield* refused(wanted, "taken", "was there and was deleted meanwhile: try again");
  }
  if (commit === base || isContinued) return { name, commit, base, isNew: false };
  const { ahead, behind } = yield* refs.compare(base, commit);
  if (mayBeBehind && ahead === 0) return { name, commit, base, isNew: false };
  const where = `${counted(ahead)} ahead of and ${counted(behind)} behind what it was to begin at, ${base.slice(0, 12)}`;
  const message = `is there already, at ${commit.slice(0, 12)}, ${where}: look whether it is still needed, then delete it or name another one`;
  return yield* refused(wanted, "taken", message, commit);
});

/** Fails with the branch that leaves no place for the one that is wanted, if there is one. */
const clash = Effect.fnUntraced(function* (refs: GitRefs, wanted: Wanted) {
  for (const above of namesAbove(wanted.branch)) {
    if ((yield* refs.tip(`heads/${above}`)) === undefined) continue;
    return yield* refused(wanted, "clash", `cannot be there beside the branch ${above}: ${rename}`);
  }
  const [below] = yield* refs.below(`heads/${wanted.branch}`);
  if (below === undefined) return;
  const other = below.replace(/^heads\//, "");
  return yield* refused(wanted, "clash", `cannot be there beside the branch ${other}: ${rename}`);
});

const refused = (
  { branch, repository }: Wanted,
  reason: BranchRefused["reason"],
  clause: string,
  tip?: string,
) => {
  const message = `The branch ${JSON.stringify(branch)} of ${repository} ${clause}.`;
  return Effect.fail(
    new BranchRefused({
      reason,
      message,
      repository,
      branch,
      ...(tip === undefined ? {} : { tip }),
    }),
  );
};

const mayPass = ({ _tag }: GitHubError): boolean => _tag === "Unavailable" || _tag === "Malformed";

const patience = Schedule.upTo(Schedule.exponential("1 second"), { times: 4 });

const counted = (commits: number): string => (commits === 1 ? "1 commit" : `${commits} commits`);

const rename = "name another one, or delete that one";

const rule =
  'it must have no spaces, none of "..", "@{" and ~^:?*[\\, no part that begins or ends with a dot or ends with ".lock", and no "-" or "/" at its ends';
