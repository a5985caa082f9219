/** What expansion has to know of conditions; in which language they are is not its matter. */
import * as Result from "effect/Result";
import type { Parameters } from "../../Template.ts";

/** A language of conditions. Failures are sentences. */
export interface Conditions {
  /** The tasks and the parameters that a condition names. */
  readonly names: (text: string) => Result.Result<
    {
      readonly tasks: ReadonlyArray<string>;
      readonly params: ReadonlyArray<string>;
    },
    string
  >;
  /** What it comes to before anything runs; undefined if that depends on tasks. */
  readonly decide: (text: string, params: Parameters) => Result.Result<boolean | undefined, string>;
  /** The same condition with other ids of tasks. */
  readonly renamed: (text: string, rename: (task: string) => string) => string;
}

const unknown = (text: string) =>
  Result.fail(`${JSON.stringify(text)} cannot be decided: nothing here understands conditions`);

/** Refuses every condition. */
export const noConditions: Conditions = {
  names: unknown,
  decide: unknown,
  renamed: (text) => text,
};
