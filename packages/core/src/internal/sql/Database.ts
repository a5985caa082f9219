import * as Effect from "effect/Effect";
import type { SqlClient } from "effect/sql/SqlClient";
import type { Connection } from "effect/sql/SqlConnection";
import type { SqlError } from "effect/sql/SqlError";
import { JournalError } from "../../Journal.ts";

/** One row, its columns in the order in which they were asked for. */
export type Row = ReadonlyArray<unknown>;

/** A statement with its parameters, `?` for each. */
export type Statement = readonly [text: string, ...parameters: ReadonlyArray<unknown>];

/** Statements that depend on what those before them gave. */
export type Statements<A> = Generator<Statement, A, ReadonlyArray<Row>>;

type Ask = (text: string, parameters: ReadonlyArray<unknown>) => ReadonlyArray<Row>;

/** A database that answers without giving way: nobody else uses the connection meanwhile. */
export interface Present {
  readonly rows: Ask;
  /** How many rows one statement adds or changes. */
  readonly change: (text: string, parameters: ReadonlyArray<unknown>) => number;
  /** Does all or nothing of what is asked in it. */
  readonly transaction: <A>(use: () => A) => A;
}

/** A client may let its connection be used while nobody has a transaction open in it. */
interface AtOnce {
  readonly atOnce: <A>(use: (present: Present) => A) => Effect.Effect<A, SqlError>;
}

const isAtOnce = (sql: SqlClient): sql is SqlClient & AtOnce =>
  "atOnce" in sql && typeof sql.atOnce === "function";

const drive = <A>(statements: Statements<A>, ask: Ask): A => {
  let step = statements.next();
  while (step.done !== true) {
    const [text, ...parameters] = step.value;
    step = statements.next(ask(text, parameters));
  }
  return step.value;
};

/** What a database error means for the journal, if more is known than that it failed. */
export interface Explanation {
  readonly reason: JournalError["reason"];
  readonly message: string;
}

export interface Options {
  readonly sql: SqlClient;
  /** Where the database is, as people know it. */
  readonly where?: string;
  readonly explain?: (error: SqlError) => Explanation | undefined;
}

/** The database of a journal: SQLite or PostgreSQL, with `?` for parameters in both. */
export class Database {
  readonly where: string;
  readonly isPostgres: boolean;
  /** Uses the database without giving way, where its driver can. */
  readonly atOnce: AtOnce["atOnce"] | undefined;
  readonly #sql: SqlClient;
  /** SQLite takes the right to write at once, so that it cannot be refused half-way. */
  readonly #begin: string;
  readonly #explain: NonNullable<Options["explain"]>;
  readonly #texts = new Map<string, string>();

  constructor({ explain, sql, where }: Options) {
    this.#sql = sql;
    this.atOnce = isAtOnce(sql) ? sql.atOnce : undefined;
    this.#explain = explain ?? (() => undefined);
    this.isPostgres = sql.onDialectOrElse({ pg: () => true, orElse: () => false });
    this.#begin = this.isPostgres ? "BEGIN" : "BEGIN IMMEDIATE";
    this.where = where ?? (this.isPostgres ? "PostgreSQL" : "SQLite");
  }

  /** Asks on whichever connection is free. */
  query(text: string, ...parameters: ReadonlyArray<unknown>): Effect.Effect<Array<Row>, SqlError> {
    return this.#sql.unsafe(this.#text(text), parameters).values as Effect.Effect<
      Array<Row>,
      SqlError
    >;
  }

  /**
   * Runs the statements that a generator asks for as one transaction, giving
   * each its rows; never as a part of one that the caller has open.
   */
  transaction<A>(statements: () => Statements<A>): Effect.Effect<A, SqlError> {
    if (this.atOnce !== undefined) {
      return Effect.uninterruptible(
        this.atOnce(({ rows, transaction }) => transaction(() => drive(statements(), rows))),
      );
    }
    return Effect.uninterruptible(
      Effect.scoped(
        Effect.flatMap(this.#sql.reserve, (connection) =>
          this.#inTransaction(connection, statements),
        ),
      ),
    );
  }

  #inTransaction<A>(
    connection: Connection,
    statements: () => Statements<A>,
  ): Effect.Effect<A, SqlError> {
    const ask = (text: string, parameters: ReadonlyArray<unknown> = []) =>
      connection.executeValues(this.#text(text), parameters);
    const work = Effect.gen(function* () {
      const asked = statements();
      let step = asked.next();
      while (step.done !== true) {
        const [text, ...parameters] = step.value;
        step = asked.next(yield* ask(text, parameters));
      }
      yield* ask("COMMIT");
      return step.value;
    });
    return Effect.andThen(
      ask(this.#begin),
      Effect.onError(work, () => Effect.ignore(ask("ROLLBACK"))),
    );
  }

  /** An error of the database as one of the journal. */
  failure(operation: JournalError["operation"], run: string) {
    return (error: SqlError): JournalError => {
      const { message, reason } = this.#explain(error) ?? {
        reason: "Failed",
        message: `The journal in ${this.where} cannot be used: ${words(error)}`,
      };
      return new JournalError({ operation, run, reason, message });
    };
  }

  #text(text: string): string {
    if (!this.isPostgres) return text;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    let count = 0;
    const numbered = text.replaceAll("?", () => `$${++count}`);
    this.#texts.set(text, numbered);
    return numbered;
  }
}

/** What the database itself said, behind the words of its driver. */
const words = ({ message, reason }: SqlError): string =>
  reason.cause instanceof Error && reason.cause.message !== message
    ? `${message}: ${reason.cause.message}`
    : message;
