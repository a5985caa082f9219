import { commitsPerRun } from "@orchestrator/core/SqlJournal";
import { Neighbour } from "./Neighbour.ts";
import type { Process } from "./Process.ts";
import type { Row, SqlDisk } from "./SqlDisk.ts";
import type { Commits, Frame, Listener } from "./Store.ts";

/** A run as its commits have made it so far. */
interface StoredRun {
  last: number;
  epoch: number;
  opener: Process | undefined;
}

/** What the commits in a database have brought, told to those who check it. */
export class StoredRuns {
  readonly #disk: SqlDisk;
  readonly #listener: Listener;
  readonly #runs = new Map<string, StoredRun>();
  readonly #commits = { commits: 0, shared: 0 };

  constructor(disk: SqlDisk, listener: Listener) {
    this.#disk = disk;
    this.#listener = listener;
  }

  get commits(): Commits {
    return this.#commits;
  }

  /** The sequence number of the last event of a run. */
  lastOf(run: string): number {
    return this.#runs.get(run)?.last ?? 0;
  }

  /** Whether a process is the last one that has opened a run. */
  isOpener(process: Process, run: string): boolean {
    return this.#runs.get(run)?.opener === process;
  }

  /** A process has committed something. */
  advance(process: Process): void {
    let appends = 0;
    const rows = this.#disk.ask("SELECT id, number, epoch FROM journal_run ORDER BY number");
    for (const [id, number, epoch] of rows) {
      const name = String(id);
      const run = this.#runOf(name);
      if (Number(epoch) > run.epoch) this.#opened(process, name, run, Number(epoch));
      for (const frame of this.#framesAfter(Number(number), run.last, process)) {
        this.#appended(name, run, frame);
        appends++;
      }
    }
    if (appends > 0) this.#commits.commits++;
    if (appends > 1) this.#commits.shared++;
  }

  #runOf(name: string): StoredRun {
    const known = this.#runs.get(name);
    const run = known ?? { last: 0, epoch: 0, opener: undefined };
    if (known === undefined) this.#runs.set(name, run);
    return run;
  }

  #opened(process: Process, name: string, run: StoredRun, epoch: number): void {
    run.epoch = epoch;
    run.opener = process;
    this.#disk.world.note(`process ${process.id} opens ${name} as writer ${epoch}`);
    if (name !== Neighbour.run) this.#listener.opened(epoch);
  }

  #appended(name: string, run: StoredRun, frame: Frame): void {
    run.last = frame.first + frame.events.length - 1;
    this.#disk.world.note(`${name} has ${frame.events.length} events from ${frame.first}`);
    if (name === Neighbour.run) this.#disk.neighbour!.durable(frame);
    else this.#listener.durable(frame);
  }

  #framesAfter(run: number, last: number, process: Process): ReadonlyArray<Frame> {
    const from = run * commitsPerRun + last;
    const to = (run + 1) * commitsPerRun;
    const rows = this.#disk.ask(
      "SELECT first, epoch, monotonic_millis, body FROM journal_commit WHERE id > ? AND id < ? ORDER BY id",
      [from, to],
    );
    return rows.map((row) => this.#frameOf(row, process));
  }

  #frameOf([first, epoch, monotonicMillis, body]: Row, process: Process): Frame {
    const events = eventsIn(JSON.parse(String(body)) as ReadonlyArray<unknown>);
    return {
      first: Number(first),
      epoch: Number(epoch),
      monotonicMillis: Number(monotonicMillis),
      events: events.map((event) => this.#textOf(event)),
      process: process.id,
      isTorn: false,
    };
  }

  /** An event as JSON, wherever it lies. */
  #textOf(event: unknown): string {
    const { _tag, sha256 } = event as { readonly _tag: string; readonly sha256: string };
    if (_tag !== "@blob") return JSON.stringify(event);
    const text = this.#disk.blobs?.text(sha256);
    if (text !== undefined) return text;
    this.#disk.world.violate("files first", `an event lies in ${sha256}, which is not there`);
    return lost;
  }
}

/** The events of a commit, read without the program: a list, or what they have in common and their values. */
const eventsIn = (body: ReadonlyArray<unknown>): ReadonlyArray<unknown> => {
  const [shapes, ...groups] = body as ReadonlyArray<ReadonlyArray<unknown>>;
  if (!Array.isArray(shapes)) return body;
  return groups.flatMap((group) => {
    const values = group.values();
    const events: Array<unknown> = [];
    let at: unknown;
    for (const number of values) {
      if (number === 0) {
        at = values.next().value;
        continue;
      }
      const [_tag, ...names] = shapes[Number(number) - 1] as ReadonlyArray<string>;
      const fields = names.map((name): [string, unknown] => [name, values.next().value]);
      events.push({ _tag, at, ...Object.fromEntries(fields) });
    }
    return events;
  });
};

/** Stands for an event that nobody can read any more, so that the world can end in order. */
const lost = JSON.stringify({ _tag: "Warning", at: 0, message: "lost" });
