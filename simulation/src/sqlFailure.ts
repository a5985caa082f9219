import * as SqlError from "effect/sql/SqlError";
import type { Failed } from "./Store.ts";

/** What a process is told of a statement that failed. */
export const failed = (how: Failed | "the connection broke"): SqlError.SqlError =>
  new SqlError.SqlError({ reason: new SqlError.UnknownError({ cause: how, message: how }) });
