/**
 * What the tasks of a run have allocated beside slots, and what waits for it: named
 * capacities and claims on files.
 *
 * An allocation is whole or not at all, is made with the launch of a task, and is
 * given back when its agent has ended (capacities) or its change has landed
 * (claims), however that ended. What is held unclear keeps what it has, since
 * its agent may still work.
 */
import { once } from "./internal/situated.ts";
import * as Taken from "./internal/taken.ts";
import type { Phase, RunState, TaskState } from "./RunState.ts";
import * as Situation from "./Situation.ts";
import type { TaskId } from "./Task.ts";

/** A task that has something, or waits for it. */
export interface Share {
  readonly task: TaskId;
  /** Since when, ISO 8601 in UTC. */
  readonly since: string;
  readonly seconds: number;
}

/** A task that has some of a capacity. */
export interface Holder extends Share {
  readonly amount: number;
  readonly phase: Phase;
}

/** A task that is ready and needs some of a capacity. */
export interface Waiting extends Share {
  readonly amount: number;
  /** Whether so much is free; the task then waits for something else, or lets others go first. */
  readonly fits: boolean;
}

/** A named capacity. The first to wait is the first in the queue of the run. */
export interface Resource {
  readonly name: string;
  readonly capacity: number;
  readonly used: number;
  readonly free: number;
  readonly held_by: ReadonlyArray<Holder>;
  readonly waiting: ReadonlyArray<Waiting>;
}

/** A task with the files that it claims. */
export interface Claimant extends Share {
  readonly claims: ReadonlyArray<string>;
  readonly phase: Phase;
}

/** A task that waits for files, and who has them. */
export interface Excluded extends Share {
  readonly claim: string;
  readonly held_by: ReadonlyArray<TaskId>;
}

/** Who holds the resources and files of a run, and who waits for them, as JSON for programs. */
/** Everything that is allocated, and what waits for it. */
export interface Resources {
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly resources: ReadonlyArray<Resource>;
  readonly claims: ReadonlyArray<Claimant>;
  readonly claims_waiting: ReadonlyArray<Excluded>;
}

/** Looks at a moment given in milliseconds since the epoch. */
export const of = (state: RunState, now: number): Resources => {
  const situation = Situation.ofRun(state);
  const share = (found: TaskState, from: number): Share => ({
    task: found.task.id,
    since: new Date(from).toISOString(),
    seconds: Math.max(0, now - from) / 1000,
  });
  const holders = situation.occupants().map((one) => {
    const found = state.get(one.task)!;
    return { ...one, ...share(found, startOf(found)), phase: found.phase };
  });
  const queue = once(() =>
    situation.queue().map((id) => {
      const found = state.get(id)!;
      return { ...found.task, ...share(found, found.readyAt!) };
    }),
  );
  const taken = Taken.make(situation);
  const names = Object.entries(situation.resources);
  return {
    at: new Date(now).toISOString(),
    resources: names.map(([name, capacity]) => {
      const held_by = holders.flatMap(({ phase, resources, seconds, since, task }) =>
        Object.hasOwn(resources, name)
          ? [{ task, amount: resources[name]!, since, seconds, phase }]
          : [],
      );
      const used = held_by.reduce((sum, { amount }) => sum + amount, 0);
      const waiting = queue().flatMap((one) => {
        const { resources = {}, seconds, since, task } = one;
        if (!Object.hasOwn(resources, name)) return [];
        const short = taken.contention(one).some((c) => c.kind === "resource" && c.name === name);
        return [{ task, amount: resources[name]!, since, seconds, fits: !short }];
      });
      return { name, capacity, used, free: Math.max(0, capacity - used), held_by, waiting };
    }),
    claims: holders.flatMap(({ claims, phase, seconds, since, task }) =>
      claims.length === 0 ? [] : [{ task, claims, since, seconds, phase }],
    ),
    claims_waiting: queue().flatMap((one) =>
      taken
        .contention(one)
        .filter(({ kind }) => kind === "claim")
        .map(({ name: claim, takenBy: held_by }) => {
          const { seconds, since, task } = one;
          return { task, claim, held_by, since, seconds };
        }),
    ),
  };
};

/** What a task occupies, it has since its launch. */
const startOf = ({ attempts }: TaskState): number => attempts.at(-1)!.startedAt;
