/** Plain functions as agents, under the name `Agent.fromFunction`. */
import * as Effect from "effect/Effect";
import type * as Schema from "effect/Schema";
import {
  type Agent,
  AgentError,
  type AgentReport,
  type AgentRunEnd,
  type LaunchRequest,
} from "./AgentPort.ts";
import * as Failure from "./Failure.ts";
import type { Task } from "./Task.ts";

/** What a function may use while it works on a task. */
export interface Context extends AgentReport, Omit<LaunchRequest, "task"> {}

/** What a function may answer with: JSON for dependents and people, or nothing. */
// eslint-disable-next-line typescript/no-invalid-void-type -- a function that answers nothing is the common case
export type Output = Schema.Json | undefined | void;

export interface Options {
  /** The name that tasks route to (default `function`). */
  readonly name?: string;
  /**
   * Whether a task whose process died while the function worked on it may be
   * worked on again without asking a person (default false).
   */
  readonly repeatable?: boolean;
}

/**
 * An agent that works by calling a function in this process.
 *
 * What the function fails with becomes the failure of the attempt: a
 * `TaskFailed` with its own class, anything else with class `agent`.
 */
export const make = <E>(
  work: (task: Task, context: Context) => Effect.Effect<Output, E>,
  options: Options = {},
): Agent => {
  const name = options.name ?? "function";
  const launched = new Map<string, LaunchRequest>();
  let launches = 0;
  return {
    name,
    capabilities: {
      launch: "blind",
      cancel: true,
      remote: false,
      repeatable: options.repeatable ?? false,
    },
    launch: (request) =>
      Effect.sync(() => {
        const id = String(++launches);
        launched.set(id, request);
        return { agent: name, id };
      }),
    observe: (ref, report) =>
      Effect.suspend((): Effect.Effect<AgentRunEnd, AgentError> => {
        const request = launched.get(ref.id);
        if (request === undefined) return Effect.fail(unknown(ref.id));
        launched.delete(ref.id);
        return Effect.match(work(request.task, contextOf(request, report)), {
          onSuccess: succeeded,
          onFailure: failed,
        });
      }),
    cancel: (ref) => Effect.sync(() => launched.delete(ref.id)),
    find: () => Effect.succeed([]),
  };
};

class FunctionContext implements Context {
  readonly #request: LaunchRequest;
  readonly #report: AgentReport;

  constructor(request: LaunchRequest, report: AgentReport) {
    this.#request = request;
    this.#report = report;
  }

  get run() {
    return this.#request.run;
  }
  get attempt() {
    return this.#request.attempt;
  }
  get key() {
    return this.#request.key;
  }
  get dependencies() {
    return this.#request.dependencies;
  }
  get previousFailure() {
    return this.#request.previousFailure;
  }
  get output() {
    return this.#report.output;
  }
  get progress() {
    return this.#report.progress;
  }
  get discover() {
    return this.#report.discover;
  }
  get unknownStatus() {
    return this.#report.unknownStatus;
  }
}

const contextOf = (request: LaunchRequest, report: AgentReport): Context =>
  new FunctionContext(request, report);

const succeededWithout: AgentRunEnd = { _tag: "Succeeded" };

const succeeded = (output: Output): AgentRunEnd =>
  output === undefined ? succeededWithout : { _tag: "Succeeded", output };

const failed = (error: unknown): AgentRunEnd => ({
  _tag: "Failed",
  failure: Failure.of(error).failure,
});

const unknown = (id: string): AgentError =>
  new AgentError({
    operation: "observe",
    message: `${id} does not run in this process: a function is gone with the process that ran it`,
  });
