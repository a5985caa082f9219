import type { DependencyResult, LaunchRequest } from "../Agent.ts";
import type { RunState } from "../RunState.ts";
import { dependencies, type TaskId } from "../Task.ts";
import { effectKey } from "./effectKey.ts";
import type { RunLog } from "./RunLog.ts";

/** What one agent run is asked for. Getters, because most agents look at little of it. */
export class RunRequest implements LaunchRequest {
  readonly #state: RunState;
  readonly #node: number;
  readonly attempt: number;
  readonly epoch: number;

  constructor({ epoch, state }: RunLog, node: number, attempt: number) {
    this.#state = state;
    this.epoch = epoch;
    this.#node = node;
    this.attempt = attempt;
  }

  get run() {
    return this.#state.run!;
  }

  get task() {
    return this.#state.table.task(this.#node);
  }

  get key() {
    return effectKey(this.run, this.task.id, this.attempt);
  }

  get dependencies() {
    return () => dependencies(this.task).map(({ task }) => resultOf(this.#state, task));
  }

  get startFrom() {
    return this.#state.attempts(this.#node)[this.attempt - 1]?.startFrom;
  }

  get mayHaveWorked() {
    const before = this.#state.attempts(this.#node).slice(0, this.attempt - 1);
    return before.some(({ isCharged }) => isCharged);
  }

  /** A launch that reached no agent says nothing of the work: what was wrong with that is said again. */
  get previousFailure() {
    const before = this.#state.attempts(this.#node).slice(0, this.attempt - 1);
    return (before.findLast(({ ref }) => ref !== undefined) ?? before.at(-1))?.failure;
  }
}

/** The end of a task, for those that depend on it. */
const resultOf = (state: RunState, id: TaskId): DependencyResult => {
  const { attempts, outcome } = state.get(id)!;
  return { task: id, outcome, output: attempts.at(-1)?.output };
};
