/** The refs under which a clone remembers the branches of another repository. */
import * as Effect from "effect/Effect";
import type { Git } from "../Git.ts";

const root = "refs/remotes";

/** Where a clone remembers a branch. */
export const of = (remote: string, branch: string): string => `${root}/${remote}/${branch}`;

/**
 * Removes what leaves no place for refs that are to be written, as `a` leaves none for `a/b`;
 * whether there was something. Where a branch is there now, none of these can be: the clone only
 * remembers them.
 */
export const makeRoom = Effect.fnUntraced(function* (
  git: Git["Service"],
  repository: string,
  wanted: ReadonlyArray<string>,
) {
  const listed = yield* git.run(repository, ["for-each-ref", "--format=%(refname)", root]);
  const inTheWay = listed.stdout.split("\n").filter((ref) => ref !== "" && clashes(ref, wanted));
  for (const ref of inTheWay) {
    yield* git.run(repository, ["update-ref", "--no-deref", "-d", ref]);
  }
  return inTheWay.length > 0;
});

const clashes = (ref: string, wanted: ReadonlyArray<string>): boolean =>
  wanted.some((one) => one.startsWith(`${ref}/`) || ref.startsWith(`${one}/`));
