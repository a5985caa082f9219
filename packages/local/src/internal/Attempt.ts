/** One attempt that works, and the place where it does. */
import type { Agent } from "@orchestrator/core";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import type { CommandAgentOptions } from "../CommandAgent.ts";
import * as DiscoveryFile from "../DiscoveryFile.ts";
import * as PlanFile from "../PlanFile.ts";
import type { AttemptFiles } from "../RunFolder.ts";
import * as Worktree from "../Worktree.ts";
import * as AttemptNotes from "./AttemptNotes.ts";
import * as CommandProcess from "./CommandProcess.ts";

export interface Attempt {
  readonly note: AttemptNotes.AttemptNote;
  /** The folder of its notes. */
  readonly notes: string;
  readonly files: AttemptFiles;
  readonly process: CommandProcess.CommandProcess;
  /** Whether another process started it, which may have left things half done. */
  readonly isAdopted: boolean;
  readonly discovery: DiscoveryFile.DiscoveryFile;
  readonly end: Deferred.Deferred<Agent.AgentRunEnd>;
  readonly state: { isEnding: boolean; isCancelled: boolean };
}

const defaultGraceMillis = 5_000;

/** Where the command of an attempt tells what becomes of it. */
export const tracesOf = (
  notes: string,
  { log, ticket }: AttemptNotes.AttemptNote,
  { graceMillis = defaultGraceMillis }: CommandAgentOptions,
): CommandProcess.Traces => ({ notes, ticket, log, graceMillis });

/** An attempt whose command this process has started. */
export const make = Effect.fnUntraced(function* (
  options: CommandAgentOptions,
  notes: string,
  note: AttemptNotes.AttemptNote,
  process: CommandProcess.CommandProcess,
  { isAdopted = false, isCancelled = false } = {},
) {
  const files = options.folder.files(note.task.id, note.attempt);
  const discovery = yield* DiscoveryFile.make(files.discovered, (json) =>
    PlanFile.decodeTask(json, options.defaults),
  );
  const end = yield* Deferred.make<Agent.AgentRunEnd>();
  const state = { isEnding: false, isCancelled };
  return { note, notes, files, process, isAdopted, discovery, end, state } satisfies Attempt;
});

/** An attempt that was started some time, whoever did it. */
export const adopt = Effect.fnUntraced(function* (
  options: CommandAgentOptions,
  notes: string,
  note: AttemptNotes.AttemptNote,
) {
  const start = yield* AttemptNotes.settle(notes, note);
  const identity = start._tag === "Started" ? start.identity : undefined;
  const process = yield* CommandProcess.adopt(tracesOf(notes, note, options), identity);
  const isCancelled = yield* AttemptNotes.isCancelled(notes);
  return yield* make(options, notes, note, process, { isAdopted: true, isCancelled });
});

/** The worktree of an attempt, if it has one. */
export const worktreeOf = ({ worktree }: AttemptNotes.AttemptNote): Worktree.Worktree | undefined =>
  worktree === undefined
    ? undefined
    : { ...worktree, gitDir: worktree.gitDir ?? `${worktree.path}/.git` };

/** Does with the place of an attempt that has ended what its fate says. Repeating it does no harm. */
export const tidy = Effect.fnUntraced(function* (
  { isolation }: CommandAgentOptions,
  { worktree }: AttemptNotes.AttemptNote,
  fate: AttemptNotes.Fate,
) {
  if (fate === "keep" || worktree === undefined || isolation._tag === "None") return;
  yield* Worktree.remove(isolation.base, worktree, { keepBranch: fate === "deliver" }).pipe(
    Effect.catch((error) =>
      Effect.logWarning(`The worktree ${worktree.path} was not removed: ${error.message}`),
    ),
  );
});
