/**
 * What an implementation of a port must keep, as clauses that any test runner can check.
 *
 * A clause is a name and an effect. With vitest, and with node:test:
 *
 * ```ts
 * for (const { name, check } of JournalContract.make(options)) it.live(name, () => check);
 * for (const { name, check } of JournalContract.make(options)) test(name, () => Contract.run(check));
 * ```
 */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Equal from "effect/Equal";
import * as Formatter from "effect/Formatter";
import * as Schema from "effect/Schema";
import type * as Scope from "effect/Scope";

/** A clause was broken; the message says what was expected and what happened. */
export class ContractViolation extends Schema.TaggedError<ContractViolation>()(
  "ContractViolation",
  { clause: Schema.String, message: Schema.String },
) {}

/** One sentence that must hold, and the way to find out whether it does. */
export interface Clause {
  /** A sentence in the present tense. */
  readonly name: string;
  /** Fails if the sentence does not hold. The scope ends what the check made. */
  readonly check: Effect.Effect<void, ContractViolation, Scope.Scope>;
}

/** What all contracts may be told. */
export interface Limits {
  /** How long one clause may take by the clock in use (default 30 seconds). */
  readonly within?: Duration.Input;
}

/** Checks one clause, for test runners that know promises only. */
export const run = (check: Clause["check"]): Promise<void> =>
  Effect.runPromise(Effect.scoped(check));

/** Makes clauses whose failures of any kind, taking too long included, are violations. */
export const clauses =
  ({ within = "30 seconds" }: Limits) =>
  (name: string, check: Effect.Effect<unknown, unknown, Scope.Scope>): Clause => ({
    name,
    check: check.pipe(
      Effect.timeoutOrElse({
        duration: within,
        orElse: () =>
          Effect.fail(`no end within ${Duration.format(Duration.fromInputUnsafe(within))}`),
      }),
      Effect.mapError((error) => new ContractViolation({ clause: name, message: words(error) })),
      Effect.asVoid,
    ),
  });

/** Fails with a sentence unless something holds. */
export const expect = (holds: boolean, otherwise: string): Effect.Effect<void, string> =>
  holds ? Effect.void : Effect.fail(otherwise);

/** Fails unless two values are deeply equal. */
export const expectEqual = (what: string, actual: unknown, expected: unknown) =>
  expect(
    Equal.equals(actual, expected),
    `${what}: expected ${shown(expected)}, found ${shown(actual)}`,
  );

const longest = 2000;

/** A value for people, cut where it becomes too long. */
export const shown = (value: unknown): string => {
  const text = Formatter.format(value);
  return text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text;
};

const words = (error: unknown): string => {
  if (typeof error === "string") return error;
  return error instanceof Error ? `${error.name}: ${error.message}` : shown(error);
};
