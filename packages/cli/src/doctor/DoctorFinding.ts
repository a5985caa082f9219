/** What `doctor` finds. */

/** One thing that was looked at, in a line that says what to try if it is not well. */
export interface Finding {
  readonly about: string;
  /** Only a `problem` keeps runs from working. */
  readonly level: "ok" | "warning" | "problem";
  readonly message: string;
}

const finding =
  (level: Finding["level"]) =>
  (about: string, message: string): Finding => ({ about, level, message });

export const ok = finding("ok");
export const warning = finding("warning");
export const problem = finding("problem");
