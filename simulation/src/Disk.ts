import { Journal } from "@orchestrator/core";
import * as Layer from "effect/Layer";
import * as DiskJournal from "./DiskJournal.ts";
import type { Process } from "./Process.ts";
import { type Failed, type Frame, Store } from "./Store.ts";

/** What becomes of a write, as the operating system or the server says. */
export type Written = "ok" | "stale" | Failed;

/**
 * The file of one run: what was written, and how much of it is certainly there.
 *
 * A write is in the file at once, for everybody to read, and survives the death
 * of its process; only `sync` makes it survive a power failure.
 */
export class Disk extends Store {
  #frames: Array<Frame> = [];
  /** How many of the frames are durable. */
  #durable = 0;
  #epoch = 0;
  #opener: Process | undefined = undefined;

  get epoch(): number {
    return this.#epoch;
  }

  override get last(): number {
    const frame = this.#frames.at(-1);
    return frame === undefined ? 0 : frame.first + frame.events.length - 1;
  }

  get frames(): ReadonlyArray<Frame> {
    return this.#frames;
  }

  override journal(process: Process): Layer.Layer<Journal.Journal> {
    return Layer.succeed(Journal.Journal, DiskJournal.make(this, process));
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

  override isOpenedBy(process: Process): boolean {
    return this.#opener === process;
  }

  /** Of what was not synced only some is left, the last perhaps in part. */
  override losePower(): void {
    const { random } = this.world;
    const unsynced = this.#frames.length - this.#durable;
    if (unsynced === 0) return;
    this.world.count("unsynced writes lost");
    const kept = random.int(0, unsynced - 1);
    const next = this.#frames[this.#durable + kept]!;
    this.#frames.length = this.#durable + kept;
    if (random.chance(0.5)) this.#frames.push({ ...next, isTorn: true });
  }

  /** Appends a frame if its writer is the last one and has missed nothing. */
  write(process: Process, frame: Frame, answer: (written: Written) => void): void {
    if (!this.world.survives(process, "before a write")) return;
    this.countWrite();
    const isStale = frame.epoch !== this.#epoch || frame.first !== this.last + 1;
    const failure = isStale ? undefined : this.failure();
    if (isStale) this.world.note(`disk refuses a write of process ${process.id}`);
    else if (failure === "ENOSPC") this.world.note("disk is full");
    else {
      this.#frames.push(frame);
      this.world.note(`disk takes ${frame.events.length} events from ${frame.first}`);
    }
    if (failure === "EIO") this.#isBroken = true;
    if (!this.world.survives(process, "after a write")) return;
    this.#answer(process, isStale ? "stale" : failure === "ENOSPC" ? failure : "ok", answer);
  }

  /** The next sync fails: nobody knows what of it is durable. */
  #isBroken = false;

  /** Makes everything durable that was written before. */
  sync(process: Process, answer: (written: Written) => void): void {
    const upTo = this.#frames.length;
    const delay = this.delay();
    this.world.after(delay, () => {
      if (!this.world.survives(process, "before a sync")) return;
      const isBroken = this.#isBroken;
      this.#isBroken = false;
      if (!isBroken || this.world.random.chance(0.5)) this.#syncUpTo(upTo);
      if (!this.world.survives(process, "after a sync")) return;
      this.#answer(process, isBroken ? "EIO" : "ok", answer);
    });
  }

  #syncUpTo(count: number): void {
    while (this.#durable < Math.min(count, this.#frames.length)) {
      const frame = this.#frames[this.#durable++]!;
      this.listener.durable(frame);
    }
  }

  #answer(process: Process, written: Written, answer: (written: Written) => void): void {
    process.post(() => {
      if (written !== "ok") process.knowsOfFailedWrite = true;
      answer(written);
    });
  }
}
