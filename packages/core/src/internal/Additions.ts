import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import { DiscoveryRejected } from "../Agent.ts";
import type { Added, DependencyGraph } from "../DependencyGraph.ts";
import * as PlanProblem from "../PlanProblem.ts";
import type { Task, TaskId } from "../Task.ts";
import * as wellFormed from "./wellFormed.ts";

type Problems = ReadonlyArray<PlanProblem.PlanProblem>;
type Answer = (effect: Effect.Effect<void, DiscoveryRejected>) => void;

/** The run that new tasks join. */
interface Run {
  /** What is wrong with single tasks: unknown agents, resources, gates. */
  readonly check: (tasks: ReadonlyArray<Task>) => Problems;
  readonly joined: (tasks: ReadonlyArray<Task>, added: Added, by: TaskId | undefined) => void;
  /** Does something once what was recorded is durable. */
  readonly afterwards: (effect: () => void) => void;
}

interface Addition {
  readonly tasks: ReadonlyArray<Task>;
  readonly by: TaskId | undefined;
  readonly steps: Generator<void, Result.Result<Added, Problems>>;
  readonly answer: Answer;
}

/** New tasks on their way into a run: one addition after another, each whole or not at all. */
export class Additions {
  static readonly tooLate = new DiscoveryRejected({ problems: ["the run has ended"] });

  readonly #graph: DependencyGraph;
  readonly #run: Run;
  readonly #waiting: Array<Addition> = [];

  constructor(graph: DependencyGraph, run: Run) {
    this.#graph = graph;
    this.#run = run;
  }

  get isBusy(): boolean {
    return this.#waiting.length > 0;
  }

  offer(given: ReadonlyArray<Task>, by: TaskId | undefined, answer: Answer): void {
    const malformed = wellFormed.problems(given);
    if (malformed.length > 0) return answer(rejected(malformed));
    const tasks = [...given];
    const problems = this.#run.check(tasks);
    if (problems.length > 0) return answer(rejected(problems));
    this.#waiting.push({ tasks, by, steps: this.#graph.addSteps(tasks), answer });
  }

  /** Takes the first addition some thousand tasks further. */
  step(): void {
    const addition = this.#waiting[0];
    const step = addition?.steps.next();
    if (addition === undefined || step?.done !== true) return;
    this.#waiting.shift();
    const { answer, by, tasks } = addition;
    if (Result.isFailure(step.value)) return answer(rejected(step.value.failure));
    this.#run.joined(tasks, step.value.success, by);
    this.#run.afterwards(() => answer(Effect.void));
  }

  /** Nothing can join any more. */
  close(): void {
    for (const { answer } of this.#waiting.splice(0)) answer(Effect.fail(Additions.tooLate));
  }
}

const rejected = (problems: Problems): Effect.Effect<void, DiscoveryRejected> =>
  Effect.fail(new DiscoveryRejected({ problems: problems.map(PlanProblem.message) }));
