/**
 * An agent whose runs are local commands, each as a process group of its own
 * and, if wanted, in a git worktree of its own.
 *
 * What a command gets: the variables that the composition root allows, those
 * its task declares, and
 *
 * | variable | holds |
 * |---|---|
 * | `ORCHESTRATOR_RUN_ID`, `_TASK_ID`, `_ATTEMPT` | who it works for |
 * | `ORCHESTRATOR_PROMPT_FILE` | a file with the prompt, and why the attempt before failed |
 * | `ORCHESTRATOR_OUTPUT` | a file to write outputs to: see `Outputs` |
 * | `ORCHESTRATOR_DISCOVERED` | a file to append new tasks and progress to: see `DiscoveryFile` |
 * | `ORCHESTRATOR_MCP_TOKEN` | what proves to `orchestrator mcp` that it is this attempt: see `AttemptSession` |
 * | `ORCHESTRATOR_STACKED_ON` | the branch of the dependency at whose change it begins, if it does |
 *
 * A command without isolation runs in the folder of the plan and has no change.
 * One in a worktree starts from the base as it is then; what it leaves
 * uncommitted is committed, its worktree is removed as soon as it ended, and
 * its branch stays until it has landed. Submodules are not filled in. What
 * cannot be committed, as a repository made inside of the worktree, fails the
 * attempt, and its worktree is kept.
 *
 * A command belongs to no process: it goes on when the one that started it is
 * gone, and is found, watched and cancelled by any other that has the folder of
 * the run. One key starts one command, however often it is launched.
 *
 * With a preset the command is a coding agent: it gets the prompt on standard
 * input, and its own events say what it does, how it ended and what that cost.
 *
 * Exit code 0 is success, 75 (EX_TEMPFAIL) asks for another try that is not
 * charged to the task, every other code and every signal is a failure.
 */
import { Agent, type Task } from "@orchestrator/core";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import type * as ChildProcessSpawner from "effect/process/ChildProcessSpawner";
import * as Result from "effect/Result";
import * as Scope from "effect/Scope";
import * as Semaphore from "effect/Semaphore";
import type { Base } from "./Base.ts";
import type * as DiscoveryFile from "./DiscoveryFile.ts";
import type { Git } from "./Git.ts";
import * as Attempt from "./internal/Attempt.ts";
import * as AttemptEnd from "./internal/AttemptEnd.ts";
import * as AttemptNotes from "./internal/AttemptNotes.ts";
import * as Discovered from "./internal/Discovered.ts";
import * as Launch from "./internal/Launch.ts";
import * as LostNotes from "./internal/LostNotes.ts";
import type * as PlanFile from "./PlanFile.ts";
import * as EventStream from "./presets/EventStream.ts";
import type * as Presets from "./presets/Presets.ts";
import * as Refusal from "./presets/Refusal.ts";
import type { RunFolder } from "./RunFolder.ts";

/** Where commands run: each in a worktree made from a base, or all in one folder. */
export type Isolation =
  | { readonly _tag: "Worktree"; readonly base: Base["Service"] }
  | { readonly _tag: "None"; readonly folder: string };

/** How commands are run, and for which run. */
export interface CommandAgentOptions {
  /** The name that tasks route to. Default: `local`. */
  readonly name?: string | undefined;
  /** The run that it works for. Its agent runs are known as such even when their notes are gone. */
  readonly run?: string | undefined;
  readonly folder: RunFolder;
  /**
   * Whether what was noted about earlier launches of the run is gone: then a
   * launch that was not answered may have started a command, and must not be
   * repeated. Default: false.
   */
  readonly notesAreLost?: boolean | undefined;
  readonly isolation: Isolation;
  /** The coding agent that works on the prompts of tasks. Default: tasks name their commands. */
  readonly preset?: Presets.Chosen | undefined;
  /** The variables that every command gets, as `PATH` and `HOME`. Nothing else is passed on. */
  readonly environment: Readonly<Record<string, string>>;
  /** What discovered tasks take over if they do not state it themselves. Default: nothing. */
  readonly defaults?: PlanFile.TaskDefaults | undefined;
  /** Keeps the worktree and branch of attempts that fail. Default: false. */
  readonly keepFailed?: boolean | undefined;
  /**
   * What an agent is told, whole. Default: the prompt of the task with its further keys, in which
   * references are replaced, and why the attempt before failed.
   */
  readonly prompt?:
    | ((request: Agent.LaunchRequest) => Effect.Effect<string, Agent.LaunchError>)
    | undefined;
  /** The message of the commit with what a command left. Default: the title and the id of the task. */
  readonly message?: ((task: Task.Task) => string) | undefined;
  /** Milliseconds between SIGTERM and SIGKILL. Default: 5000. */
  readonly graceMillis?: number | undefined;
}

