/** What the status of an agent run means. */

/** `unknown` counts as `working`: only a deadline ends it. */
export type Meaning = "working" | "waiting" | "succeeded" | "failed" | "unknown";

const meanings: Readonly<Record<string, Meaning>> = {
  COMPLETE: "succeeded",
  COMPLETED: "succeeded",
  ACTIVE: "working",
  EVALUATION: "working",
  RUNNING: "working",
  PENDING: "working",
  PAUSED: "waiting",
  ERROR: "failed",
  FAILED: "failed",
  CANCELLED: "failed",
  CANCELED: "failed",
  STOPPED: "failed",
  TIMEOUT: "failed",
  MAX_ITERATIONS_REACHED: "failed",
  OUT_OF_TOKENS: "failed",
};

/** A status as it is compared: the live service writes upper case, its documentation lower case. */
export const normal = (status: string): string => status.trim().toUpperCase();

/** What a status means; none at all is an agent run that has not begun. */
export const meaning = (status: string | undefined): Meaning => {
  if (status === undefined || status.trim() === "") return "working";
  const name = normal(status);
  return Object.hasOwn(meanings, name) ? meanings[name]! : "unknown";
};

/** Whether an agent run with this status has certainly stopped working. */
export const isOver = (status: string | undefined): boolean => {
  const means = meaning(status);
  return means === "succeeded" || means === "failed";
};
