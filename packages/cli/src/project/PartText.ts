/** The parts of documentation that are generated, as Markdown. */
import * as MarkdownText from "@orchestrator/github/MarkdownText";
import type { ProjectFacts } from "./ProjectFacts.ts";

/** What a part is made of. */
export interface About {
  readonly facts: ProjectFacts;
  /** The names of what lies in the folder of the document, folders with a `/` at their end. */
  readonly entries: ReadonlyArray<string>;
}

const writers: Readonly<Record<string, (about: About) => ReadonlyArray<string>>> = {
  commands: ({ facts }) => [
    "```sh",
    "orchestrator plan      # what would run, before anything does",
    "orchestrator run       # run it",
    "orchestrator status    # how far it is, from any terminal",
    "orchestrator why TASK  # why a task is not running",
    ...facts.workflows.map(({ name }) => `orchestrator workflow run ${word(name)}`),
    "```",
  ],
  workflows: ({ facts: { workflows } }) =>
    workflows.length === 0
      ? ["There are no workflows yet."]
      : workflows.flatMap(({ description, name, parameters }, index) => [
          ...(index === 0 ? [] : [""]),
          `- ${code(name)}${description === "" ? "" : `: ${inline(description)}`}`,
          ...parameters.map(
            (one) =>
              `  - ${code(one.name)} (${inline(one.type)}${one.default === undefined ? "" : `, usually ${code(one.default)}`})${one.description === "" ? "" : `: ${inline(one.description)}`}`,
          ),
        ]),
  plan: ({ facts: { plan } }) =>
    plan.length === 0
      ? ["Tasks come from the issues that the configuration names."]
      : table(
          ["Task", "What", "After"],
          plan.map(({ dependsOn, id, title }) => [
            code(id),
            inline(title),
            dependsOn.map(code).join(", "),
          ]),
        ),
  configuration: ({ facts: { keys } }) =>
    keys.length === 0
      ? ["No key is set: all of them have their defaults."]
      : table(
          ["Key in use", "Variable", "Meaning"],
          keys.map(({ description, path, variable }) => [
            code(path),
            code(variable),
            inline(description),
          ]),
        ),
  contents: ({ entries }) =>
    entries.length === 0 ? ["Nothing yet."] : entries.map((entry) => `- ${code(entry)}`),
};

/** The names of all parts. */
export const names: ReadonlyArray<string> = Object.keys(writers);

/** The lines of a part; undefined if there is no such part. */
export const lines = (name: string, about: About): ReadonlyArray<string> | undefined =>
  Object.hasOwn(writers, name) ? writers[name]!(about) : undefined;

const inline = (text: string): string => MarkdownText.inline(text, 300);

const code = (text: string): string => MarkdownText.span(text, 100);

/** In a block of code only plain words stand for themselves. */
const word = (name: string): string => name.replaceAll(/[^\w.-]/g, "");

const table = (
  titles: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
): ReadonlyArray<string> =>
  [titles, titles.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
