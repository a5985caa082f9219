/** What the documents of the repository hold that can be checked: blocks of code, command lines, links. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../../../..");

/** All documents for users and contributors, by their paths. */
export const files: ReadonlyArray<string> = [
  "*.md",
  "docs/*.md",
  "docs/{adr,guides}/*.md",
  "packages/*/README.md",
  "{examples,examples/demo,benchmarks}/README.md",
].flatMap((pattern) => globSync(pattern, { cwd: root }).toSorted());

export const textOf = (file: string): string => readFileSync(join(root, file), "utf8");

/** A block between fences. */
export interface Block {
  readonly file: string;
  /** The line of its first line, from 1. */
  readonly line: number;
  /** What follows the opening fence; empty if nothing does. */
  readonly language: string;
  readonly text: string;
}

const fenced = /^( *)```(\S*)\n([^]*?)^\1```$/gm;

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split("\n").length;

/** The blocks of all documents. */
export const blocks: ReadonlyArray<Block> = files.flatMap((file) => {
  const whole = textOf(file);
  return [...whole.matchAll(fenced)].map(
    ({ 1: indent = "", 2: language = "", 3: text = "", index }) => ({
      file,
      line: lineAt(whole, index) + 1,
      language,
      text: text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    }),
  );
});

/** A document as running text: no blocks, no comments. */
export const prose = (file: string): string =>
  textOf(file)
    .replaceAll(fenced, "")
    .replaceAll(/<!--[^]*?-->/g, "");

/** A program with its arguments, and where it stands. */
export interface Call {
  readonly place: string;
  readonly words: ReadonlyArray<string>;
}

const token = /"(?:[^"\\]|\\.)*"|'[^']*'|<\(|&&|[|;>)]|[^\s"'|;>()&]+/g;

/** The programs that a line for the shell calls, without variables before them and files after `>`. */
const programs = (line: string): ReadonlyArray<ReadonlyArray<string>> => {
  const found: Array<Array<string>> = [[]];
  const tokens = line.replace(/(^|\s)#.*$/, "").match(token) ?? [];
  for (const [at, word] of tokens.entries()) {
    if (/^(?:<\(|&&|[|;>)])$/.test(word)) found.push([]);
    else if (tokens[at - 1] !== ">" && !(found.at(-1)!.length === 0 && /^[A-Z_]+=/.test(word)))
      found.at(-1)!.push(word.replaceAll(/^["']|["']$/g, ""));
  }
  return found.filter((words) => words.length > 0);
};

/** What the blocks for the shell call. */
export const calls: ReadonlyArray<Call> = blocks
  .filter(({ language }) => language === "sh")
  .flatMap(({ file, line, text }) =>
    text
      .split("\n")
      .flatMap((one, at) =>
        programs(one).map((words) => ({ place: `${file}:${line + at}`, words })),
      ),
  );

/** What the steps of workflows call. */
export const steps: ReadonlyArray<Call> = blocks
  .filter(({ language, text }) => language === "yaml" && /^jobs:/m.test(text))
  .flatMap(({ file, line, text }) =>
    [...text.matchAll(/^ *(?:- )?run: (.*)$/gm)].flatMap(({ 1: one = "", index }) =>
      programs(one).map((words) => ({ place: `${file}:${line + lineAt(text, index)}`, words })),
    ),
  );

/** Calls of the command in running text, as `orchestrator decide TASK relaunch`. */
export const mentions: ReadonlyArray<Call> = files.flatMap((file) =>
  [...prose(file).matchAll(/`(orchestrator [^`]*)`/g)].flatMap(({ 1: text = "" }) =>
    programs(text.replaceAll(/[<>[\]…]/g, "")).map((words) => ({ place: file, words })),
  ),
);
