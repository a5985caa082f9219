/** A task source that holds its tasks in memory. */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { type TaskSource, TaskSourceError } from "../TaskSource.ts";
import type { Task } from "../Task.ts";

/** How the source behaves when it is read. */
export interface Options {
  /** What people call it (default `memory`). */
  readonly name?: string;
  /** How many tasks a read gives before it fails; absent: it does not fail. */
  readonly failAfter?: number;
  readonly message?: string;
}

/** A source with what can be read off it in a test. */
export interface MemoryTaskSource {
  readonly source: TaskSource["Service"];
  /** How often somebody began to read. */
  readonly reads: number;
  /** Replaces the tasks, for the reads that begin from here on. */
  readonly set: (tasks: ReadonlyArray<Task>) => void;
}

/** Makes a source that gives these tasks, until others are set. */
export const make = (tasks: ReadonlyArray<Task>, options: Options = {}): MemoryTaskSource => {
  const name = options.name ?? "memory";
  let current = [...tasks];
  let reads = 0;
  const failure = new TaskSourceError({
    source: name,
    message: options.message ?? "cannot be read, as the test wants",
  });
  return {
    get reads() {
      return reads;
    },
    set: (replacement) => {
      current = [...replacement];
    },
    source: {
      name,
      tasks: Stream.unwrap(
        Effect.sync(() => {
          reads++;
          if (options.failAfter === undefined) return Stream.fromIterable(current);
          const given = Stream.fromIterable(current.slice(0, options.failAfter));
          return Stream.concat(given, Stream.fail(failure));
        }),
      ),
    },
  };
};
