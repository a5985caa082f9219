import type { Process } from "./Process.ts";
import type { World } from "./World.ts";

/** One commit in the file of a run: some events in a row. */
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

/** What becomes of a write, as the operating system or the server says. */
export type Written = "ok" | "stale" | "ENOSPC" | "EIO";

/** How likely what goes wrong. */
export interface DiskFaults {
  readonly fails: number;
  readonly slow: number;
}

/**
 * The file of one run: what was written, and how much of it is certainly there.
 *
 * A write is in the file at once, for everybody to read, and survives the death
 * of its process; only `sync` makes it survive a power failure.
 */
export class Disk {
  readonly #world: World;
  readonly #faults: DiskFaults;
  /** A server lets go of the lock of a process that it has not heard of for this long, in milliseconds. */
  readonly #lockPatience: number;
  readonly #onDurable: (frame: Frame) => void;
  #frames: Array<Frame> = [];
  /** How many of the frames are durable. */
  #durable = 0;
  #epoch = 0;
  #holder: Process | undefined = undefined;
  #opener: Process | undefined = undefined;
  #writes = 0;
  /** Lets the n-th write fail, whatever else. */
  failWrite: { readonly number: number; readonly how: "ENOSPC" | "EIO" } | undefined = undefined;

  constructor(
    world: World,
    faults: DiskFaults,
    lockPatience: number,
    onDurable: (frame: Frame) => void,
  ) {
    this.#world = world;
    this.#faults = faults;
    this.#lockPatience = lockPatience;
    this.#onDurable = onDurable;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The sequence number of the last event. */
  get last(): number {
    const frame = this.#frames.at(-1);
    return frame === undefined ? 0 : frame.first + frame.events.length - 1;
  }

  get frames(): ReadonlyArray<Frame> {
    return this.#frames;
  }

  get durableFrames(): ReadonlyArray<Frame> {
    return this.#frames.slice(0, this.#durable);
  }

  get writes(): number {
    return this.#writes;
  }

  /** Takes the lock of the run, which ends with the process. */
  lock(process: Process): boolean {
    if (this.holder !== undefined && this.holder !== process) return false;
    this.#holder = process;
    return true;
  }

  unlock(process: Process): void {
    if (this.#holder === process) this.#holder = undefined;
  }

  get holder(): Process | undefined {
    const holder = this.#holder;
    if (holder === undefined || holder.isDead) return undefined;
    const isLost =
      holder.state === "frozen" && this.#world.now - holder.frozenSince > this.#lockPatience;
    return isLost ? undefined : holder;
  }

  /** Drops what a power failure tore, and makes the rest durable. */
  recover(): void {
    const torn = this.#frames.findIndex(({ isTorn }) => isTorn);
    if (torn !== -1) this.#frames.length = torn;
    this.#syncUpTo(this.#frames.length);
  }

  raiseEpoch(process: Process): void {
    this.#epoch++;
    this.#opener = process;
  }

  /** Whether nobody has opened the journal since this process did. */
  isOpenedBy(process: Process): boolean {
    return this.#opener === process;
  }

  /** Power fails: of what was not synced only some is left, the last perhaps in part. */
  losePower(): void {
    const { random } = this.#world;
    const unsynced = this.#frames.length - this.#durable;
    if (unsynced === 0) return;
    this.#world.count("unsynced writes lost");
    const kept = random.int(0, unsynced - 1);
    const next = this.#frames[this.#durable + kept]!;
    this.#frames.length = this.#durable + kept;
    if (random.chance(0.5)) this.#frames.push({ ...next, isTorn: true });
  }

  /** Appends a frame if its writer is the last one and has missed nothing. */
  write(process: Process, frame: Frame, answer: (written: Written) => void): void {
    if (!this.#world.survives(process, "before a write")) return;
    this.#writes++;
    const isStale = frame.epoch !== this.#epoch || frame.first !== this.last + 1;
    const failure = isStale ? undefined : this.#failure();
    if (isStale) this.#world.note(`disk refuses a write of process ${process.id}`);
    else if (failure === "ENOSPC") this.#world.note("disk is full");
    else {
      this.#frames.push(frame);
      this.#world.note(`disk takes ${frame.events.length} events from ${frame.first}`);
    }
    if (failure === "EIO") this.#isBroken = true;
    if (!this.#world.survives(process, "after a write")) return;
    this.#answer(process, isStale ? "stale" : failure === "ENOSPC" ? failure : "ok", answer);
  }

  /** The next sync fails: nobody knows what of it is durable. */
  #isBroken = false;

  /** Makes everything durable that was written before. */
  sync(process: Process, answer: (written: Written) => void): void {
    const upTo = this.#frames.length;
    const delay = this.#delay();
    this.#world.after(delay, () => {
      if (!this.#world.survives(process, "before a sync")) return;
      const isBroken = this.#isBroken;
      this.#isBroken = false;
      if (!isBroken || this.#world.random.chance(0.5)) this.#syncUpTo(upTo);
      if (!this.#world.survives(process, "after a sync")) return;
      this.#answer(process, isBroken ? "EIO" : "ok", answer);
    });
  }

  #syncUpTo(count: number): void {
    while (this.#durable < Math.min(count, this.#frames.length)) {
      const frame = this.#frames[this.#durable++]!;
      this.#onDurable(frame);
    }
  }

  #answer(process: Process, written: Written, answer: (written: Written) => void): void {
    process.post(() => {
      if (written !== "ok") process.knowsOfFailedWrite = true;
      answer(written);
    });
  }

  #failure(): "ENOSPC" | "EIO" | undefined {
    if (this.failWrite?.number === this.#writes) return this.failWrite.how;
    if (this.#world.fails("disk full", this.#faults.fails)) return "ENOSPC";
    return this.#world.fails("sync failed", this.#faults.fails) ? "EIO" : undefined;
  }

  #delay(): number {
    const { random } = this.#world;
    if (this.#world.fails("slow sync", this.#faults.slow)) return random.between(100, 20_000);
    return random.between(0.05, 3);
  }
}
