/** How an error that ends a command is told: for people, or as one JSON object for programs. */
import type { Told } from "./ErrorCode.ts";
import * as Paint from "./terminal/Paint.ts";
import * as Text from "./terminal/Text.ts";

/** Whether the arguments of a process ask for JSON: it is told before they are read, and where they cannot be. */
export const isJson = (args: ReadonlyArray<string>): boolean => {
  const end = args.indexOf("--");
  const own = end === -1 ? args : args.slice(0, end);
  return own.some((arg) => arg === "--json" || arg === "--json=true");
};

/** An error as text, its code at the end of the first line: never behind a command that people copy. */
export const text = ({ code, message }: Told, paint: Paint.Paint = Paint.plain): string => {
  const [line = "", ...others] = Text.lines(message);
  const [, what, how] = withCommand.exec(line) ?? [];
  const [first, ...rest] =
    what === undefined || how === undefined ? [line, ...others] : [what, how, ...others];
  return [`${paint("red", "error:")} ${first} ${paint("dim", `[${code}]`)}`, ...rest].join("\n");
};

/** A last sentence that is a command with what it is for. */
const withCommand = /^(.*[.!?]) ([^.!?:]+: (?:cd|(?:npx (?:-y )?)?orchestrator) .*)$/;

/** An error as one line of JSON. */
export const json = (told: Told): string => Text.json(JSON.stringify({ error: told }));
