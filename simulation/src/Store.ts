import type { Journal } from "@orchestrator/core";
import type * as Layer from "effect/Layer";
import { Hold } from "./Hold.ts";
import type { Process } from "./Process.ts";
import type { World } from "./World.ts";

/** One commit of a run: some events in a row. */
export interface Frame {
  readonly epoch: number;
  /** The sequence number of its first event. */
  readonly first: number;
  /** The events, as JSON, one each. */
  readonly events: ReadonlyArray<string>;
  readonly monotonicMillis: number;
  readonly process: number;
  /** A power failure came in the middle of it. */
  readonly isTorn: boolean;
}

/** How likely what goes wrong. */
export interface DiskFaults {
  readonly fails: number;
  readonly slow: number;
}

/** How a write fails: nothing of it is there, or nobody knows. */
export type Failed = "ENOSPC" | "EIO";

export interface Commits {
  readonly commits: number;
  readonly shared: number;
}

/** Hears of what nothing can undo any more. */
export interface Listener {
  durable(frame: Frame): void;
  /** A process has made itself the only writer. */
  opened(epoch: number): void;
}

/** Where the events of a run are, and what happens to them there. */
export abstract class Store {
  readonly world: World;
  protected readonly faults: DiskFaults;
  protected readonly listener: Listener;
  readonly #hold: Hold;
  #writes = 0;
  /** Lets the n-th write fail, whatever else. */
  failWrite: { readonly number: number; readonly how: Failed } | undefined = undefined;

  constructor(world: World, faults: DiskFaults, lockPatience: number, listener: Listener) {
    this.world = world;
    this.faults = faults;
    this.listener = listener;
    this.#hold = new Hold(world, lockPatience);
  }

  /** The sequence number of the last event. */
  abstract get last(): number;

  /** The journal as a process has it. */
  abstract journal(process: Process): Layer.Layer<Journal.Journal, Journal.JournalError>;

  /** The machine goes dark while nothing runs on it. */
  abstract losePower(): void;

  /** What a database has committed, and how much of it was of several appends. */
  get commits(): Commits {
    return { commits: 0, shared: 0 };
  }

  /** Lets go of what is outside the world. */
  close(): void {}

  get writes(): number {
    return this.#writes;
  }

  /** Takes the lock of the run, which ends with the process. */
  lock(process: Process): boolean {
    return this.#hold.take(process);
  }

  unlock(process: Process): void {
    this.#hold.leave(process);
  }

  /** Nothing of a process is left. */
  died(process: Process): void {
    this.unlock(process);
  }

  get holder(): Process | undefined {
    return this.#hold.holder;
  }

  /** Whether nobody has opened the journal since this process did. */
  abstract isOpenedBy(process: Process): boolean;

  countWrite(): void {
    this.#writes++;
  }

  /** What becomes of the write that was counted last; undefined if it succeeds. */
  failure(): Failed | undefined {
    if (this.failWrite?.number === this.#writes) return this.failWrite.how;
    if (this.world.fails("disk full", this.faults.fails)) return "ENOSPC";
    return this.world.fails("sync failed", this.faults.fails) ? "EIO" : undefined;
  }

  /** How long the disk takes, in milliseconds. */
  delay(): number {
    const { random } = this.world;
    if (this.world.fails("slow sync", this.faults.slow)) return random.between(100, 20_000);
    return random.between(0.05, 3);
  }
}
