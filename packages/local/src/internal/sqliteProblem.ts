import type { Explanation } from "@orchestrator/core/SqlJournal";
import type { SqlError } from "effect/sql/SqlError";
import { resultCode } from "../SqliteClient.ts";

/** What an error of SQLite means for the journal in a file, and what to try. */
export const explain =
  (file: string) =>
  (error: SqlError): Explanation => {
    const code = resultCode(error) ?? 0;
    const said = `${error.message} (SQLite's code ${code})`;
    if (damage.includes(code)) {
      return {
        reason: "Damaged",
        message:
          `The journal ${file} is damaged: ${said}. It was left as it is: ` +
          "restore it from a backup, or move it away to start anew.",
      };
    }
    return {
      reason: "Failed",
      message: `The journal ${file} cannot be used: ${said}. ${advice(code)}`,
    };
  };

/** By the codes of https://sqlite.org/rescode.html; 1 as statements that never change find no tables of ours. */
const damage = [1, 11, 26];

const advice = (code: number): string => advices[code] ?? elsewhere;

const elsewhere = "The project must be on a local file system that this user may write to.";

const disk = "Check that the disk has room and works, then resume the run.";

const advices: { readonly [code: number]: string } = {
  5: "Another process kept it busy; try again when that is done.",
  6: "Another process kept it busy; try again when that is done.",
  10: disk,
  13: disk,
};
