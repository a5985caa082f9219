/** Statuses in which the service does no more work for a run by itself. */
const resting: ReadonlySet<string> = new Set([
  "COMPLETE",
  "PAUSED",
  "ERROR",
  "FAILED",
  "CANCELLED",
  "STOPPED",
  "TIMEOUT",
  "MAX_ITERATIONS_REACHED",
  "OUT_OF_TOKENS",
]);

/** Whether an agent is at work under a status; one that nobody knows counts as work. */
export const isWorking = (status: string | null | undefined): boolean =>
  typeof status !== "string" || !resting.has(status.toUpperCase());
