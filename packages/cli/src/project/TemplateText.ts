/** Puts values into the texts of a template. */
import { quote } from "@orchestrator/core/Quote";
import * as Suggest from "@orchestrator/core/Suggest";

/** `{{ word }}`; what begins with `$` is for GitHub Actions, what has a dot for workflows. */
const placeholder = /(?<!\$)\{\{\s*([A-Za-z_]\w*)\s*\}\}/g;

/** Words that a workflow fills in itself. */
const forWorkflows = new Set(["item", "index"]);

export interface Filled {
  readonly text: string;
  /** What is wrong with it, each with its line. */
  readonly problems: ReadonlyArray<string>;
}

/** The text with values for its placeholders; `where` names it in problems. */
export const fill = (
  text: string,
  values: Readonly<Record<string, string>>,
  where: string,
): Filled => {
  const problems: Array<string> = [];
  const filled = text.replace(placeholder, (all: string, word: string, at: number) => {
    if (Object.hasOwn(values, word)) return values[word]!;
    if (forWorkflows.has(word)) return all;
    const line = text.slice(0, at).split("\n").length;
    const meant = Suggest.closest(word, Object.keys(values));
    const hint =
      meant === undefined
        ? `There are ${Object.keys(values).join(", ")}.`
        : `Did you mean ${quote(meant)}?`;
    problems.push(`${where}:${line}: nothing is known of the placeholder ${quote(word)}. ${hint}`);
    return all;
  });
  return { text: filled, problems };
};

/** Why a value may not stand in a template; undefined if it may. It may stand in YAML, in Markdown and in paths. */
export const wrongValue = (name: string, value: string): string | undefined =>
  value.length <= 200 && /^[\w ./:@#+-]*$/.test(value)
    ? undefined
    : `${quote(name)} must be at most 200 letters, digits, spaces and . / : @ # + - _, found ${quote(value)}`;
