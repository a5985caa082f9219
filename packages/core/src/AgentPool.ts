/**
 * The places in which agents work: a fixed number of slots for each kind of agent.
 *
 * A slot is `idle`, `busy` or `failed`. A slot whose agent could not get to
 * work rests for a while that doubles with every such failure in a row, then
 * comes back. Runs that share a pool share its slots.
 */
import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { Agent } from "./Agent.ts";
import { Slot, type SlotStatus } from "./Slot.ts";

export type { Slot, SlotStatus };

/** A kind of agent and how many of it may work at once. */
export interface PoolAgent {
  readonly agent: Agent;
  /** Slots of this kind; absent: as many as the pool's `slots`. */
  readonly slots?: number;
}

/** What a pool is made of: its agents, and how many of them work at once. */
export interface Options {
  /** The kinds of agents; the first takes the tasks that name none. */
  readonly agents: readonly [PoolAgent, ...ReadonlyArray<PoolAgent>];
  /** Agents of all kinds that may work at once, 1 or more (default 10). */
  readonly slots?: number;
  /** How long a slot rests after its first failure (default 1 second), and at most (default 5 minutes). */
  readonly quarantine?: { readonly base?: Duration.Input; readonly max?: Duration.Input };
}

/** What a slot did so far. */
export interface SlotStatistics {
  readonly slot: string;
  readonly agent: string;
  readonly status: SlotStatus;
  /** The task it works on, or the held task that still occupies it. */
  readonly task: string | undefined;
  /** Attempts it has worked on. */
  readonly attempts: number;
  /** Attempts that could not get to work. */
  readonly failures: number;
  readonly busySeconds: number;
  /** The part of the pool's life in which it was busy, from 0 to 1. */
  readonly utilisation: number;
}

/** The slots of a process, shared by its runs. */
export class AgentPool extends Context.Service<
  AgentPool,
  {
    /** The kinds of agents by name, the default first. */
    readonly agents: ReadonlyMap<string, Agent>;
    readonly defaultAgent: string;
    /** Agents of all kinds that may work at once. */
    readonly size: number;
    /** Whether a slot for this kind is idle. */
    readonly hasIdle: (agent: string) => boolean;
    /** Whether a slot for this kind is idle, or can become idle again. */
    readonly canServe: (agent: string) => boolean;
    /** Occupies an idle slot for a task, if there is one. */
    readonly acquire: (agent: string, task: string) => Slot | undefined;
    /**
     * A slot for an agent run that works already: the one in which the run left
     * it, an idle one, or one beyond the size.
     */
    readonly occupy: (agent: string, task: string, run: string) => Slot;
    /** Frees a slot whose agent got to work, well or not. */
    readonly release: (slot: Slot) => void;
    /** Sends a slot to rest whose agent could not get to work; answers until when (milliseconds since the epoch). */
    readonly quarantine: (slot: Slot) => number;
    /** Keeps a slot occupied for good: nobody knows whether its agent still works. */
    readonly forfeit: (slot: Slot) => void;
    /** The same, until the run is taken up again in this process: its agent works on unwatched. */
    readonly leave: (slot: Slot, run: string) => void;
    /** Frees what a run left and, taken up again, does not occupy any more. */
    readonly takeBack: (run: string) => void;
    /** Calls back whenever a place comes free; `recovered` if the slot had rested. Answers with the way to stop it. */
    readonly onIdle: (listener: (slot: Slot, recovered: boolean) => void) => () => void;
    readonly statistics: Effect.Effect<ReadonlyArray<SlotStatistics>>;
  }
>()("@orchestrator/core/AgentPool") {
  /** A pool of agents as a layer. */
  static readonly layer = (options: Options): Layer.Layer<AgentPool> =>
    Layer.effect(AgentPool, make(options));
}

