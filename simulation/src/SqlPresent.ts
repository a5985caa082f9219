import type { Present } from "@orchestrator/core/SqlJournal";
import type { Process } from "./Process.ts";
import type { Row, SqlDisk } from "./SqlDisk.ts";
import { failed } from "./sqlFailure.ts";

/**
 * The database as a process has it that uses a file of its machine. A change
 * outside a transaction is one by itself. Whoever dies in the middle of one
 * leaves nothing of it.
 */
export class SqlPresent implements Present {
  readonly #disk: SqlDisk;
  readonly #process: Process;
  #isOpen = false;
  /** Whether the disk is too full for the changes themselves, not only for the commit. */
  #isFull = false;

  constructor(disk: SqlDisk, process: Process) {
    this.#disk = disk;
    this.#process = process;
  }

  readonly rows = (text: string, parameters: ReadonlyArray<unknown>): ReadonlyArray<Row> => {
    if (this.#isOpen && this.#isFull && !text.startsWith("SELECT")) throw failed("ENOSPC");
    return this.#disk.ask(text, parameters);
  };

  readonly change = (text: string, parameters: ReadonlyArray<unknown>): number => {
    if (!this.#isOpen) return this.transaction(() => this.change(text, parameters));
    if (this.#isFull) throw failed("ENOSPC");
    return this.#disk.change(text, parameters);
  };

  readonly transaction = <A>(use: () => A): A => {
    const disk = this.#disk;
    this.#survive("before a write");
    disk.countWrite();
    const failure = disk.failure();
    this.#isFull = failure === "ENOSPC" && disk.world.random.chance(0.5);
    disk.ask("BEGIN IMMEDIATE");
    this.#isOpen = true;
    try {
      const result = use();
      this.#survive("before a commit");
      disk.commit(this.#process, failure);
      this.#survive("after a commit");
      return result;
    } finally {
      this.#isOpen = false;
      disk.rollBack();
    }
  };

  /** Nothing catches what is thrown here: nobody is left who could. */
  #survive(what: string): void {
    if (!this.#disk.world.survives(this.#process, what)) throw new Error("the process is dead");
  }
}
