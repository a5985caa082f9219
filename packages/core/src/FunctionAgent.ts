/** Plain functions as agents, under the name `Agent.fromFunction`. */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import {
  type Agent,
  type AgentCapabilities,
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

/** A function fails with this to ask what only a person can answer: its task is held. */
export class Asked extends Schema.TaggedError<Asked>()("Asked", {
  question: Schema.String,
  /** The answer is yes or no, and ends the task. */
  approval: Schema.optionalKey(Schema.Literal(true)),
}) {
  override get message(): string {
    return this.question;
  }
}

export interface Options {
  /** The name that tasks route to (default `function`). */
  readonly name?: string;
  /**
   * Whether a task whose process died while the function worked on it may be
   * worked on again without asking a person (default false).
   */
  readonly repeatable?: AgentCapabilities["repeatable"];
}

/**
 * An agent that works by calling a function in this process.
 *
 * What the function fails with becomes the failure of the attempt: a
 * `TaskFailed` with its own class, anything else with class `agent`; with
 * `Asked` it waits for a person.
 */
export const make = <E>(
  work: (task: Task, context: Context) => Effect.Effect<Output, E>,
  options: Options = {},
): Agent => {
  const name = options.name ?? "function";
  const launched = new Launched();
  return {
    name,
    capabilities: {
      launch: "blind",
      cancel: true,
      remote: false,
      repeatable: options.repeatable ?? false,
    },
    launch: (request) => Effect.sync(() => ({ agent: name, id: launched.add(request) })),
    observe: (ref, report) =>
      Effect.suspend((): Effect.Effect<AgentRunEnd, AgentError> => {
        const request = launched.take(ref.id);
        if (request === undefined) return Effect.fail(unknown(ref.id));
        return Effect.match(work(request.task, contextOf(request, report)), ended);
      }),
    cancel: (ref) => Effect.sync(() => void launched.take(ref.id)),
    find: () => Effect.succeed([]),
  };
};

/** Launches that nobody observes yet: one or two, so that looking at each costs less than a map. */
class Launched {
  readonly #waiting: Array<{ readonly id: string; readonly request: LaunchRequest }> = [];
  #count = 0;

  add(request: LaunchRequest): string {
    const id = String(++this.#count);
    this.#waiting.push({ id, request });
    return id;
  }

  take(id: string): LaunchRequest | undefined {
    if (this.#waiting.at(-1)?.id === id) return this.#waiting.pop()!.request;
    const place = this.#waiting.findIndex((waiting) => waiting.id === id);
    return place < 0 ? undefined : this.#waiting.splice(place, 1)[0]!.request;
  }
}

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
  get startFrom() {
    return this.#request.startFrom;
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

const failed = (error: unknown): AgentRunEnd => {
  if (!(error instanceof Asked)) return { _tag: "Failed", failure: Failure.of(error).failure };
  const { approval, question } = error;
  return { _tag: "Waiting", question, ...(approval === undefined ? {} : { approval }) };
};

const ended = { onSuccess: succeeded, onFailure: failed };

const unknown = (id: string): AgentError =>
  new AgentError({
    operation: "observe",
    message: `${id} does not run in this process: a function is gone with the process that ran it`,
  });
