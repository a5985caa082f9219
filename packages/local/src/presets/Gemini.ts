/**
 * Gemini CLI without a terminal.
 *
 * Command line: https://geminicli.com/docs/cli/headless.md (without a terminal it takes the prompt
 * from standard input), https://geminicli.com/docs/cli/trusted-folders.md. Events:
 * `packages/core/src/output/types.ts` of https://github.com/google-gemini/gemini-cli. What the agent
 * says comes in pieces. Without a way to sign in there is no event at all, only an exit code
 * (https://github.com/google-gemini/gemini-cli/issues/20183).
 */
import * as Field from "./Field.ts";
import type { Account, Complaint, Fields, Preset, Reader } from "./Preset.ts";
import * as Sentence from "./Sentence.ts";

/** How much of one message is kept. */
const maxCharacters = 100_000;

const reader = (folder: string): Reader => {
  let session: string | undefined;
  let usage: Account["usage"];
  let outcome: Account["outcome"];
  /** What it said since it used a tool. */
  let said = "";
  let isNew = false;
  const add = (event: Fields) => {
    if (event["role"] !== "assistant") return;
    const content = typeof event["content"] === "string" ? event["content"] : "";
    said = `${isNew || event["delta"] !== true ? "" : said}${content}`.slice(-maxCharacters);
    isNew = false;
  };
  return {
    take: (event) => {
      switch (event["type"]) {
        case "init":
          session = Field.text(event["session_id"]) ?? session;
          return undefined;
        case "message":
          return void add(event);
        case "tool_use":
          isNew = true;
          return ofTool(event, folder);
        case "error":
          return Sentence.last(event["message"]);
        case "result":
          usage = usageOf(Field.fields(event["stats"]));
          outcome = event["status"] === "success" ? "succeeded" : complaint(event);
          return Sentence.last(said);
        default:
          return undefined;
      }
    },
    account: () => ({ session, result: Field.text(said), usage, outcome }),
  };
};

const ofTool = (event: Fields, folder: string): string =>
  Sentence.tool(
    Field.text(event["tool_name"]) ?? "a tool",
    Field.fields(event["parameters"]),
    folder,
  );

const complaint = (event: Fields): Complaint => {
  const error = Field.fields(event["error"]);
  const type = Field.text(error["type"]);
  const message = Field.text(error["message"]) ?? "It failed";
  return { message: type === undefined ? message : `${type}: ${message}` };
};

/** Cached tokens are among those of the input. */
const usageOf = (stats: Fields): Account["usage"] =>
  Field.usage(undefined, Field.amount(stats["input_tokens"]), Field.amount(stats["output_tokens"]));

/** Gemini CLI. It may edit files in its worktree, and runs no commands. */
export const gemini: Preset = {
  name: "gemini",
  title: "Gemini CLI",
  args: ["--output-format", "stream-json"],
  permissions: {
    args: ["--approval-mode", "auto_edit"],
    variables: {},
    replacedBy: ["--approval-mode", "--yolo", "-y"],
  },
  environment: [
    "GEMINI_API_KEY",
    "GOOGLE_API_KEY",
    "GOOGLE_CLOUD_PROJECT",
    "GOOGLE_CLOUD_LOCATION",
    "GOOGLE_GENAI_USE_VERTEXAI",
    "GOOGLE_GENAI_USE_GCA",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GEMINI_TRUST_WORKSPACE",
    "GEMINI_CLI_TRUST_WORKSPACE",
  ],
  measures: ["tokens"],
  install: "npm install -g @google/gemini-cli",
  signIn: "run gemini once and sign in, or set GEMINI_API_KEY",
  reader,
};
