/** What a run costs at GitHub: requests and points, by operation. */

/** What one operation has cost. */
export interface Account {
  /** As `issues.list`. */
  readonly operation: string;
  readonly requests: number;
  /** Answers that were unchanged and so free (304). */
  readonly unchanged: number;
  /** Requests that were sent again. */
  readonly repeated: number;
  /** Points of the REST budget: one for each answer that is neither unchanged nor the refusal of a limit. */
  readonly rest: number;
  /** Points of the GraphQL budget, as each answer says that it cost; one where it does not say. */
  readonly graphql: number;
}

/** What GitHub last said about a budget of the token. */
export interface Remaining {
  readonly resource: "rest" | "graphql";
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds since the epoch. */
  readonly resetsAt: number;
}

/** The ledger as plain data, for results and `--format json`. */
export interface Statement {
  readonly requests: number;
  readonly unchanged: number;
  readonly repeated: number;
  readonly rest: number;
  readonly graphql: number;
  /** Milliseconds spent waiting for a limit. */
  readonly waitedMillis: number;
  readonly operations: ReadonlyArray<Account>;
  readonly remaining: ReadonlyArray<Remaining>;
}

/** What was asked of GitHub, by operation. */
export interface Ledger {
  /** The requests and points so far, and what was left of the budgets at last. */
  readonly statement: () => Statement;
}

/** Two statements as one; what is left of the budgets is what the later one says. */
export const sum = (one: Statement, later: Statement): Statement => {
  const operations = new Map<string, Account>();
  for (const account of [...one.operations, ...later.operations]) {
    const known = operations.get(account.operation);
    operations.set(account.operation, known === undefined ? account : both(known, account));
  }
  const told = new Set(later.remaining.map(({ resource }) => resource));
  return {
    ...counts(one, later),
    waitedMillis: one.waitedMillis + later.waitedMillis,
    operations: [...operations.values()],
    remaining: [...one.remaining.filter(({ resource }) => !told.has(resource)), ...later.remaining],
  };
};

/** What is counted, of one operation or of all. */
export type Counts = Omit<Account, "operation">;

/** Two counts as one. */
export const counts = (one: Counts, other: Counts): Counts => ({
  requests: one.requests + other.requests,
  unchanged: one.unchanged + other.unchanged,
  repeated: one.repeated + other.repeated,
  rest: one.rest + other.rest,
  graphql: one.graphql + other.graphql,
});

const both = (one: Account, other: Account): Account => ({
  operation: one.operation,
  ...counts(one, other),
});
