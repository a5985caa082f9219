/** Reads single values of a task from what people wrote, whatever the place. */
import * as Task from "@orchestrator/core/Task";
import * as Result from "effect/Result";
import { isBranchName } from "../git/branchName.ts";
import { seconds } from "./duration.ts";

/** A value as it was found: text, numbers, and from the front matter anything that YAML holds. */
export interface Found {
  readonly value: unknown;
  readonly from: "field" | "label" | "front matter";
}

/** Reads a value, or says what it must be. */
export type Reader<A> = (found: Found) => Result.Result<A, string>;

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;

const otherwise = <A>(value: A | undefined, allowed: string): Result.Result<A, string> =>
  value === undefined ? Result.fail(allowed) : Result.succeed(value);

/** Reads the name of a branch. */
export const branch: Reader<string> = ({ value }) => {
  const name = text(value)?.replace(/^refs\/heads\//, "");
  const isName = name !== undefined && isBranchName(name);
  return otherwise(isName ? name : undefined, 'be the name of a branch, as "feature/basket"');
};

const units = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };

/** The unit of a bare number. */
export type Unit = keyof typeof units;

const numeric = /^-?[0-9]{1,15}(?:\.[0-9]{1,15})?$/;

const toNumber = (value: unknown): number | undefined => {
  const written = text(value);
  const number = written !== undefined && numeric.test(written) ? Number(written) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
};

/** Reads a duration above 0. A bare number counts seconds in the front matter, as in a plan file; in a field it needs a unit. */
export const duration =
  (unit: Unit | undefined): Reader<number> =>
  ({ value, from }) => {
    const number = toNumber(value);
    const known = from === "front matter" && typeof value === "number" ? "seconds" : unit;
    if (number !== undefined && known === undefined) {
      return Result.fail(
        `say its unit, as in ${Math.max(number, 1)}h; a number alone could be anything`,
      );
    }
    const found = number === undefined ? seconds(text(value) ?? "") : number * units[known!];
    return otherwise(
      found !== undefined && found > 0 ? found : undefined,
      'be a duration above 0, as "30m", "1h30m", "45s"',
    );
  };

/** Reads a priority: a number, or a name with or without other words, as `P1 - high`. */
export const priority =
  (names: Readonly<Record<string, number>>): Reader<number> =>
  ({ value }) => {
    const number = toNumber(value);
    if (number !== undefined) return Result.succeed(number);
    const known = new Map(Object.entries(names).map(([name, rank]) => [name.toLowerCase(), rank]));
    const written = (text(value) ?? "").toLowerCase().slice(0, 200);
    const parts = written.split(/[^\p{L}\p{N}]+/u).flatMap((word) => known.get(word) ?? []);
    const ranks = new Set(known.has(written) ? [known.get(written)!] : parts);
    return otherwise(
      ranks.size === 1 ? [...ranks][0] : undefined,
      `be a number or one of ${[...known.keys()].join(", ")}`,
    );
  };

/** Reads the name of a kind of agent. */
export const agent: Reader<string> = ({ value }) =>
  otherwise(text(value), "be the name of an agent");

/** Reads a gate. */
export const gate: Reader<Task.Gate> = ({ value }) => {
  const written = text(value)?.toLowerCase().replaceAll(/[ _]/g, "-");
  return otherwise(
    Task.gates.find((name) => name === written),
    `be one of ${Task.gates.join(", ")}`,
  );
};

/** Reads what happens when a dependency does not succeed. */
export const policy: Reader<Task.OnDependencyFailure> = ({ value }) =>
  otherwise(
    Task.OnDependencyFailure.literals.find((name) => name === value),
    `be one of ${Task.OnDependencyFailure.literals.join(", ")}`,
  );

/** Reads true or false. */
export const flag: Reader<boolean> = ({ value }) =>
  otherwise(typeof value === "boolean" ? value : undefined, "be true or false");

const words = (value: unknown): ReadonlyArray<string> | undefined => {
  const written = text(value);
  if (written !== undefined)
    return written.split(/[\s,]+(?![^{]{0,200}\})/).filter((word) => word !== "");
  if (!Array.isArray(value)) return undefined;
  const items = value.map(text);
  return items.length > 0 && items.every((item) => item !== undefined) ? items : undefined;
};

/** Reads globs of files: a list, or text with spaces or commas between. A label holds one. */
export const claims: Reader<ReadonlyArray<string>> = ({ value, from }) => {
  const one = from === "label" ? text(value) : undefined;
  return otherwise(one === undefined ? words(value) : [one], "be globs of files, as src/auth/**");
};

const capacity = (word: string): readonly [string, number] | undefined => {
  const [name = "", amount = "1", ...more] = word.split("=");
  const number = toNumber(amount);
  const isFine = name.trim() !== "" && more.length === 0 && number !== undefined && number > 0;
  return isFine ? [name.trim(), number] : undefined;
};

const entries = (value: unknown): ReadonlyArray<readonly [string, number] | undefined> => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return (words(value) ?? [""]).map(capacity);
  }
  return Object.entries(value).map(([name, amount]) =>
    typeof amount === "number" && amount > 0 && Number.isFinite(amount) && name.trim() !== ""
      ? [name, amount]
      : undefined,
  );
};

/** Reads what a task occupies: a mapping, or text as `gpu` and `gpu=2`. */
export const resources: Reader<Readonly<Record<string, number>>> = ({ value }) => {
  const found = entries(value);
  const whole = found.flatMap((entry) => (entry === undefined ? [] : [entry]));
  return otherwise(
    found.length > 0 && whole.length === found.length ? Object.fromEntries(whole) : undefined,
    "be names of resources with numbers above 0, as gpu or gpu=2",
  );
};

const retryKeys = new Set(["attempts", "delay"]);

/** Reads how often a task is tried. */
export const retry: Reader<Task.Retry> = ({ value }) => {
  const allowed =
    "be a mapping { attempts, delay } with a whole number and a duration of 0 or more";
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return Result.fail(allowed);
  const { attempts, delay } = value as Record<string, unknown>;
  const wait = typeof delay === "number" ? delay : seconds(text(delay) ?? "");
  const isFine =
    Object.keys(value).every((key) => retryKeys.has(key)) &&
    (attempts === undefined || (Number.isSafeInteger(attempts) && (attempts as number) >= 0)) &&
    (delay === undefined || (wait !== undefined && wait >= 0 && Number.isFinite(wait)));
  if (!isFine) return Result.fail(allowed);
  return Result.succeed({
    ...(attempts === undefined ? {} : { attempts: attempts as number }),
    ...(delay === undefined ? {} : { delaySeconds: wait! }),
  });
};
