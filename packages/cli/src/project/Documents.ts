/** The documents of a project and its folders: which there are, and what their parts say now. */
import * as MarkdownText from "@orchestrator/github/MarkdownText";
import type { About } from "./PartText.ts";
import * as PartText from "./PartText.ts";
import * as Parts from "./Parts.ts";
import { isHidden } from "./ProjectHome.ts";
import * as ProjectFacts from "./ProjectFacts.ts";

/** The names of documents, in a project and in each of its folders. */
export const names = ["README.md", "AGENTS.md"] as const;

/** The documents of a project with these folders. */
export const paths = (folders: ReadonlyArray<string>): ReadonlyArray<string> =>
  ["", ...folders.map((folder) => `${folder}/`)].flatMap((folder) =>
    names.map((name) => folder + name),
  );

/** The two documents of a folder, as they are begun. */
export const fresh = (folder: string): Readonly<Record<string, string>> => ({
  [`${folder}/README.md`]: [
    `# ${MarkdownText.inline(folder, 100)}`,
    "",
    "What this folder is for, in a sentence of yours.",
    "",
    ...Parts.marked("contents", []),
    "",
  ].join("\n"),
  [`${folder}/AGENTS.md`]: [
    `# Working in ${MarkdownText.inline(folder, 100)}`,
    "",
    "What agents must know of this folder beside the AGENTS.md of the project.",
    "",
    ...Parts.marked("contents", []),
    "",
  ].join("\n"),
});

/** The files that documents tell of. */
export const isTold = (path: string): boolean =>
  /^(?:(?:plan|orchestrator)\.(?:ya?ml|json)|\.orchestrator\/workflows\/[^/]+)$/.test(path);

export interface Written {
  readonly texts: ReadonlyMap<string, string>;
  /** The names of the parts of each document that has any. */
  readonly parts: ReadonlyMap<string, ReadonlyArray<string>>;
  readonly problems: ReadonlyArray<string>;
}

/** Writes the parts of documents anew, given the other files of the project and the names in its folders. */
export const write = (
  documents: ReadonlyMap<string, string>,
  told: ReadonlyMap<string, string>,
  entriesOf: (folder: string) => ReadonlyArray<string>,
): Written => {
  const facts = ProjectFacts.of(told);
  const texts = new Map<string, string>();
  const parts = new Map<string, ReadonlyArray<string>>();
  const problems = [...facts.problems];
  for (const [path, text] of documents) {
    const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
    const entries = entriesOf(folder).filter((name) => !isHidden(name));
    const about: About = { facts, entries: [...new Set(entries)].toSorted() };
    const updated = Parts.update(text, (name) => PartText.lines(name, about));
    problems.push(...updated.problems.map((one) => `${path}:${one}`));
    texts.set(path, updated.text);
    if (updated.parts.length > 0) parts.set(path, updated.parts);
  }
  return { texts, parts, problems };
};
