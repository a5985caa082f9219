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
 * | `ORCHESTRATOR_DISCOVERED` | a file to append new tasks to: see `DiscoveryFile` |
 *
 * A command without isolation runs in the folder of the plan and has no change.
 * One in a worktree starts from the base as it is then; what it leaves
 * uncommitted is committed, its worktree is removed as soon as it ended, and
 * its branch stays until it has landed. Submodules are not filled in. What
 * cannot be committed, as a repository made inside of the worktree, fails the
 * attempt, and its worktree is kept.
 *
 * Exit code 0 is success, 75 (EX_TEMPFAIL) asks for another try that is not
 * charged to the task, every other code and every signal is a failure.
 */
import { Agent } from "@orchestrator/core";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import type * as ChildProcessSpawner from "effect/process/ChildProcessSpawner";
import * as Scope from "effect/Scope";
import type { Base } from "./Base.ts";
import * as DiscoveryFile from "./DiscoveryFile.ts";
import type { Git } from "./Git.ts";
import * as Attempt from "./internal/Attempt.ts";
import * as AttemptEnd from "./internal/AttemptEnd.ts";
import * as CommandLine from "./internal/CommandLine.ts";
import * as CommandProcess from "./internal/CommandProcess.ts";
import * as Discovered from "./internal/Discovered.ts";
import * as LaunchFailure from "./internal/LaunchFailure.ts";
import * as PlanFile from "./PlanFile.ts";
import type { RunFolder } from "./RunFolder.ts";

/** Where commands run: each in a worktree made from a base, or all in one folder. */
export type Isolation =
  | { readonly _tag: "Worktree"; readonly base: Base["Service"] }
  | { readonly _tag: "None"; readonly folder: string };

export interface CommandAgentOptions {
  /** The name that tasks route to. Default: `local`. */
  readonly name?: string | undefined;
  readonly folder: RunFolder;
  readonly isolation: Isolation;
  /** The variables that every command gets, as `PATH` and `HOME`. Nothing else is passed on. */
  readonly environment: Readonly<Record<string, string>>;
  /** What discovered tasks take over if they do not state it themselves. Default: nothing. */
  readonly defaults?: PlanFile.TaskDefaults | undefined;
  /** Keeps the worktree and branch of attempts that fail. Default: false. */
  readonly keepFailed?: boolean | undefined;
  /** Milliseconds between SIGTERM and SIGKILL. Default: 5000. */
  readonly graceMillis?: number | undefined;
}

const defaultGraceMillis = 5_000;

const cancelled: DiscoveryFile.DiscoveryProblem = { message: "It was cancelled." };

/**
 * Makes an agent for one run. Closing its scope ends every process group that
 * still works and removes the worktrees that are left.
 */
