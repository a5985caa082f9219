import * as Effect from "effect/Effect";
import { type AgentOutput, type AgentReport, DiscoveryRejected } from "../Agent.ts";
import type { OfKind } from "../RunEvent.ts";
import { type Task, type TaskId, title } from "../Task.ts";

type Told = OfKind<"AgentProgress"> | OfKind<"Warning">;

/** The run, as far as an agent run speaks to it. */
export interface Listener {
  /** Whether an attempt is the one that works on its task now; others are not listened to. */
  readonly isAtWork: (node: number, attempt: number) => boolean;
  readonly print: (output: AgentOutput) => void;
  /** Records something that changes nothing, at the present time. */
  readonly tell: (event: (at: number) => Told) => void;
  readonly add: (tasks: ReadonlyArray<Task>, by: TaskId) => Effect.Effect<void, DiscoveryRejected>;
}

/** What one agent run tells the run. Getters, so that it may be taken apart and costs nothing until used. */
export class RunReport implements AgentReport {
  readonly #listener: Listener;
  readonly #node: number;
  readonly #task: Task;
  readonly #attempt: number;
  #warned = false;

  constructor(listener: Listener, node: number, task: Task, attempt: number) {
    this.#listener = listener;
    this.#node = node;
    this.#task = task;
    this.#attempt = attempt;
  }

  get output() {
    const output = { task: this.#task.id, attempt: this.#attempt };
    return (chunk: string) => Effect.sync(() => this.#listener.print({ ...output, chunk }));
  }

  get progress() {
    const [task, attempt] = [this.#task.id, this.#attempt];
    return (message: string) =>
      this.#post((at) => ({ _tag: "AgentProgress", at, task, attempt, message }));
  }

  get discover() {
    return (tasks: ReadonlyArray<Task>) =>
      Effect.suspend(() =>
        this.#isHeard ? this.#listener.add(tasks, this.#task.id) : Effect.fail(tooLate),
      );
  }

  get unknownStatus() {
    return (status: string) => {
      if (this.#warned) return Effect.void;
      this.#warned = true;
      const task = this.#task.id;
      const message = `${title(this.#task)}: the agent reports the unknown status "${status}", taken as still working`;
      return this.#post((at) => ({ _tag: "Warning", at, task, message }));
    };
  }

  get #isHeard(): boolean {
    return this.#listener.isAtWork(this.#node, this.#attempt);
  }

  #post(event: (at: number) => OfKind<"AgentProgress"> | OfKind<"Warning">): Effect.Effect<void> {
    return Effect.sync(() => {
      if (this.#isHeard) this.#listener.tell(event);
    });
  }
}

const tooLate = new DiscoveryRejected({ problems: ["the attempt that found them has ended"] });
