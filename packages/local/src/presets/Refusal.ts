/** Remembers that a coding agent cannot work, until somebody who starts others was told. */

export interface Refusal {
  /** An agent run found out that nobody can work before a person has acted. */
  readonly found: (why: string) => void;
  /** Why nothing should be launched. Told once: whoever launches then again has acted. */
  readonly tell: () => string | undefined;
}

export const make = (): Refusal => {
  let why: string | undefined;
  let isTold = false;
  return {
    found: (words) => {
      if (!isTold) why = words;
    },
    tell: () => {
      const told = isTold ? undefined : why;
      isTold = told !== undefined;
      if (!isTold) why = undefined;
      return told;
    },
  };
};
