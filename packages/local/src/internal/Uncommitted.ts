/** Says so when a program is missing in a worktree only because nobody has committed it. */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";

/** The program that the command in a payload begins with, as far as that can be told from its text. */
export const wordOf = (payload: unknown): string | undefined => {
  if (typeof payload !== "object" || payload === null || !("run" in payload)) return undefined;
  const { run } = payload;
  if (Array.isArray(run)) return typeof run[0] === "string" ? run[0] : undefined;
  return typeof run === "string" ? run.trim().split(/\s/, 1)[0] : undefined;
};

/** What to do about a program that the checkout has and the worktree lacks. */
export const hint = Effect.fnUntraced(function* (
  word: string | undefined,
  worktree: string,
  checkout: string,
) {
  if (word === undefined || !word.includes("/") || word.startsWith("/")) return undefined;
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const isIn = (folder: string) =>
    Effect.orElseSucceed(fs.exists(path.join(folder, word)), () => false);
  if ((yield* isIn(worktree)) || !(yield* isIn(checkout))) return undefined;
  return `${word} is in ${checkout}, but a worktree holds committed files only. Commit it on the base, then run the task again.`;
});
