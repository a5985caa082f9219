/** Reads values out of JSON of which nothing is certain. */
import type { Agent } from "@orchestrator/core";
import type { Fields } from "./Preset.ts";

/** A mapping, or an empty one. */
export const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** The mappings in a list. */
export const list = (value: unknown): ReadonlyArray<Fields> =>
  Array.isArray(value) ? value.map(fields) : [];

/** A text that is not blank. */
export const text = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value : undefined;

/** The texts in a list that are not blank. */
export const texts = (value: unknown): ReadonlyArray<string> =>
  Array.isArray(value) ? value.flatMap((one) => text(one) ?? []) : [];

/** A number of 0 or more. */
export const amount = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;

/** The sum of those that are there; undefined if none is. */
export const sum = (...values: ReadonlyArray<unknown>): number | undefined => {
  const known = values.map(amount).filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((one, other) => one + other, 0);
};

/** What an agent run used up, without what is not known. */
export const usage = (
  costUsd: number | undefined,
  inputTokens: number | undefined,
  outputTokens: number | undefined,
): Agent.Usage => ({
  ...(costUsd === undefined ? {} : { costUsd }),
  ...(inputTokens === undefined ? {} : { inputTokens }),
  ...(outputTokens === undefined ? {} : { outputTokens }),
});
