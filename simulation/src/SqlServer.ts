import type { Process } from "./Process.ts";
import type { Row, SqlDisk } from "./SqlDisk.ts";
import { failed } from "./sqlFailure.ts";

/** A connection of a process, as the server knows it. */
export interface Session {
  readonly process: Process;
  /** Statements that have not arrived yet. */
  underway: number;
  /** How many have, to tell whether any came meanwhile. */
  arrived: number;
  isGone: boolean;
}

/** Gives the rows of a statement, or throws what went wrong. */
export type Given = () => ReadonlyArray<Row>;

type Answer = (given: Given) => void;

/**
 * The database on a server: every statement travels, and what is on its way
 * goes on when its process dies. One transaction is open at a time; whoever
 * comes meanwhile waits.
 */
export class SqlServer {
  readonly #disk: SqlDisk;
  /** How long it waits for the next statement of a transaction, in milliseconds. */
  readonly #patience: number;
  readonly #sessions = new Set<Session>();
  #open: Session | undefined = undefined;
  #waiting: Array<() => void> = [];

  constructor(disk: SqlDisk, patience: number) {
    this.#disk = disk;
    this.#patience = patience;
  }

  connect(process: Process): Session {
    const session: Session = { process, underway: 0, arrived: 0, isGone: false };
    this.#sessions.add(session);
    return session;
  }

  /** Nobody is at the other end any more. */
  drop(session: Session): void {
    session.isGone = true;
    this.#sessions.delete(session);
    if (this.#open === session) this.#end(() => this.#disk.rollBack());
  }

  /** What a dead process has sent still counts. */
  died(process: Process): void {
    for (const session of this.#sessions) {
      if (session.process === process && session.underway === 0) this.drop(session);
    }
  }

  ask(session: Session, text: string, parameters: ReadonlyArray<unknown>, answer: Answer): void {
    const { world } = this.#disk;
    if (!world.survives(session.process, "before a statement")) return;
    session.underway++;
    world.after(this.#disk.delay(), () => this.#arrive(session, text, parameters, answer));
    world.survives(session.process, "after a statement");
  }

  #arrive(session: Session, text: string, parameters: ReadonlyArray<unknown>, answer: Answer) {
    const isInTheWay = this.#open !== undefined && this.#open !== session;
    if (isInTheWay && !session.isGone) {
      this.#waiting.push(() => this.#arrive(session, text, parameters, answer));
      return;
    }
    const { world } = this.#disk;
    session.underway--;
    session.arrived++;
    const given = this.#execute(session, text, parameters);
    if (session.process.isDead && session.underway === 0) this.drop(session);
    else this.#expectMore(session);
    world.after(this.#disk.delay(), () => session.process.post(() => answer(given)));
  }

  #execute(session: Session, text: string, parameters: ReadonlyArray<unknown>): Given {
    if (this.#disk.breaks("connection to the database broken", 0.3)) this.drop(session);
    try {
      const rows = this.#rowsOf(session, text, parameters);
      return () => rows;
    } catch (error) {
      return () => {
        throw error;
      };
    }
  }

  #rowsOf(session: Session, text: string, parameters: ReadonlyArray<unknown>): ReadonlyArray<Row> {
    if (session.isGone) throw failed("the connection broke");
    switch (text) {
      case "BEGIN IMMEDIATE":
        this.#disk.ask(text);
        this.#open = session;
        return [];
      case "COMMIT":
        this.#end(() => this.#commit(session));
        return [];
      case "ROLLBACK":
        this.#end(() => this.#disk.rollBack());
        return [];
      default:
        return this.#disk.ask(text, parameters);
    }
  }

  #commit({ process }: Session): void {
    const { world } = this.#disk;
    world.survives(process, "before a commit");
    this.#disk.countWrite();
    this.#disk.commit(process, this.#disk.failure());
    world.survives(process, "after a commit");
  }

  /** Ends the open transaction, and lets those in who waited for that. */
  #end(how: () => void): void {
    try {
      how();
    } finally {
      this.#open = undefined;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const arrive of waiting) this.#disk.world.after(0, arrive);
    }
  }

  /** Nobody keeps a transaction open by standing still. */
  #expectMore(session: Session): void {
    if (this.#open !== session) return;
    const { arrived } = session;
    this.#disk.world.after(this.#patience, () => {
      if (this.#open !== session || session.arrived !== arrived) return;
      this.#disk.world.count("transaction broken off by the server");
      this.drop(session);
    });
  }
}
