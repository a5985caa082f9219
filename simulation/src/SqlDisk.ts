import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { Journal } from "@orchestrator/core";
import type * as Layer from "effect/Layer";
import { Blobs } from "./Blobs.ts";
import { Hold } from "./Hold.ts";
import { Neighbour } from "./Neighbour.ts";
import type { Process } from "./Process.ts";
import { failed } from "./sqlFailure.ts";
import { SqlServer } from "./SqlServer.ts";
import * as SqlStoreJournal from "./SqlStoreJournal.ts";
import { StoredRuns } from "./StoredRuns.ts";
import { type Commits, type DiskFaults, type Failed, type Listener, Store } from "./Store.ts";
import type { World } from "./World.ts";

export type Row = ReadonlyArray<unknown>;

/** What is special about this database. */
export interface Options {
  /** How long the lock of a process holds of which nothing is heard. */
  readonly lockPatience: number;
  /** Whether it is on a server, and not a file that answers at once. */
  readonly isRemote: boolean;
  /** Whether the program writes a second run beside the first. */
  readonly hasNeighbour: boolean;
  /** Whether most events are so big that they lie in files. */
  readonly hasBlobs: boolean;
}

/**
 * A real SQLite database in memory, with what goes wrong around it: the product's
 * journal writes it through lines that fail.
 *
 * What is committed is on the disk at once. Whoever dies in the middle of a
 * transaction leaves nothing of it; whoever dies behind the commit leaves all.
 */
export class SqlDisk extends Store {
  readonly #database = new DatabaseSync(":memory:");
  readonly #statements = new Map<string, { statement: StatementSync; hasRows: boolean }>();
  readonly #runs: StoredRuns;
  readonly #unanswered = new Set<Process>();
  readonly #neighbourHold: Hold;
  readonly neighbour: Neighbour | undefined;
  readonly blobs: Blobs | undefined;
  /** Set if the database is on a server. */
  readonly server: SqlServer | undefined;

  constructor(world: World, faults: DiskFaults, options: Options, listener: Listener) {
    const { hasBlobs, hasNeighbour, isRemote, lockPatience } = options;
    super(world, faults, lockPatience, listener);
    this.#runs = new StoredRuns(this, listener);
    this.#neighbourHold = new Hold(world, lockPatience);
    this.blobs = hasBlobs ? new Blobs(this) : undefined;
    this.neighbour = hasNeighbour ? new Neighbour(this) : undefined;
    this.server = isRemote ? new SqlServer(this, lockPatience) : undefined;
  }

  override get last(): number {
    return this.#runs.lastOf("run");
  }

  override journal(process: Process): Layer.Layer<Journal.Journal, Journal.JournalError> {
    return SqlStoreJournal.layer(this, process);
  }

  /** Every commit was synced before anybody heard of it. */
  override losePower(): void {
    this.world.note("power fails");
  }

  override isOpenedBy(process: Process): boolean {
    return this.isOpener(process, "run");
  }

  override died(process: Process): void {
    super.died(process);
    this.#neighbourHold.leave(process);
    this.server?.died(process);
  }

  override get commits(): Commits {
    return this.#runs.commits;
  }

  override close(): void {
    this.#database.close();
  }

  /** The lock of the run, or of the one beside it. */
  holdOf(run: string): { take: (by: Process) => boolean; leave: (by: Process) => void } {
    if (run === Neighbour.run) return this.#neighbourHold;
    return { take: (by) => this.lock(by), leave: (by) => this.unlock(by) };
  }

  /** Whether a process is the last one that has opened a run. */
  isOpener(process: Process, run: string): boolean {
    return this.#runs.isOpener(process, run);
  }

  /** Whether a process does not know of everything that it has committed. */
  hasMissed(process: Process): boolean {
    return this.#unanswered.has(process);
  }

  /** Asks the database itself: nothing fails here. */
  ask(text: string, parameters: ReadonlyArray<unknown> = []): ReadonlyArray<Row> {
    const { hasRows, statement } = this.#prepared(text);
    const values = parameters as ReadonlyArray<SQLInputValue>;
    if (hasRows) return statement.all(...values) as unknown as ReadonlyArray<Row>;
    statement.run(...values);
    return [];
  }

  /** Changes something, and answers with the number of rows. */
  change(text: string, parameters: ReadonlyArray<unknown>): number {
    const { statement } = this.#prepared(text);
    return Number(statement.run(...(parameters as ReadonlyArray<SQLInputValue>)).changes);
  }

  #prepared(text: string) {
    const known = this.#statements.get(text);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(text);
    statement.setReturnArrays(true);
    const prepared = { statement, hasRows: statement.columns().length > 0 };
    this.#statements.set(text, prepared);
    return prepared;
  }

  rollBack(): void {
    if (this.#database.isTransaction) this.ask("ROLLBACK");
  }

  /** Ends the open transaction of a process; throws what the process is told if that fails. */
  commit(process: Process, failure: Failed | undefined): void {
    const isKept = failure === undefined || (failure === "EIO" && this.world.random.chance(0.5));
    if (isKept) this.#keep(process);
    else this.rollBack();
    if (failure === undefined) return;
    if (isKept) this.#unanswered.add(process);
    if (isKept) this.world.count("commit without an answer");
    throw failed(failure);
  }

  #keep(process: Process): void {
    this.ask("COMMIT");
    this.#runs.advance(process);
  }

  /** Whether something else goes wrong than a write. */
  breaks(what: string, share: number): boolean {
    return this.world.fails(what, this.faults.fails * share);
  }
}
