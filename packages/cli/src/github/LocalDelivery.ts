/**
 * Brings the work of an agent of this machine to GitHub: it begins at what the repository has by
 * then, and what it leaves is pushed to the branch of its task, for which a pull request is opened.
 *
 * All attempts at a task use one branch. Everything here may be repeated by whichever process goes
 * on with the run: a branch that has the commit is not pushed to, and a pull request that is there
 * is found.
 */
import { Agent, type CodeHost } from "@orchestrator/core";
import { AttemptStart, type Git, type RunFolder } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import type * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as Routing from "../plan/Routing.ts";
import * as Text from "../terminal/Text.ts";
import * as DeliveryNote from "./DeliveryNote.ts";
import * as EarlierWork from "./EarlierWork.ts";
import * as TaskBranch from "./TaskBranch.ts";
import * as WorkDelivery from "./WorkDelivery.ts";

export interface Options extends WorkDelivery.Target {
  readonly folder: RunFolder.RunFolder;
}

export interface LocalDelivery {
  /**
   * The same agent, which begins at what the repository has, and ends when its work is there; where
   * an earlier run left its work open, it ends with that.
   */
  readonly around: (agent: Agent.Agent) => Agent.Agent;
  /** The same host, which first brings there what could not be brought when the agent ended. */
  readonly hosting: (host: CodeHost.CodeHost["Service"]) => CodeHost.CodeHost["Service"];
  /** The files of an attempt that is being launched in which its branch and its base differ. */
  readonly conflictsOf: (request: Agent.LaunchRequest) => ReadonlyArray<string>;
}

type Succeeded = Extract<Agent.AgentRunEnd, { readonly _tag: "Succeeded" }>;

/** Longer than any fetch or push should take. */
const patience = "10 minutes";

/** How long work is brought while its agent still has a slot. */
const haste = "2 minutes";

/** Makes the way of the work of one run. */
export const make = Effect.fnUntraced(function* (options: Options) {
  const services = yield* Effect.context<FileSystem.FileSystem | Path.Path | Git.Git>();
  const conflicts = new Map<Agent.EffectKey, ReadonlyArray<string>>();
  const inTime = <A, E extends Unready, R>(asked: Effect.Effect<A, E, R>) =>
    asked.pipe(
      Effect.catch(unready),
      Effect.timeoutOrElse({
        duration: patience,
        orElse: () => putOff(`The remote ${options.remote.name} gave no answer in ${patience}.`),
      }),
    );
  const prepare = (request: Agent.LaunchRequest) =>
    Effect.map(inTime(prepared(options, request)), ({ conflicts: found, request: next }) => {
      conflicts.set(request.key, found);
      return next;
    }).pipe(Effect.provideContext(services));
  const delivering = (agent: Agent.Agent): Agent.Agent => ({
    ...agent,
    launch: (request) =>
      Effect.ensuring(
        Effect.flatMap(prepare(request), (next) => agent.launch(next)),
        Effect.sync(() => conflicts.delete(request.key)),
      ),
    observe: (ref, report) =>
      Effect.gen(function* () {
        const end = yield* agent.observe(ref, onlyTelling(report));
        if (end._tag !== "Succeeded" || end.change?.commit === undefined) return end;
        return yield* delivered(options, { end, commit: end.change.commit, ref, report });
      }).pipe(Effect.provideContext(services)),
  });
  return {
    hosting: ({ gates, land }) => ({
      gates,
      land: (request) =>
        isLeft(request)
          ? Effect.flatMap(Effect.provideContext(brought(options, request), services), land)
          : land(request),
    }),
    conflictsOf: ({ key }) => conflicts.get(key) ?? [],
    around: (agent) =>
      EarlierWork.around(delivering(agent), (request) =>
        inTime(EarlierWork.find(options, request)),
      ),
  } satisfies LocalDelivery;
});

/** Issues are the tasks of such a run, and an agent makes none: nobody has approved them. */
const onlyTelling = (report: Agent.AgentReport): Agent.AgentReport => ({
  output: (chunk) => report.output(chunk),
  progress: (message) => report.progress(message),
  unknownStatus: (status) => report.unknownStatus(status),
  discover: () =>
    Effect.fail(
      new Agent.DiscoveryRejected({
        problems: ["the tasks of this run are issues of GitHub; open an issue for further work"],
      }),
    ),
});

const putOff = (message: string, stated?: number) =>
  Effect.clockWith(({ currentTimeMillis }) =>
    Effect.flatMap(currentTimeMillis, (now) =>
      Effect.fail(new Agent.LaunchError({ reason: "Exhausted", message, until: stated ?? now })),
    ),
  );

const rejected = (message: string) => new Agent.LaunchError({ reason: "Rejected", message });

/** The branch that an attempt leaves its work on: that of the one pull request which an earlier run left, else the own one. */
const branchFor = Effect.fnUntraced(function* (options: Options, request: Agent.LaunchRequest) {
  const own = TaskBranch.of(request.run, request.task, options.base);
  if (!EarlierWork.hasBegun(request) || (yield* options.remote.find([own])).has(own)) return own;
  const left = yield* EarlierWork.find(options, request);
  const [first, ...others] = left.filter(({ fits }) => fits);
  return first === undefined || others.length > 0 ? own : first.branch;
});

