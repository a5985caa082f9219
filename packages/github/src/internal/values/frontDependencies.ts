/** Dependencies in the front matter: numbers, ids, addresses, or mappings with a gate. */
import * as Result from "effect/Result";
import { reference } from "../../DependencyLabels.ts";
import type { Place } from "../../DependencyText.ts";
import type { Value } from "../../FrontMatter.ts";
import type { Problem, Source, Statement } from "../../TaskFields.ts";
import { placeOf } from "../placeOf.ts";
import * as references from "../text/references.ts";
import * as readers from "./readers.ts";

/** What is depended on, and what cannot be read. */
export interface Reading {
  readonly statements: ReadonlyArray<Statement>;
  readonly problems: ReadonlyArray<Problem>;
}

const idOf = (value: unknown, place: Place): string | undefined => {
  if (typeof value === "number") return reference(String(value), place);
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return references.isAddress(text, 0)
    ? references.address(text, 0, place).id
    : reference(text, place);
};

type Read = Pick<Statement, "on" | "until" | "stack">;

const item = (value: unknown, place: Place): Read | undefined => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const on = idOf(value, place);
    return on === undefined ? undefined : { on, until: undefined };
  }
  const { stack = false, task, until, ...more } = value as Record<string, unknown>;
  const on = Object.keys(more).length === 0 ? idOf(task, place) : undefined;
  if (on === undefined || typeof stack !== "boolean") return undefined;
  const stacked = stack ? { stack } : {};
  if (until === undefined) return { on, until, ...stacked };
  const gate = readers.gate({ value: until, from: "front matter" });
  return Result.isSuccess(gate) ? { on, until: gate.success, ...stacked } : undefined;
};

const problem = (value: unknown, line: number): Problem => {
  const place = `front matter line ${line}`;
  const found =
    value === null
      ? 'found nothing; "#" begins a comment in YAML, so write 12 or "#12" in quotes'
      : `found ${(JSON.stringify(value) ?? "").slice(0, 80)}`;
  const allowed =
    'dependsOn must hold issues as 12, "#12", owner/repo#12, { task: 12, until: merged } or { task: 12, until: pr-open, stack: true }';
  return { place, message: `${place}: ${allowed}, ${found}` };
};

/** Reads the value of `dependsOn`: one issue or a list of them. */
export const read = (found: Value | undefined, source: Source): Reading => {
  const statements: Array<Statement> = [];
  const problems: Array<Problem> = [];
  if (found === undefined) return { statements, problems };
  const { line, value } = found;
  const place = placeOf(source);
  for (const one of Array.isArray(value) ? value : [value]) {
    const stated = item(one, place);
    if (stated === undefined) problems.push(problem(one, line));
    else statements.push({ ...stated, line });
  }
  return { statements, problems };
};
