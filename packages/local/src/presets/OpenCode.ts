/**
 * OpenCode without a terminal.
 *
 * Command line: https://opencode.ai/docs/cli and https://opencode.ai/docs/permissions (without a
 * terminal it takes the prompt from standard input, and rejects whatever it would have to ask).
 * Events: `emit` in `packages/opencode/src/cli/cmd/run.ts` of https://github.com/anomalyco/opencode.
 *
 * The end is a `step_finish` whose reason is not `tool-calls`, or a later `done`. An `error` that
 * another step follows was passing, whatever the exit code says
 * (https://github.com/anomalyco/opencode/issues/50062); one that nothing follows is the end, though
 * the exit code may be 0 (https://github.com/anomalyco/opencode/issues/14551).
 */
import * as Field from "./Field.ts";
import type { Account, Complaint, Fields, Preset, Reader } from "./Preset.ts";
import * as Sentence from "./Sentence.ts";

const reader = (folder: string): Reader => {
  let session: string | undefined;
  let result: string | undefined;
  let outcome: Account["outcome"];
  const denied = new Set<string>();
  let usage: Account["usage"];
  return {
    take: (event) => {
      session = Field.text(event["sessionID"]) ?? session;
      const part = Field.fields(event["part"]);
      switch (event["type"]) {
        case "text":
          result = Field.text(part["text"]) ?? result;
          return Sentence.last(part["text"]);
        case "tool_use":
          if (isDenied(part)) denied.add(Field.text(part["tool"]) ?? "a tool");
          return ofTool(part, folder);
        case "step_start":
          outcome = undefined;
          return undefined;
        case "step_finish":
          usage = total(usage, usageOf(part));
          outcome = outcomeOf(part["reason"]);
          return undefined;
        case "error":
          outcome = complaint(Field.fields(event["error"]));
          return Sentence.of(outcome.message);
        case "done":
          for (const one of Field.texts(event["rejected"])) denied.add(one);
          outcome ??= unfinished(result, [...denied]);
          return undefined;
        default:
          return undefined;
      }
    },
    account: () => ({ session, result, usage, denied: [...denied], outcome }),
  };
};

const ofTool = (part: Fields, folder: string): string => {
  const input = Field.fields(Field.fields(part["state"])["input"]);
  return Sentence.tool(Field.text(part["tool"]) ?? "a tool", input, folder);
};

const isDenied = (part: Fields): boolean => {
  const state = Field.fields(part["state"]);
  const error = Field.text(state["error"]) ?? "";
  return state["status"] === "error" && /permission/i.test(error) && /reject|denied/i.test(error);
};

const outcomeOf = (reason: unknown): Account["outcome"] => {
  if (reason === "tool-calls") return undefined;
  const isGood = typeof reason !== "string" || reason === "stop" || reason === "unknown";
  return isGood ? "succeeded" : { message: `Its last step ended by ${reason}` };
};

/** What it means that it is done though no step was the last one. */
const unfinished = (
  result: string | undefined,
  denied: ReadonlyArray<string>,
): "succeeded" | Complaint => {
  if (denied.length > 0) {
    return { message: `It stopped as it was not allowed to use ${denied.join(", ")}` };
  }
  return result === undefined ? { message: "It ended without an answer" } : "succeeded";
};

const complaint = (error: Fields): Complaint => {
  const data = Field.fields(error["data"]);
  const name = Field.text(error["name"]) ?? "error";
  return {
    message: Field.text(data["message"]) ?? Field.text(error["message"]) ?? name,
    status: Field.amount(data["statusCode"]),
  };
};

/** Cached and reasoning tokens are told apart from the others. */
const usageOf = (part: Fields): Account["usage"] => {
  const tokens = Field.fields(part["tokens"]);
  const cache = Field.fields(tokens["cache"]);
  const inputTokens = Field.sum(tokens["input"], cache["read"], cache["write"]);
  const outputTokens = Field.sum(tokens["output"], tokens["reasoning"]);
  return Field.usage(Field.amount(part["cost"]), inputTokens, outputTokens);
};

const total = (one: Account["usage"], other: Account["usage"]): Account["usage"] =>
  Field.usage(
    Field.sum(one?.costUsd, other?.costUsd),
    Field.sum(one?.inputTokens, other?.inputTokens),
    Field.sum(one?.outputTokens, other?.outputTokens),
  );

/** OpenCode. It may edit files in its worktree, and runs no commands. */
export const opencode: Preset = {
  name: "opencode",
  title: "OpenCode",
  args: ["run", "--format", "json"],
  permissions: {
    args: [],
    // By itself it runs any command; what it would have to ask is rejected.
    variables: { OPENCODE_PERMISSION: '{"bash":"ask"}' },
    replacedBy: ["--auto", "--yolo", "--dangerously-skip-permissions"],
  },
  environment: [
    "OPENCODE_CONFIG",
    "OPENCODE_CONFIG_DIR",
    "OPENCODE_CONFIG_CONTENT",
    "OPENCODE_PERMISSION",
    "ANTHROPIC_API_KEY",
    "OPENAI_API_KEY",
    "OPENROUTER_API_KEY",
    "GEMINI_API_KEY",
    "GOOGLE_GENERATIVE_AI_API_KEY",
  ],
  measures: ["cost", "tokens"],
  install: "npm install -g opencode-ai",
  signIn: "run opencode auth login, or set the API key of its provider",
  reader,
};
