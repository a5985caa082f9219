import type { Process } from "./Process.ts";
import { hash, Random } from "./Random.ts";
import { Timers } from "./Timers.ts";

/** What becomes of a process at one of the points around its effects. */
export type Fate = "lives" | "dies" | "freezes";

/** Decides it by chance, or at points that were chosen before. */
export type CrashPlan = (point: number, what: string) => Fate;

/** A rule that did not hold. */
export interface Violation {
  readonly checker: string;
  readonly message: string;
}

/**
 * Virtual time, and everything that happens in it, one thing after the other.
 *
 * Nothing here waits for real time, so the same seed gives the same world.
 */
export class World {
  readonly random: Random;
  /** Milliseconds since the beginning. */
  now = 0;
  /** How far the clock on the wall is from that. */
  wallOffset = 1_800_000_000_000;
  /** After this moment nothing fails any more. */
  calmAt = 0;
  readonly faults = new Map<string, number>();
  /** Moments at which a process may die, so far. */
  points = 0;
  crashPlan: CrashPlan = () => "lives";
  /** What happens to a process that is to freeze. */
  freeze: (process: Process) => void = () => undefined;
  violation: Violation | undefined = undefined;
  /** A number that tells traces apart. */
  traceHash = 0;
  /** The lines of the trace, if they are wanted. */
  trace: Array<string> | undefined = undefined;
  steps = 0;
  readonly #timers = new Timers();
  readonly #processes: Array<Process> = [];

  constructor(seed: number) {
    this.random = Random.of(seed, "world");
  }

  get isCalm(): boolean {
    return this.now >= this.calmAt;
  }

  get wall(): number {
    return this.wallOffset + this.now;
  }

  note(line: string): void {
    const stamped = `${this.now.toFixed(3)} ${line}`;
    this.traceHash = hash(stamped, this.traceHash);
    this.trace?.push(stamped);
  }

  /** Does something later; answers with the way to prevent it. */
  after(millis: number, run: () => void): () => void {
    return this.#timers.add(this.now + millis, run);
  }

  add(process: Process): void {
    this.#processes.push(process);
  }

  remove(process: Process): void {
    this.#processes.splice(this.#processes.indexOf(process), 1);
  }

  get processes(): ReadonlyArray<Process> {
    return this.#processes;
  }

  /** Whether something of a class goes wrong now, which is then counted. */
  fails(what: string, probability: number): boolean {
    if (this.isCalm || !this.random.chance(probability)) return false;
    this.count(what);
    return true;
  }

  count(what: string): void {
    this.faults.set(what, (this.faults.get(what) ?? 0) + 1);
    this.note(`fault ${what}`);
  }

  /** A moment at which a process may die. Answers whether it still lives. */
  survives(process: Process, what: string): boolean {
    if (process.isDead) return false;
    this.points++;
    const fate = this.crashPlan(this.points, what);
    if (fate === "dies") process.crash(what);
    if (fate === "freezes") this.freeze(process);
    return !process.isDead;
  }

  violate(checker: string, message: string): void {
    this.note(`VIOLATION ${checker}: ${message}`);
    this.violation ??= { checker, message };
  }

  /** Lets things happen until something is so, or nothing happens any more, or a rule was broken. */
  run(isDone: () => boolean): void {
    while (this.violation === undefined && !isDone()) {
      if (!this.#step()) return;
    }
  }

  #step(): boolean {
    this.steps++;
    const runnable = this.#processes.filter((process) => process.isRunnable);
    const next = this.#timers.next;
    const isDue = next <= this.now;
    const choices = runnable.length + (isDue ? 1 : 0);
    if (choices === 0) {
      if (next === Infinity) return false;
      this.now = next;
      this.#timers.take()();
      return true;
    }
    const choice = this.random.int(0, choices - 1);
    if (choice === runnable.length) this.#timers.take()();
    else runnable[choice]!.step();
    return true;
  }
}
