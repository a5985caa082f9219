/**
 * What the tasks of a run have allocated beside slots, and what waits for it: named
 * capacities and claims on files.
 *
 * An allocation is whole or not at all, is made with the launch of a task, and is
 * given back when its agent has ended (capacities) or its change has landed
 * (claims), however that ended. What is held unclear keeps what it has, since
 * its agent may still work.
 */
import type { Contention } from "./Explanation.ts";
import * as Taken from "./internal/taken.ts";
import type { Phase, RunState } from "./RunState.ts";
import * as Situation from "./Situation.ts";
import type { Task, TaskId } from "./Task.ts";

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
  const holders = holdersIn(state, situation, now);
  const queue = queueOf(state, situation, now);
  return {
    at: new Date(now).toISOString(),
    resources: Object.entries(situation.resources).map((one) => resource(one, holders, queue)),
    claims: holders.flatMap(({ claims, phase, share }) =>
      claims.length === 0 ? [] : [{ ...share, claims, phase }],
    ),
    claims_waiting: queue.flatMap(({ contention, share }) =>
      contention
        .filter(({ kind }) => kind === "claim")
        .map(({ name: claim, takenBy: held_by }) => ({ ...share, claim, held_by })),
    ),
  };
};

interface Occupying extends Situation.Occupant {
  readonly share: Share;
  readonly phase: Phase;
}

/** What a task occupies, it has since its launch. */
const holdersIn = (
  state: RunState,
  situation: Situation.Situation,
  now: number,
): ReadonlyArray<Occupying> =>
  situation.occupants().map((one) => {
    const { attempts, phase } = state.get(one.task)!;
    return { ...one, phase, share: shareOf(one.task, attempts.at(-1)!.startedAt, now) };
  });

interface Queued {
  readonly task: Task;
  readonly share: Share;
  /** What it needs and cannot have now. */
  readonly contention: ReadonlyArray<Contention>;
}

/** The ready tasks that need more than a slot, in their order. */
const queueOf = (
  state: RunState,
  situation: Situation.Situation,
  now: number,
): ReadonlyArray<Queued> => {
  const taken = Taken.make(situation);
  return situation.queue().flatMap((id) => {
    const { readyAt, task } = state.get(id)!;
    if (task.resources === undefined && task.claims === undefined) return [];
    return [{ task, share: shareOf(id, readyAt!, now), contention: taken.contention(task) }];
  });
};

const shareOf = (task: TaskId, since: number, now: number): Share => ({
  task,
  since: new Date(since).toISOString(),
  seconds: Math.max(0, now - since) / 1000,
});

const resource = (
  [name, capacity]: readonly [name: string, capacity: number],
  holders: ReadonlyArray<Occupying>,
  queue: ReadonlyArray<Queued>,
): Resource => {
  const held_by = holders.flatMap(({ phase, resources, share }) =>
    Object.hasOwn(resources, name) ? [{ ...share, amount: resources[name]!, phase }] : [],
  );
  const waiting = queue.flatMap(({ contention, share, task: { resources = {} } }) => {
    if (!Object.hasOwn(resources, name)) return [];
    const isShort = contention.some((one) => one.kind === "resource" && one.name === name);
    return [{ ...share, amount: resources[name]!, fits: !isShort }];
  });
  const used = held_by.reduce((sum, { amount }) => sum + amount, 0);
  return { name, capacity, used, free: Math.max(0, capacity - used), held_by, waiting };
};
