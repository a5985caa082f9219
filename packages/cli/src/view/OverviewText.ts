/** What there is where the command was started, and the one thing to do next. */
import * as Result from "effect/Result";
import type { Paint } from "../terminal/Paint.ts";
import type { OpenRun, Surroundings } from "../start/Surroundings.ts";
import * as Text from "../terminal/Text.ts";
import { version } from "../Version.ts";
import * as NextStep from "./NextStep.ts";
import { count } from "./Words.ts";

/** A line: whether it is there, what it is about, and what was found. */
interface Line {
  readonly isThere: boolean;
  readonly about: string;
  readonly text: string;
}

/** All of it, the next command last. */
export const lines = (seen: Surroundings, command: string, paint: Paint): ReadonlyArray<string> => {
  const found = [
    clone(seen),
    ...github(seen),
    agents(seen),
    config(seen),
    plan(seen),
    ...runs(seen),
  ];
  const width = Math.max(...found.map(({ about }) => about.length));
  return [
    `${paint("bold", "orchestrator")} ${version} in ${Text.line(seen.folder)}`,
    "",
    ...found.map(({ about, isThere, text }) => {
      const symbol = isThere ? paint("green", "✓") : paint("dim", "–");
      return `${symbol} ${about.padEnd(width)}  ${Text.line(text)}`;
    }),
    "",
    ...NextStep.lines(NextStep.of(seen), command, paint),
  ];
};

const line = (about: string, text: string | undefined, otherwise: string): Line => ({
  isThere: text !== undefined,
  about,
  text: text ?? otherwise,
});

const clone = ({ clone: found }: Surroundings): Line =>
  line(
    "git",
    found &&
      `${found.root}, ${found.branch === undefined ? "no branch checked out" : `branch ${found.branch}`}`,
    "not in a git repository",
  );

const github = ({ clone: found, github: at }: Surroundings): ReadonlyArray<Line> => {
  const [other] = found?.remotes ?? [];
  if (at.repository === undefined) {
    const elsewhere = other && `the remote ${other.name} is on ${other.host}`;
    return [line("github", undefined, elsewhere ?? "no remote names a repository")];
  }
  const whence = at.remote === undefined ? "the configuration" : `the remote ${at.remote}`;
  return [
    line("github", `${at.repository} on ${at.host}, as ${whence} says`, ""),
    line(
      "token",
      at.token && `of ${at.token}`,
      "none: set GITHUB_TOKEN, or log in with gh auth login",
    ),
  ];
};

const agents = ({ agents: found }: Surroundings): Line =>
  line(
    "agents",
    found.length === 0
      ? undefined
      : found
          .map(({ name, version: has }) => (has === undefined ? name : `${name} ${has}`))
          .join(", "),
    "no coding agent (claude, codex, gemini, opencode) is on the PATH",
  );

const config = ({ config: loaded }: Surroundings): Line => {
  if (Result.isFailure(loaded)) {
    const [first = "", ...more] = loaded.failure.problems;
    const rest = more.length === 0 ? "" : ` (and ${more.length} more)`;
    return line("configuration", undefined, `${first}${rest}`);
  }
  const { files } = loaded.success;
  return line("configuration", files.length === 0 ? undefined : files.join(", "), "no file");
};

const plan = ({ plan: file }: Surroundings): Line => line("plan", file, "no plan file");

const runs = ({ open, runs: number }: Surroundings): ReadonlyArray<Line> => {
  if (number === undefined)
    return [line("runs", undefined, "the journal could not be read at once")];
  if (number === 0) return [];
  if (open.length === 0) return [line("runs", `${count(number, "run")}, all over`, "")];
  return open.map((one) => line("runs", openText(one), ""));
};

const openText = ({ held, id, standing }: OpenRun): string =>
  held === 0
    ? `${id} is ${standing}`
    : `${id} is ${standing}, and ${count(held, "task")} ${held === 1 ? "waits" : "wait"} for a decision`;
