/**
 * Lands changes by merging their branches into the base of this repository.
 *
 * Merges are made from objects alone (`merge-tree`, `commit-tree`), one after
 * another in the order they come, and the base is moved by compare-and-set: no
 * checkout, index or uncommitted work is touched. Every landing is a merge
 * commit, so that history shows what came from which task. The branch of a
 * landed change is deleted; one in conflict stays until a later attempt of the
 * same task has landed. What stands on another change lands after that. A change
 * that is in the base already, as when a process was killed after its merge,
 * lands again without another merge.
 */
import { type Agent, CodeHost, type Task } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Semaphore from "effect/Semaphore";
import * as Base from "./Base.ts";
import { Git, type GitAnswer, type GitError, refused } from "./Git.ts";
import { listed } from "./internal/PathList.ts";
import * as RunFolder from "./RunFolder.ts";
import * as Worktree from "./Worktree.ts";

const { LandingError } = CodeHost;

/** How often the base may move under a merge before landing gives up. */
const maxMoves = 20;

/** A code host that merges into the branch of `Base`. */
export const make = Effect.gen(function* () {
  const git = yield* Git;
  const base = yield* Base.Base;
  const turn = yield* Semaphore.make(1);
  const replaced = new Map<Task.TaskId, Array<string>>();

  const tidy = Effect.fnUntraced(function* (
    request: CodeHost.LandRequest,
    commit: string,
    tip: string,
  ) {
    const { task, change } = request;
    if (change.branch !== undefined) {
      yield* Worktree.deleteBranch(base.repository, change.branch, commit);
    }
    for (const old of replaced.get(task.id) ?? []) {
      yield* Worktree.deleteBranch(base.repository, old);
    }
    replaced.delete(task.id);
    yield* deleteReplaced(base, request, tip);
  });

  const land = Effect.fn("LocalCodeHost.land")(function* (request: CodeHost.LandRequest) {
    const commit = yield* changeCommit(base, request.change);
    const landed = (tip: string) =>
      Effect.andThen(request.reached("merged"), tidy(request, commit, tip));
    return { commit: yield* merge(base, commit, request, landed) };
  });

  const remember = (request: CodeHost.LandRequest) => (error: CodeHost.LandingError | GitError) =>
    Effect.sync(() => {
      if (error._tag !== "LandingError" || error.reason !== "Conflict") return;
      const { task, change } = request;
      const branches = change.branch === undefined ? [] : [change.branch];
      replaced.set(task.id, [...(replaced.get(task.id) ?? []), ...branches]);
    });

  return CodeHost.CodeHost.of({
    gates: ["agent-ended", "merged"],
    land: (request) =>
      Effect.andThen(
        CodeHost.supported(request),
        land(request).pipe(Effect.tapError(remember(request)), turn.withPermit),
      ).pipe(
        Effect.mapError((error) =>
          error._tag === "GitError" ? unavailable(error.message) : error,
        ),
        Effect.provideService(Git, git),
      ),
  });
});

/** The code host of `Base`. */
export const layer: Layer.Layer<CodeHost.CodeHost, never, Git | Base.Base> = Layer.effect(
  CodeHost.CodeHost,
  make,
);

type BaseOf = Base.Base["Service"];

const unavailable = (message: string) =>
  new LandingError({ reason: "Unavailable", message, paths: [] });

const rejected = (message: string) => new LandingError({ reason: "Rejected", message, paths: [] });