/** Where an attempt begins, fetched just now, and noted for whoever brings its work back. */
const prepared = Effect.fnUntraced(function* (options: Options, request: Agent.LaunchRequest) {
  const { base, folder, remote } = options;
  const { attempt, run, startFrom, task } = request;
  const branch = yield* branchFor(options, request);
  const below = startFrom?.change.branch;
  const tips = yield* remote.fetch([base, branch, ...(below === undefined ? [] : [below])]);
  const ground = below ?? base;
  const tip = tips.get(ground);
  if (tip === undefined) {
    const message = `${remote.name} has no branch ${ground}, at which ${task.id} is to begin.`;
    return yield* below === undefined
      ? rejected(message)
      : new Agent.LaunchError({ reason: "NotSent", message });
  }
  yield* DeliveryNote.write(folder, {
    run,
    task,
    attempt,
    branch,
    ...(below === undefined ? {} : { below }),
  });
  const own = tips.get(branch);
  const start =
    own === undefined
      ? { commit: tip, conflicts: [] }
      : yield* AttemptStart.continued(
          remote.repository,
          { name: branch, tip: own },
          { name: ground, tip },
        );
  const change = { commit: start.commit, ...(below === undefined ? {} : { branch: below }) };
  const next = {
    task: startFrom?.task ?? task.id,
    attempt: startFrom?.attempt ?? attempt,
    change,
  };
  return {
    request: Agent.requestWith(request, { startFrom: next }),
    conflicts: start.conflicts,
  };
});

type Unready =
  | Effect.Error<ReturnType<typeof prepared>>
  | Effect.Error<ReturnType<typeof EarlierWork.find>>;

/** Nothing was launched: it waits until it may be tried again, or a person has acted. */
const unready = (error: Unready): Effect.Effect<never, Agent.LaunchError> => {
  const { message } = error;
  switch (error._tag) {
    case "LaunchError":
      return Effect.fail(error);
    case "RateLimited":
      return putOff(message, error.until);
    case "Unavailable":
      return putOff(message);
    case "RemoteError":
      if (error.reason === "Unavailable") return putOff(message);
      return Effect.fail(new Agent.LaunchError({ reason: "Exhausted", message }));
    case "Unauthorized":
      return Effect.fail(new Agent.LaunchError({ reason: "Exhausted", message }));
    default:
      return Effect.fail(new Agent.LaunchError({ reason: "NotSent", message }));
  }
};

interface Ended {
  readonly end: Succeeded;
  readonly commit: string;
  readonly ref: Agent.AgentRunRef;
  readonly report: Agent.AgentReport;
}

/** The end of an agent run whose work is on GitHub; where that cannot be now, landing sees to it. */
const delivered = Effect.fnUntraced(function* (
  options: Options,
  { commit, end, ref, report }: Ended,
): Effect.fn.Return<
  Agent.AgentRunEnd,
  Agent.AgentError,
  FileSystem.FileSystem | Path.Path | Git.Git
> {
  const unseen = ({ message }: { readonly message: string }) =>
    new Agent.AgentError({ operation: "observe", message });
  const { folder, remote } = options;
  const note = yield* Effect.mapError(DeliveryNote.read(folder, ref.id), (words) =>
    unseen({ message: `Where the work of ${ref.id} is to go is not known: ${words}` }),
  );
  const marked = yield* Effect.mapError(AttemptStart.unresolved(remote.repository, commit), unseen);
  if (marked.length > 0) {
    const files = marked.map((file) => Text.line(file, 200)).join(", ");
    return failed(end, `Conflict markers are left in ${files}. Nothing was pushed.`);
  }
  const { summary } = end;
  const work = { ...note, commit, agent: ref.agent, summary, tell: report.progress };
  const change = { ...end.change, branch: note.branch, commit };
  const brought = yield* Effect.result(WorkDelivery.within(haste, options, work));
  if (Result.isSuccess(brought)) {
    return { ...end, change: { ...change, pullRequests: [brought.success] } };
  }
  const { message, reason } = WorkDelivery.against(note, brought.failure);
  if (reason === "Refused" || reason === "Rejected") return failed(end, message);
  return { ...end, change };
});

/** Work that was left for landing to bring. */
const isLeft = ({ change, task }: CodeHost.LandRequest): boolean =>
  Routing.isOwn(task) && change.commit !== undefined && change.pullRequests === undefined;

const brought = Effect.fnUntraced(function* (options: Options, request: CodeHost.LandRequest) {
  const { attempt, change, progress, run, task } = request;
  const { base, folder } = options;
  const commit = change.commit!;
  const usual = { run, task, attempt, branch: change.branch ?? TaskBranch.of(run, task, base) };
  const read = DeliveryNote.read(folder, folder.name(task.id, attempt));
  const note = yield* Effect.orElseSucceed(read, (): DeliveryNote.DeliveryNote => usual);
  const agent = task.agent ?? "";
  const work = { ...note, commit, agent, tell: progress ?? (() => Effect.void) };
  const url = yield* Effect.mapError(WorkDelivery.within(patience, options, work), (error) =>
    WorkDelivery.against(note, error),
  ).pipe(
    Effect.retry({
      while: ({ reason }) => reason === "Unavailable",
      schedule: WorkDelivery.outages,
    }),
  );
  return { ...request, change: { ...change, branch: note.branch, pullRequests: [url] } };
});

const failed = (end: Succeeded, message: string): Agent.AgentRunEnd => ({
  _tag: "Failed",
  failure: { class: "agent", message },
  ...(end.usage === undefined ? {} : { usage: end.usage }),
});