/** A pool of its own, living as long as the scope. */
export const make = Effect.fnUntraced(function* (options: Options) {
  const clock = yield* Clock.Clock;
  const scope = yield* Effect.scope;
  const context = yield* Effect.context();
  const size = positive("slots", options.slots ?? 10);
  const base = Duration.toMillis(options.quarantine?.base ?? "1 second");
  const max = Duration.toMillis(options.quarantine?.max ?? "5 minutes");
  const since = clock.currentTimeMillisUnsafe();
  const agents = new Map(options.agents.map(({ agent }) => [agent.name, agent]));
  if (agents.size < options.agents.length) {
    throw new RangeError("Two agents of the pool have the same name; give each its own.");
  }
  const slots = options.agents.flatMap(({ agent, slots: own }) =>
    Array.from(
      { length: positive(`slots of ${agent.name}`, own ?? size) },
      (_, index) => new Slot(agent.name, index + 1),
    ),
  );
  const idle = new Map<string, Array<Slot>>();
  for (const slot of slots.toReversed()) push(idle, slot);
  const listeners = new Set<(slot: Slot, recovered: boolean) => void>();
  let occupied = 0;

  const tell = (slot: Slot, recovered: boolean): void => {
    for (const listener of listeners) listener(slot, recovered);
  };
  const becomeIdle = (slot: Slot, recovered: boolean): void => {
    slot.status = "idle";
    slot.task = undefined;
    slot.forfeited = false;
    slot.leftBy = undefined;
    if (slot.isExtra) slots.splice(slots.indexOf(slot), 1);
    else push(idle, slot);
    tell(slot, recovered);
  };
  const take = (slot: Slot, task: string): Slot => {
    slot.status = "busy";
    slot.task = task;
    slot.attempts++;
    slot.busySince = clock.currentTimeMillisUnsafe();
    occupied++;
    return slot;
  };
  const extra = (agent: string): Slot => {
    const same = slots.filter((slot) => slot.agent === agent).length;
    const slot = new Slot(agent, same + 1, true);
    slots.push(slot);
    return slot;
  };
  const leave = (slot: Slot): void => {
    occupied--;
    slot.busyMillis += clock.currentTimeMillisUnsafe() - slot.busySince;
  };
  const hasIdle = (agent: string): boolean => occupied < size && (idle.get(agent)?.length ?? 0) > 0;
  const left = (agent: string, task: string, run: string): Slot | undefined => {
    const slot = slots.find(
      (one) => one.leftBy === run && one.agent === agent && one.task === task,
    );
    if (slot === undefined) return undefined;
    slot.forfeited = false;
    slot.leftBy = undefined;
    return slot;
  };
  const release = (slot: Slot): void => {
    leave(slot);
    slot.failuresInRow = 0;
    becomeIdle(slot, false);
  };

  return AgentPool.of({
    agents,
    defaultAgent: options.agents[0].agent.name,
    size,
    hasIdle,
    canServe: (agent) =>
      slots.filter((slot) => slot.forfeited).length < size &&
      slots.some((slot) => slot.agent === agent && !slot.forfeited),
    acquire: (agent, task) => {
      if (!hasIdle(agent)) return undefined;
      return take(idle.get(agent)!.pop()!, task);
    },
    occupy: (agent, task, run) =>
      left(agent, task, run) ?? take(idle.get(agent)?.pop() ?? extra(agent), task),
    release,
    quarantine: (slot) => {
      leave(slot);
      slot.status = "failed";
      slot.task = undefined;
      slot.failures++;
      const rest = Math.min(base * 2 ** slot.failuresInRow++, max);
      const back = Effect.delay(
        Effect.sync(() => becomeIdle(slot, true)),
        Duration.millis(rest),
      );
      Effect.runSyncWith(context)(Effect.forkIn(back, scope));
      // Slots of other kinds may take its place.
      tell(slot, false);
      return clock.currentTimeMillisUnsafe() + rest;
    },
    forfeit: (slot) => {
      slot.forfeited = true;
      tell(slot, false);
    },
    leave: (slot, run) => {
      slot.forfeited = true;
      slot.leftBy = run;
      tell(slot, false);
    },
    takeBack: (run) => {
      for (const slot of slots.filter(({ leftBy }) => leftBy === run)) release(slot);
    },
    onIdle: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    statistics: Effect.sync(() => {
      const now = clock.currentTimeMillisUnsafe();
      return slots.map((slot) => slot.statistics(now, now - since));
    }),
  });
});

const positive = (what: string, value: number): number => {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new RangeError(
    `${what} of the agent pool must be a whole number of 1 or more, not ${value}`,
  );
};

const push = (idle: Map<string, Array<Slot>>, slot: Slot): void => {
  const same = idle.get(slot.agent);
  if (same === undefined) idle.set(slot.agent, [slot]);
  else same.push(slot);
};
