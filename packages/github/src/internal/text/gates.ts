/** Finds the gate behind a reference. */
import type { Task } from "@orchestrator/core";
import { isKind, isOneOf, isText, isWord, type Kinds, near, type Tokens } from "./tokenTests.ts";

const opens: Kinds = new Set(["Comma", "Open"]);

const gates: ReadonlyArray<readonly [ReadonlyArray<string>, Task.Gate]> = [
  [["agent", "ended"], "agent-ended"],
  [["pr", "open"], "pr-open"],
  [["checks", "green"], "checks-green"],
  [["merged"], "merged"],
];

const gateFillers = new Set("it they is are its has been have the".split(" "));

/** The gate at a place, as `until pr-open` or `(until merged)`. */
export const gateAt = (
  tokens: Tokens,
  from: number,
): { gate: Task.Gate; end: number } | undefined => {
  let at = from;
  while (isOneOf(tokens[at], opens) && at - from < 2) at++;
  const isOpen = isKind(tokens[at - 1], "Open") && at > from;
  if (!isText(tokens[at], "until")) return undefined;
  at++;
  while (isWord(tokens[at], gateFillers) && at - from < near) at++;
  for (const [found, gate] of gates) {
    if (!found.every((word, index) => isText(tokens[at + index], word))) continue;
    const end = at + found.length;
    return { gate, end: isOpen && isKind(tokens[end], "Close") ? end + 1 : end };
  }
  return undefined;
};
