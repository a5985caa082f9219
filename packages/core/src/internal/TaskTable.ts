import type { Task, TaskId } from "../Task.ts";

/** The tasks of a run, numbered from 0 in the order they joined it. */
export class TaskTable {
  readonly tasks: Array<Task> = [];
  readonly #numbers = new Map<TaskId, number>();

  get size(): number {
    return this.tasks.length;
  }

  /** The number of a task, or undefined if it never joined. */
  numberOf(id: TaskId): number | undefined {
    return this.#numbers.get(id);
  }

  /** The task with a number that exists. */
  task(number: number): Task {
    return this.tasks[number]!;
  }

  /** Adds a task and answers whether its id was free. */
  add(task: Task): boolean {
    if (this.#numbers.has(task.id)) return false;
    this.#numbers.set(task.id, this.tasks.length);
    this.tasks.push(task);
    return true;
  }

  /** Takes back the tasks numbered `size` and above. */
  truncate(size: number): void {
    for (const task of this.tasks.splice(size)) this.#numbers.delete(task.id);
  }
}
