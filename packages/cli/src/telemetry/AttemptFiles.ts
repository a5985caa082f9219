/**
 * Takes secrets out of what a command left in the folder of its run: its log, and the files through
 * which it talked with the orchestrator.
 *
 * While it works it writes them by itself, and nothing stands in between; so they are looked through
 * as soon as it has ended.
 */
import type { RunEvent } from "@orchestrator/core";
import type { RunFolder } from "@orchestrator/local/RunFolder";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as SafeFile from "../run/SafeFile.ts";
import * as Scrubber from "./Scrubber.ts";

/** A longer file is read in no time that anybody would wait for. */
const most = 64 * 2 ** 20;

/** The attempt whose command certainly writes no more after an event. */
export const endedWith = (
  event: RunEvent.RunEvent,
): { readonly task: string; readonly attempt: number } | undefined =>
  event._tag === "AgentRunEnded" || event._tag === "CancelConfirmed" ? event : undefined;

/** Scrubs the files of an attempt that has ended; those that hold no secret are left as they are. */
export const scrub = Effect.fn("AttemptFiles.scrub")(function* (
  folder: RunFolder,
  { attempt, task }: { readonly task: string; readonly attempt: number },
) {
  const path = yield* Path.Path;
  const { discovered, output, prompt } = folder.files(task, attempt);
  const notes = path.join(folder.notes, folder.name(task, attempt));
  // The notes hold the task, with what its plan declares for the command: nobody needs that any more.
  const noted = [path.join(notes, "attempt.json"), path.join(notes, "end.json")];
  for (const file of [folder.log(task, attempt), output, discovered, prompt, ...noted]) {
    yield* Effect.catch(one(file), (error) =>
      Effect.logWarning(`${file} may hold secrets and could not be cleaned: ${error.message}`),
    );
  }
});

const one = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem;
  if (!(yield* fs.exists(file))) return;
  const { size, type } = yield* fs.stat(file);
  if (type !== "File" || Number(size) > most) return;
  const text = yield* fs.readFileString(file);
  // Writing takes the secrets out.
  if (Scrubber.scrub(text) !== text) yield* SafeFile.write(file, text);
});
