/** What is wrong in the section `github`, in words. */
import * as Suggest from "@orchestrator/core/Suggest";
import type * as v from "valibot";
import * as ConfigKeys from "./configKeys.ts";
import { Section } from "./configSection.ts";

/** What is wrong, where, what is allowed and what was found; never with a secret in it. */
export interface Problem {
  /** A key as `github.issues.state`, or the name of a variable. */
  readonly where: string;
  /** The way to the key from the top of the file; undefined for a variable. */
  readonly path: ReadonlyArray<string | number> | undefined;
  readonly message: string;
}

type Path = ReadonlyArray<string | number>;

/** A problem of the value at a path in the section. */
export const at = (path: Path, message: string): Problem => {
  const whole = ["github", ...path];
  const where = whole.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
  return { where: where.slice(1), path: whole, message };
};

/** All keys of the section. */
export const keys: ConfigKeys.Keys = ConfigKeys.of(Section);

/** Values that are never shown, whatever is wrong with them. */
const secrets = new Set<unknown>(["token", "private_key"]);

/** An issue of valibot as a problem. */
export const problemOf = (issue: v.BaseIssue<unknown>): Problem => {
  const path = (issue.path ?? []).map(({ key }) => key as string | number);
  if (issue.type === "strict_object" && issue.path?.at(-1)?.origin === "key") {
    if (issue.expected !== "never") return at(path, "is missing; add it");
    const allowed = ConfigKeys.at(keys, path.slice(0, -1));
    const meant = Suggest.closest(String(path.at(-1)), allowed);
    const hint = meant === undefined ? "" : `; did you mean "${meant}"?`;
    return at(path, `is not a key; allowed are ${allowed.join(", ")}${hint}`);
  }
  // A section of one text may be a token whose colon was forgotten.
  const isSecret = path.length === 0 || secrets.has(path.at(-1));
  const found = isSecret ? hidden(issue.input) : shown(issue.input);
  return at(path, `${issue.message}; found ${found}${hint(issue)}`);
};

/** The word that was meant where only some are allowed. */
const hint = ({ expected, input, type }: v.BaseIssue<unknown>): string => {
  if (type !== "picklist" || typeof input !== "string") return "";
  const words = Array.from((expected ?? "").matchAll(/"([^"]*)"/g), ([, word = ""]) => word);
  const meant = Suggest.closest(input, words);
  return meant === undefined ? "" : `; did you mean "${meant}"?`;
};

const hidden = (value: unknown): string => `${typeof value} (not shown)`;

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};
