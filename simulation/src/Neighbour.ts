import type { Journal, RunEvent } from "@orchestrator/core";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type { Process } from "./Process.ts";
import type { SqlDisk } from "./SqlDisk.ts";
import type { Frame } from "./Store.ts";

/** How many appends of one run may come at once. */
const writers = 2;

/**
 * A second run of the same program. Its appends come together with those of the
 * first, so that they share transactions; its events are numbers, and so what
 * became of each is easy to tell.
 */
export class Neighbour {
  static readonly run = "other";
  readonly #disk: SqlDisk;
  readonly #durable: Array<string> = [];
  #sleeping: Array<{ readonly process: Process; readonly wake: () => void }> = [];
  #next = 1;

  constructor(disk: SqlDisk) {
    this.#disk = disk;
  }

  /** Writes as long as its process does. */
  live(process: Process, journal: Journal.Journal["Service"]): Effect.Effect<void> {
    const life = Effect.gen({ self: this }, function* () {
      const writer = yield* journal.open(Neighbour.run);
      yield* this.#compare(journal);
      const writing = Array.from({ length: writers }, () => this.#write(process, writer));
      yield* Effect.all(writing, { concurrency: "unbounded", discard: true });
    });
    const told = Effect.tapCause(Effect.scoped(life), (cause) =>
      Effect.sync(() => {
        if (Cause.hasDies(cause)) this.#violate(Cause.pretty(cause));
      }),
    );
    // Whoever the journal fails writes nothing any more.
    return Effect.ignore(told);
  }

  /** Something was appended to the first run: a good moment. */
  wake(process: Process): void {
    const awake = this.#sleeping.filter((one) => one.process === process);
    this.#sleeping = this.#sleeping.filter((one) => !one.process.isDead && one.process !== process);
    for (const { wake } of awake) {
      if (this.#disk.world.random.chance(0.7)) process.post(wake);
      else this.#sleeping.push({ process, wake });
    }
  }

  /** Something of its own is in the database for good. */
  durable({ events }: Frame): void {
    for (const event of events) {
      const { message } = JSON.parse(event) as { readonly message: string };
      if (this.#durable.includes(message)) this.#violate(`${message} is there twice`);
      this.#durable.push(message);
    }
  }

  /** What the journal gives back is what is there; others may have added to it since. */
  #compare(journal: Journal.Journal["Service"]) {
    const before = this.#durable.length;
    return Effect.map(Stream.runCollect(journal.read(Neighbour.run)), (entries) => {
      const read = entries.map(({ event }) => (event as { readonly message: string }).message);
      const there = this.#durable.slice(0, Math.max(before, read.length));
      if (read.join() !== there.join()) this.#violate(`reads ${read.join()}, not ${there.join()}`);
    });
  }

  #write(
    process: Process,
    writer: Journal.JournalWriter,
  ): Effect.Effect<never, Journal.JournalError> {
    const wake = Effect.callback<void>((resume) => {
      this.#sleeping.push({ process, wake: () => resume(Effect.void) });
    });
    const append = Effect.suspend(() => {
      const names = Array.from({ length: this.#disk.world.random.int(1, 3) }, () => this.#name());
      return Effect.matchEffect(writer.append(names.map(eventOf)), {
        onSuccess: () => Effect.sync(() => this.#acknowledged(names)),
        onFailure: (error) => {
          this.#refused(process, error);
          return Effect.fail(error);
        },
      });
    });
    return Effect.forever(Effect.andThen(wake, append));
  }

  #name(): string {
    return `${this.#next++}`;
  }

  #acknowledged(names: ReadonlyArray<string>): void {
    for (const name of names) {
      if (!this.#durable.includes(name))
        this.#violate(`${name} was acknowledged, and is not there`);
    }
  }

  /** Nobody loses a run that nobody else has opened; whoever got all answers knows where it ends. */
  #refused(process: Process, { message, reason }: Journal.JournalError): void {
    const isWrong =
      (reason === "Lost" && this.#disk.isOpener(process, Neighbour.run)) ||
      (reason === "Unclear" && !this.#disk.hasMissed(process));
    if (!isWrong) return;
    this.#violate(`process ${process.id} is refused without a reason: ${message}`);
  }

  #violate(message: string): void {
    this.#disk.world.violate("appends of two runs", message);
  }
}

const eventOf = (message: string): RunEvent.RunEvent => ({ _tag: "Warning", at: 0, message });