const cancelled: DiscoveryFile.DiscoveryProblem = { message: "It was cancelled." };

/**
 * Makes an agent for one run. Closing its scope ends the watching; commands that
 * work go on, with their worktrees, and an agent made later finds them.
 */
export const make = Effect.fn("CommandAgent.make")(function* (options: CommandAgentOptions) {
  const scope = yield* Effect.scope;
  const services = yield* Effect.context<
    Git | FileSystem.FileSystem | Path.Path | ChildProcessSpawner.ChildProcessSpawner
  >();
  const path = yield* Path.Path;
  const name = options.name ?? "local";
  const { folder } = options;
  /** Those that this process watches. */
  const attempts = new Map<string, Attempt.Attempt>();
  const turns = new Map<string, Semaphore.Semaphore>();
  /** The agent runs that are being launched, by their keys. */
  const launching = new Map<Agent.EffectKey, string>();
  const discovered = yield* Discovered.make(folder);
  const refusal = Refusal.make();

  const notesOf = (id: string) => path.join(folder.notes, id.slice(id.lastIndexOf("/") + 1));
  const refOf = Effect.fnUntraced(function* (id: string, log: string) {
    const url = yield* Effect.orDie(path.toFileUrl(log));
    return { agent: name, id, url: url.href } satisfies Agent.AgentRunRef;
  });
  /** What concerns one agent run is done one after the other. */
  const inTurn = (id: string) => {
    const turn = turns.get(id) ?? Semaphore.makeUnsafe(1);
    turns.set(id, turn);
    return turn.withPermit;
  };

  const unknown = (operation: "observe" | "cancel", id: string, why: string) =>
    new Agent.AgentError({ operation, message: `The agent run ${id} is not known. ${why}` });

  /** Whether an id is that of an agent run of this run, whatever is noted about it. */
  const isOwn = (id: string) => {
    const prefix = `${options.run ?? ""}/`;
    return prefix !== "/" && id.startsWith(prefix) && !id.includes("/", prefix.length);
  };

  /** An attempt that has not ended, or its end. */
  const look = Effect.fnUntraced(function* (operation: "observe" | "cancel", id: string) {
    const known = attempts.get(id);
    if (known !== undefined) return Result.succeed(known);
    const notes = notesOf(id);
    const read = Effect.all([AttemptNotes.read(notes), AttemptNotes.readEnd(notes)]);
    const [note, ended] = yield* Effect.mapError(read, (error) =>
      unknown(operation, id, error.message),
    );
    if (note === undefined && isOwn(id)) {
      const words = LostNotes.message(id, notes);
      if (operation === "cancel") return yield* new Agent.AgentError({ operation, message: words });
      return Result.fail<Agent.AgentRunEnd>({ _tag: "Waiting", question: words });
    }
    if (note === undefined || idOf(folder, note.run, note.task.id, note.attempt) !== id) {
      return yield* unknown(operation, id, `There is nothing about it in ${folder.root}`);
    }
    if (ended !== undefined) {
      yield* Attempt.tidy(options, note, ended.fate);
      return Result.fail(ended.end);
    }
    const adopted = yield* Attempt.adopt(options, notes, note).pipe(
      Scope.provide(scope),
      Effect.mapError((error) => unknown(operation, id, error.message)),
    );
    attempts.set(id, adopted);
    return Result.succeed(adopted);
  });
  const find = (operation: "observe" | "cancel", id: string) =>
    inTurn(id)(Effect.uninterruptible(look(operation, id)));

  const launch = Effect.fn("CommandAgent.launch")(function* (request: Agent.LaunchRequest) {
    const { attempt, run, task } = request;
    const id = idOf(folder, run, task.id, attempt);
    const message = attempts.has(id) ? undefined : refusal.tell();
    if (message !== undefined) {
      return yield* new Agent.LaunchError({ reason: "Exhausted", message });
    }
    const start = Effect.gen(function* () {
      const started = yield* Launch.launch(options, notesOf(id), request);
      if (started !== undefined) return void attempts.set(id, started);
      // What cannot be watched now may be later; it was started in any case.
      yield* Effect.ignore(look("observe", id));
    });
    launching.set(request.key, id);
    yield* inTurn(id)(Effect.uninterruptible(Scope.provide(start, scope))).pipe(
      Effect.ensuring(Effect.sync(() => launching.delete(request.key))),
    );
    return yield* refOf(id, folder.log(task.id, attempt));
  });

  /** Of a coding agent people hear what it does, and not how its events are written. */
  const listener = (
    { isAdopted, note }: Attempt.Attempt,
    report: Agent.AgentReport,
  ): Agent.AgentReport["output"] => {
    if (options.preset === undefined) return report.output;
    const place = note.worktree?.path ?? "";
    return EventStream.tellingTo(report, options.preset.preset, place, isAdopted);
  };

  /** Nothing is removed before its end is on the disk: it could not be told again. */
  const settle = Effect.fnUntraced(function* (
    id: string,
    { note, notes }: Attempt.Attempt,
    decided: AttemptNotes.EndNote,
  ) {
    const noted = yield* Effect.result(AttemptNotes.end(notes, decided));
    if (Result.isFailure(noted)) {
      const { message } = noted.failure;
      yield* Effect.logWarning(`The end of ${id} could not be noted: ${message}`);
    } else {
      yield* Attempt.tidy(options, note, decided.fate);
      attempts.delete(id);
      turns.delete(id);
    }
    return decided.end;
  });

  /** Goes on when nobody waits for it any more: a commit is never left half done. */
  const conclude = (
    id: string,
    attempt: Attempt.Attempt,
    problem: DiscoveryFile.DiscoveryProblem | undefined,
  ) =>
    Effect.suspend(() => {
      if (attempt.state.isEnding) return Effect.void;
      attempt.state.isEnding = true;
      const reason = attempt.state.isCancelled ? cancelled : problem;
      return AttemptEnd.decide(attempt, reason, options).pipe(
        Effect.tap(({ end }) =>
          Effect.sync(() => end._tag === "Waiting" && refusal.found(end.question)),
        ),
        Effect.flatMap((decided) => settle(id, attempt, decided)),
        Effect.uninterruptible,
        Deferred.into(attempt.end),
        Effect.forkIn(scope),
      );
    }).pipe(Effect.andThen(Deferred.await(attempt.end)));

  const observe = Effect.fn("CommandAgent.observe")(function* (
    { id }: Agent.AgentRunRef,
    report: Agent.AgentReport,
  ) {
    const found = yield* find("observe", id);
    if (Result.isFailure(found)) return found.failure;
    const attempt = found.success;
    const { process, discovery } = attempt;
    const offer = discovered.offer(attempt.note.task.id, report);
    const stopAtProblem = discovery.follow(offer, report.progress).pipe(
      Effect.tap((problem) => report.progress(`Stopping the command. ${problem.message}`)),
      Effect.andThen(process.end),
      Effect.andThen(Effect.never),
    );
    yield* Effect.raceFirst(
      Effect.andThen(process.follow(listener(attempt, report)), process.exit),
      stopAtProblem,
    );
    return yield* conclude(id, attempt, yield* discovery.finish(offer, report.progress));
  });

  const cancel = Effect.fn("CommandAgent.cancel")(function* ({ id }: Agent.AgentRunRef) {
    const found = yield* find("cancel", id);
    if (Result.isFailure(found)) return;
    const attempt = found.success;
    attempt.state.isCancelled = true;
    // Only a process that comes after this one needs the note.
    yield* Effect.ignore(AttemptNotes.cancel(attempt.notes));
    if (!(yield* attempt.process.end)) {
      return yield* new Agent.AgentError({
        operation: "cancel",
        message: `The process group of ${id} still works after SIGKILL.`,
      });
    }
    yield* attempt.process.exit;
    yield* conclude(id, attempt, undefined);
  });

  const search = Effect.fn("CommandAgent.find")(function* (key: Agent.EffectKey) {
    const fs = yield* FileSystem.FileSystem;
    const refs: Array<Agent.AgentRunRef> = [];
    // A launch under way has started nothing yet, and will.
    const id = launching.get(key);
    if (id !== undefined) yield* inTurn(id)(Effect.void);
    for (const entry of yield* fs.readDirectory(folder.notes)) {
      const notes = path.join(folder.notes, entry);
      const note = yield* AttemptNotes.read(notes);
      if (note?.key !== key || !(yield* AttemptNotes.isStarted(notes, note))) continue;
      refs.push(yield* refOf(idOf(folder, note.run, note.task.id, note.attempt), note.log));
    }
    return refs;
  });

  const agent: Agent.Agent = {
    name,
    capabilities: {
      launch: options.notesAreLost === true ? "blind" : "idempotent",
      cancel: true,
      remote: false,
      survives: true,
      ...(options.preset === undefined
        ? {}
        : { measures: options.preset.preset.measures, paid: true }),
    },
    launch: (request) => Effect.provideContext(launch(request), services),
    observe: (ref, report) => Effect.provideContext(observe(ref, report), services),
    cancel: (ref) => Effect.provideContext(cancel(ref), services),
    find: (key) =>
      Effect.provideContext(search(key), services).pipe(
        Effect.mapError(
          ({ message }) =>
            new Agent.AgentError({
              operation: "find",
              message: `Not all agent runs of ${folder.root} could be looked through: ${message}`,
            }),
        ),
      ),
  };
  return agent;
});

/** The same in every process. */
const idOf = (folder: RunFolder, run: string, task: string, attempt: number): string =>
  `${run}/${folder.name(task, attempt)}`;
