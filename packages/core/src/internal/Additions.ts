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
  /** Whether the run has this very task from the same task: an agent that is watched again tells it again. */
  readonly isKnown: (task: Task, by: TaskId) => boolean;
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

/** How many tasks small additions bring at most before others get to work. */
const stepSize = 1000;

/** New tasks on their way into a run: one addition after another, each whole or not at all. */
export class Additions {
  static readonly tooLate = new DiscoveryRejected({ problems: ["the run has ended"] });

  readonly #graph: () => DependencyGraph;
  readonly #run: Run;
  readonly #waiting: Array<Addition> = [];

  constructor(graph: () => DependencyGraph, run: Run) {
    this.#graph = graph;
    this.#run = run;
  }

  get isBusy(): boolean {
    return this.#waiting.length > 0;
  }

  offer(given: ReadonlyArray<Task>, by: TaskId | undefined, answer: Answer): void {
    const malformed = wellFormed.problems(given);
    if (malformed.length > 0) return answer(rejected(malformed));
    const tasks =
      by === undefined ? [...given] : given.filter((task) => !this.#run.isKnown(task, by));
    if (tasks.length === 0) return answer(Effect.void);
    const problems = this.#run.check(tasks);
    if (problems.length > 0) return answer(rejected(problems));
    this.#waiting.push({ tasks, by, steps: this.#graph().addSteps(tasks), answer });
  }

  /** Takes additions in, some thousand tasks at once: small ones together, a large one in parts. */
  step(): void {
    for (let taken = 0; taken < stepSize;) {
      const addition = this.#waiting[0];
      const step = addition?.steps.next();
      if (addition === undefined || step?.done !== true) return;
      this.#waiting.shift();
      taken += addition.tasks.length;
      this.#joined(addition, step.value);
    }
  }

  #joined({ answer, by, tasks }: Addition, added: Result.Result<Added, Problems>): void {
    if (Result.isFailure(added)) return answer(rejected(added.failure));
    this.#run.joined(tasks, added.success, by);
    this.#run.afterwards(() => answer(Effect.void));
  }

  /** Nothing can join any more. */
  close(): void {
    for (const { answer } of this.#waiting.splice(0)) answer(Effect.fail(Additions.tooLate));
  }
}

const rejected = (problems: Problems): Effect.Effect<void, DiscoveryRejected> =>
  Effect.fail(new DiscoveryRejected({ problems: problems.map(PlanProblem.message) }));