const changeCommit = Effect.fnUntraced(function* (base: BaseOf, change: Agent.Change) {
  const git = yield* Git;
  if (change.commit === undefined && change.branch === undefined) {
    return yield* rejected("The agent does not say which branch holds its change.");
  }
  const name = change.commit ?? `refs/heads/${change.branch}`;
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`];
  const answer = yield* git.run(base.repository, args);
  if (answer.exitCode === 0) return answer.stdout.trim();
  return yield* rejected(`The change ${name} of branch ${change.branch} does not exist any more.`);
});

/** Merges a commit into the base and does what is due then; answers with the base that contains it. */
const merge = Effect.fnUntraced(function* (
  base: BaseOf,
  commit: string,
  { task, change }: CodeHost.LandRequest,
  landed: (tip: string) => Effect.Effect<void, GitError, Git>,
) {
  const git = yield* Git;
  const message = `Merge ${Worktree.describe(task)}`;
  for (let move = 0; move < maxMoves; move++) {
    const tip = yield* base.tip;
    if (yield* contains(base, tip, commit)) {
      yield* Effect.uninterruptible(landed(tip));
      return tip;
    }
    const tree = yield* mergedTree(base, tip, commit, change.branch ?? commit);
    const args = ["commit-tree", tree, "-p", tip, "-p", commit, "-m", message];
    const merged = yield* git.text(base.repository, args);
    // Whoever interrupts this is told either nothing or that all of it is there, and nothing is left over.
    const moved = yield* moveBase(base, merged, tip, message).pipe(
      Effect.tap((isMoved) => (isMoved ? landed(tip) : Effect.void)),
      Effect.uninterruptible,
    );
    if (moved) return merged;
  }
  return yield* unavailable(
    `The branch ${base.branch} was moved by others ${maxMoves} times during one merge.`,
  );
});

/**
 * Deletes the branches of earlier attempts that did not land because of a
 * conflict, also those of a process that is gone: what still does not fit the
 * base, or is part of it, and is not checked out anywhere.
 */
const deleteReplaced = Effect.fnUntraced(function* (
  base: BaseOf,
  { attempt, run, task }: CodeHost.LandRequest,
  tip: string,
) {
  if (attempt < 2) return;
  const git = yield* Git;
  const inUse = yield* Base.checkouts(base.repository);
  for (let earlier = 1; earlier < attempt; earlier++) {
    const branch = RunFolder.branch(run, task.id, earlier);
    const args = ["rev-parse", "--verify", "--quiet", `refs/heads/${branch}^{commit}`];
    const found = yield* git.run(base.repository, args);
    if (found.exitCode !== 0 || inUse.has(branch)) continue;
    const commit = found.stdout.trim();
    const isReplaced =
      (yield* contains(base, tip, commit)) || (yield* isInConflict(base, tip, commit));
    if (isReplaced) yield* Worktree.deleteBranch(base.repository, branch, commit);
  }
});

const isInConflict = Effect.fnUntraced(function* (base: BaseOf, tip: string, commit: string) {
  const git = yield* Git;
  const args = ["merge-tree", "--write-tree", "--name-only", "--no-messages", tip, commit];
  return (yield* git.run(base.repository, args)).exitCode === 1;
});

const contains = Effect.fnUntraced(function* (base: BaseOf, tip: string, commit: string) {
  const git = yield* Git;
  const answer = yield* git.run(base.repository, ["merge-base", "--is-ancestor", commit, tip]);
  return answer.exitCode === 0;
});

const mergedTree = Effect.fnUntraced(function* (
  base: BaseOf,
  tip: string,
  commit: string,
  branch: string,
) {
  const git = yield* Git;
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", tip, commit];
  const answer = yield* git.run(base.repository, args);
  const [tree = "", ...paths] = answer.stdout.split("\0").filter((part) => part !== "");
  if (answer.exitCode === 0 && tree !== "") return tree;
  if (answer.exitCode === 1 && tree !== "") return yield* conflict(base, branch, paths);
  if (answer.stderr.includes("unrelated histories")) {
    return yield* rejected(`The branch ${branch} shares no history with ${base.branch}.`);
  }
  return yield* refused(args, answer);
});

const conflict = (base: BaseOf, branch: string, paths: ReadonlyArray<string>) =>
  new LandingError({
    reason: "Conflict",
    message:
      `The branch ${branch} conflicts with ${base.branch} in ${listed(paths)}. ` +
      `Its work is kept on that branch until a later attempt lands; by hand: git merge ${branch}`,
    paths,
  });

/** Moves the base from `tip` to `merged`; false if it was somewhere else. */
const moveBase = Effect.fnUntraced(function* (
  base: BaseOf,
  merged: string,
  tip: string,
  message: string,
) {
  const git = yield* Git;
  const occupant = (yield* Base.checkouts(base.repository)).get(base.branch);
  if (occupant !== base.checkout) return yield* occupied(base, occupant);
  const args =
    base.checkout === undefined
      ? ["update-ref", "-m", message, `refs/heads/${base.branch}`, merged, tip]
      : ["merge", "--ff-only", "--quiet", "--no-autostash", merged];
  const answer = yield* git.run(base.checkout ?? base.repository, args);
  if (answer.exitCode === 0) {
    yield* base.moved(merged);
    return true;
  }
  if ((yield* base.tip) !== tip) return false;
  return yield* blocked(base, args, answer);
});

const occupied = (base: BaseOf, occupant: string | undefined) =>
  unavailable(
    occupant === undefined
      ? `The branch ${base.branch} is not checked out in ${base.checkout} any more. Check it out there again.`
      : `The branch ${base.branch} is checked out in ${occupant} since the run began, where moving it would ` +
          "look like taking work back. Check out another branch there.",
  );

const blocked = (base: BaseOf, args: ReadonlyArray<string>, answer: GitAnswer) =>
  base.checkout === undefined
    ? refused(args, answer)
    : unavailable(
        `The checkout ${base.checkout} could not be moved along: ${answer.stderr.trim()}. ` +
          "Commit or move away what is in the way there.",
      );
