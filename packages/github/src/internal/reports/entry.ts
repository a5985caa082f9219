import type { Reporter } from "@orchestrator/core";
import * as Semaphore from "effect/Semaphore";
import type * as ReportComment from "../../ReportComment.ts";
import type * as StatusLabels from "../../StatusLabels.ts";

/** What is known of the report of one task. */
export interface Entry {
  readonly oneAtATime: Semaphore.Semaphore;
  landing: ReportComment.Landing | undefined;
  last: { readonly ref: Reporter.ReportRef; readonly report: Reporter.Report } | undefined;
  /** The hash of what the comment certainly says. */
  written: string | undefined;
  /** Somebody deleted the comment. */
  isDeleted: boolean;
  /** For which state the label and the status on the board certainly were set, and the issue closed. */
  readonly set: Partial<Record<"label" | "status" | "closed", StatusLabels.State | undefined>>;
  /** The comment is soon written anew. */
  isDue: boolean;
}

/** Nothing is known of it yet. */
export const unknown = (): Entry => ({
  oneAtATime: Semaphore.makeUnsafe(1),
  landing: undefined,
  last: undefined,
  written: undefined,
  isDeleted: false,
  set: {},
  isDue: false,
});
