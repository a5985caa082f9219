/**
 * An agent that follows a script, for tests of whatever runs agents.
 *
 * Its agent runs go on whether or not somebody watches them, as those of a
 * remote back-end do, and end by the clock in use: under a `TestClock` only
 * when the test lets time pass.
 */
import * as Clock from "effect/Clock";
import * as Deferred from "effect/Deferred";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as Schema from "effect/Schema";
import {
  type Agent,
  type AgentCapabilities,
  AgentError,
  type AgentReport,
  type AgentRunEnd,
  type AgentRunRef,
  type DiscoveryRejected,
  type EffectKey,
  LaunchError,
  type LaunchRequest,
} from "../Agent.ts";
import type { FailureClass } from "../Failure.ts";
import type { Task, TaskId } from "../Task.ts";
import { stepAt } from "./internal/steps.ts";

/** What becomes of one launch. Nothing stated: it succeeds at once. */
export interface Step {
  /** Why the launch does not answer with an agent run. */
  readonly refuse?: {
    readonly reason: LaunchError["reason"];
    readonly message?: string;
    /** Whether an agent run exists all the same: its answer is lost (default false). */
    readonly started?: boolean;
    /** When it takes launches again, in milliseconds since the epoch. */
    readonly until?: number;
  };
  /** How long the launch takes to answer; infinity: it never does. */
  readonly answersAfter?: Duration.Input;
  /** How long the agent works; infinity: until it is cancelled. */
  readonly after?: Duration.Input;
  readonly end?: AgentRunEnd;
  /** How many observations fail before one works. */
  readonly lost?: number;
  /** What the first observer hears, in this order. */
  readonly output?: ReadonlyArray<string>;
  readonly progress?: ReadonlyArray<string>;
  readonly unknownStatus?: string;
  readonly discover?: ReadonlyArray<Task>;
  /** What cancelling does (default `stops`). */
  readonly cancel?: "stops" | "fails" | "hangs";
}

/** Works a while and succeeds. */
export const succeeds = (output?: Schema.Json, after: Duration.Input = 0): Step => ({
  after,
  end: { _tag: "Succeeded", ...(output === undefined ? {} : { output }) },
});

/** Works a while and fails. */
export const fails = (
  message: string,
  failureClass: FailureClass = "agent",
  after: Duration.Input = 0,
): Step => ({ after, end: { _tag: "Failed", failure: { class: failureClass, message } } });

/** Asks a person. */
export const asks = (question: string): Step => ({ end: { _tag: "Waiting", question } });

/** Works until it is cancelled. */
export const neverEnds: Step = { after: Duration.infinity };

/** Does not answer the launch with an agent run. */
export const refuses = (reason: LaunchError["reason"], started = false): Step => ({
  refuse: { reason, started },
});

/** The steps of a task's launches, the last one for all that follow; or a function of the request. */
export type Script =
  | Readonly<Record<TaskId, Step | ReadonlyArray<Step>>>
  | ((request: LaunchRequest) => Step | undefined);

/** How the agent presents itself to the engine. */
export interface Options {
  /** The name that tasks route to (default `scripted`). */
  readonly name?: string;
  /** What it promises (default: findable, cancels, not remote). */
  readonly capabilities?: Partial<AgentCapabilities>;
}

/** An agent with what can be read off it in a test. */
export interface ScriptedAgent {
  readonly agent: Agent;
  /** Every request to launch, refused ones included, in the order they came. */
  readonly launches: ReadonlyArray<LaunchRequest>;
  /** Every request to cancel, in the order they came. */
  readonly cancels: ReadonlyArray<AgentRunRef>;
  /** Tasks that it tried to add and that were not taken. */
  readonly rejections: ReadonlyArray<DiscoveryRejected>;
  /** The most agent runs that ever worked at once. */
  readonly highWater: number;
}

/** Follows the script; tasks that it does not name succeed at once. */
export const make = (script: Script = {}, options: Options = {}): ScriptedAgent => {
  const backEnd = new BackEnd(script, options);
  return {
    agent: {
      name: backEnd.name,
      capabilities: backEnd.capabilities,
      launch: (request) => backEnd.launch(request),
      observe: (ref, report) => backEnd.observe(ref, report),
      cancel: (ref) => backEnd.cancel(ref),
      find: (key) => Effect.sync(() => backEnd.find(key)),
    },
    launches: backEnd.launches,
    cancels: backEnd.cancels,
    rejections: backEnd.rejections,
    get highWater() {
      return backEnd.highWater;
    },
  };
};

class AgentRun {
  readonly ref: AgentRunRef;
  readonly key: EffectKey;
  readonly step: Step;
  /** By the clock in use, in milliseconds. */
  readonly endsAt: number;
  readonly cancelled = Deferred.makeUnsafe<void>();
  isOver = false;
  /** Observations that are still to fail. */
  lost: number;
  isTold = false;

  constructor(ref: AgentRunRef, key: EffectKey, step: Step, now: number) {
    this.ref = ref;
    this.key = key;
    this.step = step;
    this.endsAt = now + Duration.toMillis(step.after ?? 0);
    this.lost = step.lost ?? 0;
  }

  /** One that ends at this very moment still works, unless somebody saw the end. */
  worksAt(now: number): boolean {
    return !this.isOver && now <= this.endsAt;
  }
}

const stopped: AgentRunEnd = {
  _tag: "Failed",
  failure: { class: "agent", message: "the agent run was cancelled" },
};