export const make = Effect.fn("CommandAgent.make")(function* (options: CommandAgentOptions) {
  const scope = yield* Effect.scope;
  const services = yield* Effect.context<
    Git | FileSystem.FileSystem | Path.Path | ChildProcessSpawner.ChildProcessSpawner
  >();
  const name = options.name ?? "local";
  const attempts = new Map<string, Attempt.Attempt>();
  const discovered = Discovered.make();

  const launch = Effect.fn("CommandAgent.launch")(function* (request: Agent.LaunchRequest) {
    const line = yield* CommandLine.resolve(request, options.isolation._tag);
    const attemptScope = yield* Scope.fork(scope);
    return yield* start(line, request, attemptScope).pipe(
      Scope.provide(attemptScope),
      Effect.onError(() => Scope.close(attemptScope, Exit.void)),
    );
  });

  const start = Effect.fnUntraced(function* (
    line: CommandLine.CommandLine,
    request: Agent.LaunchRequest,
    attemptScope: Scope.Closeable,
  ) {
    const { task, attempt } = request;
    const path = yield* Path.Path;
    const files = yield* options.folder
      .prepare(task.id, attempt, line.prompt)
      .pipe(Effect.mapError(LaunchFailure.ofFiles));
    const place = yield* Attempt.place(options, request).pipe(Effect.mapError(LaunchFailure.ofGit));
    const log = options.folder.log(task.id, attempt);
    const process = yield* CommandProcess.start({
      command: line.command,
      args: line.args,
      folder: place.folder,
      environment: {
        ...options.environment,
        ...line.environment,
        ...CommandLine.variables(request, files),
      },
      log,
      graceMillis: options.graceMillis ?? defaultGraceMillis,
    }).pipe(Effect.mapError((error) => LaunchFailure.ofSpawn(error, line, options.environment)));
    const id = `${request.run}/${task.id}/${attempt}/${process.pid}`;
    attempts.set(id, {
      task,
      files,
      place,
      log,
      process,
      scope: attemptScope,
      discovery: yield* DiscoveryFile.make(files.discovered, (json) =>
        PlanFile.decodeTask(json, options.defaults),
      ),
      end: yield* Deferred.make<Agent.AgentRunEnd>(),
      state: { isEnding: false, isCancelled: false },
    });
    const url = yield* Effect.orDie(path.toFileUrl(log));
    return { agent: name, id, url: url.href } satisfies Agent.AgentRunRef;
  });

  const known = (operation: "observe" | "cancel", ref: Agent.AgentRunRef) =>
    Effect.suspend(() => {
      const attempt = attempts.get(ref.id);
      if (attempt !== undefined) return Effect.succeed(attempt);
      return new Agent.AgentError({
        operation,
        message: `The agent run ${ref.id} was not started by this process, which cannot know whether it still works.`,
      });
    });

  /** Goes on when nobody waits for it any more: a commit is never left half done. */
  const conclude = (
    attempt: Attempt.Attempt,
    problem: DiscoveryFile.DiscoveryProblem | undefined,
  ) =>
    Effect.suspend(() => {
      if (attempt.state.isEnding) return Effect.void;
      attempt.state.isEnding = true;
      const reason = attempt.state.isCancelled ? cancelled : problem;
      return AttemptEnd.decide(attempt, reason, options.keepFailed ?? false).pipe(
        Effect.tap(() => Scope.close(attempt.scope, Exit.void)),
        Effect.uninterruptible,
        Deferred.into(attempt.end),
        Effect.forkIn(scope),
      );
    }).pipe(Effect.andThen(Deferred.await(attempt.end)));

  const observe = Effect.fn("CommandAgent.observe")(function* (
    ref: Agent.AgentRunRef,
    report: Agent.AgentReport,
  ) {
    const attempt = yield* known("observe", ref);
    const { process, discovery } = attempt;
    const offer = discovered.offer(attempt.task.id, report);
    const stopAtProblem = discovery.follow(offer).pipe(
      Effect.tap((problem) => report.progress(`Stopping the command. ${problem.message}`)),
      Effect.andThen(process.end),
      Effect.andThen(Effect.never),
    );
    yield* Effect.raceFirst(
      Effect.andThen(process.follow(report.output), process.exit),
      stopAtProblem,
    );
    return yield* conclude(attempt, yield* discovery.finish(offer));
  });

  const cancel = Effect.fn("CommandAgent.cancel")(function* (ref: Agent.AgentRunRef) {
    const attempt = yield* known("cancel", ref);
    attempt.state.isCancelled = true;
    if (!(yield* attempt.process.end)) {
      return yield* new Agent.AgentError({
        operation: "cancel",
        message: `The process group ${attempt.process.pid} of ${ref.id} still works after SIGKILL.`,
      });
    }
    yield* attempt.process.exit;
    yield* conclude(attempt, undefined);
  });

  const agent: Agent.Agent = {
    name,
    capabilities: { launch: "blind", cancel: true, remote: false },
    launch: (request) => Effect.provideContext(launch(request), services),
    observe: (ref, report) => Effect.provideContext(observe(ref, report), services),
    cancel: (ref) => Effect.provideContext(cancel(ref), services),
    // A command dies with the process that started it, so there is nothing to find again.
    find: () => Effect.succeed([]),
  };
  return agent;
});