class BackEnd {
  readonly name: string;
  readonly capabilities: AgentCapabilities;
  readonly launches: Array<LaunchRequest> = [];
  readonly cancels: Array<AgentRunRef> = [];
  readonly rejections: Array<DiscoveryRejected> = [];
  highWater = 0;
  readonly #script: Script;
  readonly #runs: Array<AgentRun> = [];
  readonly #byId = new Map<string, AgentRun>();
  /** Runs that may still work. */
  readonly #working = new Set<AgentRun>();
  readonly #counts = new Map<TaskId, number>();

  constructor(script: Script, options: Options) {
    this.#script = script;
    this.name = options.name ?? "scripted";
    const promised = { launch: "findable", cancel: true, remote: false } as const;
    this.capabilities = { ...promised, ...options.capabilities };
  }

  launch(request: LaunchRequest): Effect.Effect<AgentRunRef, LaunchError> {
    return Effect.gen({ self: this }, function* () {
      this.launches.push(request);
      const known =
        this.capabilities.launch === "idempotent" ? this.find(request.key)[0] : undefined;
      if (known !== undefined) return known;
      const step = this.#step(request);
      const { reason, started, message, until } = step.refuse ?? {};
      const isStarted = reason === undefined || started === true;
      const run = isStarted ? this.#start(request, step, yield* now) : undefined;
      yield* wait(step.answersAfter);
      if (run !== undefined && reason === undefined) return run.ref;
      return yield* new LaunchError({
        reason: reason!,
        message: message ?? `${reason}, as the test wants`,
        ...(until === undefined ? {} : { until }),
      });
    });
  }

  observe(ref: AgentRunRef, report: AgentReport): Effect.Effect<AgentRunEnd, AgentError> {
    return Effect.gen({ self: this }, function* () {
      const run = yield* this.#known(ref, "observe");
      if (run.lost > 0) {
        run.lost--;
        return yield* failure("observe", "lost sight, as the test wants");
      }
      if (!run.isTold) yield* this.#tell(run, report);
      const end = yield* Effect.raceFirst(
        Effect.as(Deferred.await(run.cancelled), stopped),
        Effect.as(wait(run.endsAt - (yield* now)), run.step.end ?? succeeds().end!),
      );
      this.#over(run);
      return end;
    });
  }

  cancel(ref: AgentRunRef): Effect.Effect<void, AgentError> {
    return Effect.gen({ self: this }, function* () {
      this.cancels.push(ref);
      const run = yield* this.#known(ref, "cancel");
      if (!this.capabilities.cancel) return yield* failure("cancel", "cannot be stopped");
      if (run.isOver || (yield* now) >= run.endsAt) return;
      if (run.step.cancel === "hangs") return yield* Effect.never;
      if (run.step.cancel === "fails") {
        return yield* failure("cancel", "not stopped, as the test wants");
      }
      this.#over(run);
      yield* Deferred.succeed(run.cancelled, undefined);
    });
  }

  find(key: EffectKey): ReadonlyArray<AgentRunRef> {
    if (this.capabilities.launch === "blind") return [];
    return this.#runs.filter((run) => run.key === key).map((run) => run.ref);
  }

  #step(request: LaunchRequest): Step {
    const { id } = request.task;
    const count = (this.#counts.get(id) ?? 0) + 1;
    this.#counts.set(id, count);
    const script = this.#script;
    const step = typeof script === "function" ? script(request) : stepAt(script[id], count);
    return step ?? {};
  }

  #start(request: LaunchRequest, step: Step, at: number): AgentRun {
    const ref = { agent: this.name, id: `${this.name}-run-${this.#runs.length + 1}` };
    const run = new AgentRun(ref, request.key, step, at);
    this.#runs.push(run);
    this.#byId.set(ref.id, run);
    for (const other of this.#working) if (!other.worksAt(at)) this.#working.delete(other);
    this.#working.add(run);
    this.highWater = Math.max(this.highWater, this.#working.size);
    return run;
  }

  #over(run: AgentRun): void {
    run.isOver = true;
    this.#working.delete(run);
  }

  #known(ref: AgentRunRef, operation: AgentError["operation"]) {
    const run = ref.agent === this.name ? this.#byId.get(ref.id) : undefined;
    return run === undefined
      ? failure(operation, `${this.name} has no agent run ${ref.id}`)
      : Effect.succeed(run);
  }

  #tell(run: AgentRun, report: AgentReport): Effect.Effect<void> {
    run.isTold = true;
    const { discover, output = [], progress = [], unknownStatus } = run.step;
    return Effect.gen({ self: this }, function* () {
      for (const chunk of output) yield* report.output(chunk);
      for (const message of progress) yield* report.progress(message);
      if (unknownStatus !== undefined) yield* report.unknownStatus(unknownStatus);
      if (discover === undefined) return;
      yield* Effect.catch(report.discover(discover), (rejected) =>
        Effect.sync(() => void this.rejections.push(rejected)),
      );
    });
  }
}

const now = Clock.currentTimeMillis;

const wait = (duration: Duration.Input | undefined): Effect.Effect<void> => {
  const length = Duration.fromInputUnsafe(duration ?? 0);
  if (!Duration.isFinite(length)) return Effect.never;
  return Duration.toMillis(length) > 0 ? Effect.sleep(length) : Effect.void;
};

const failure = (operation: AgentError["operation"], message: string) =>
  Effect.fail(new AgentError({ operation, message }));
