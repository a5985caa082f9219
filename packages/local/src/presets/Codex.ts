/**
 * Codex without a terminal.
 *
 * Command line: https://developers.openai.com/codex/noninteractive.md and `codex-rs/exec/src/cli.rs`
 * of https://github.com/openai/codex (`-` reads the prompt from standard input; the default sandbox
 * is read-only). Events: `codex-rs/exec/src/exec_events.rs` there. An `error` may be passing, as
 * while it connects again; only what ends the turn counts.
 */
import * as Field from "./Field.ts";
import type { Account, Complaint, Fields, Preset, Reader } from "./Preset.ts";
import * as Sentence from "./Sentence.ts";

const reader = (folder: string): Reader => {
  let session: string | undefined;
  let result: string | undefined;
  let usage: Account["usage"];
  let error: Complaint | undefined;
  let outcome: Account["outcome"];
  return {
    take: (event) => {
      switch (event["type"]) {
        case "thread.started":
          session = Field.text(event["thread_id"]) ?? session;
          return undefined;
        case "turn.completed":
          usage = usageOf(Field.fields(event["usage"]));
          outcome = "succeeded";
          return undefined;
        case "turn.failed":
          outcome = complaint(event["error"]) ?? error ?? { message: "Its turn failed" };
          return undefined;
        case "error":
          error = complaint(event);
          return error === undefined ? undefined : Sentence.of(error.message);
        case "item.started":
        case "item.completed": {
          const item = Field.fields(event["item"]);
          if (item["type"] === "agent_message") result = Field.text(item["text"]) ?? result;
          return ofItem(item, event["type"] === "item.started", folder);
        }
        default:
          return undefined;
      }
    },
    account: () => ({ session, result, usage, outcome: outcome ?? error }),
  };
};

const complaint = (value: unknown): Complaint | undefined => {
  const message = Field.text(Field.fields(value)["message"]);
  return message === undefined ? undefined : { message };
};

/** Commands are told as they begin, all else as it is done. */
const ofItem = (item: Fields, isStart: boolean, folder: string): string | undefined => {
  const type = item["type"];
  if (type === "command_execution") {
    const command = isStart ? Field.text(item["command"]) : undefined;
    return command === undefined ? undefined : Sentence.run(command);
  }
  if (isStart) return undefined;
  if (type === "agent_message") return Sentence.last(item["text"]);
  if (type === "file_change") return ofChanges(Field.list(item["changes"]), folder);
  if (type === "mcp_tool_call") return Sentence.of(`Uses ${Field.text(item["tool"]) ?? "a tool"}`);
  return type === "web_search" ? "Searches the web" : undefined;
};

const ofChanges = (changes: ReadonlyArray<Fields>, folder: string): string | undefined => {
  const paths = changes.flatMap(({ path }) => Field.text(path) ?? []);
  const [first] = paths;
  if (first === undefined) return undefined;
  const rest = paths.length - 1;
  return `${Sentence.edit(first, folder)}${rest === 0 ? "" : ` and ${rest} more`}`;
};

/** Cached tokens are among those of the input. */
const usageOf = (usage: Fields): Account["usage"] =>
  Field.usage(undefined, Field.amount(usage["input_tokens"]), Field.amount(usage["output_tokens"]));

/** Codex. It works in its own sandbox: it may write in its worktree, and has no network. */
export const codex: Preset = {
  name: "codex",
  title: "Codex",
  args: ["exec", "--json"],
  permissions: {
    args: ["--sandbox", "workspace-write"],
    variables: {},
    replacedBy: [
      "--sandbox",
      "-s",
      "--full-auto",
      "--dangerously-bypass-approvals-and-sandbox",
      "--yolo",
    ],
  },
  environment: ["CODEX_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL", "CODEX_HOME"],
  measures: ["tokens"],
  install: "npm install -g @openai/codex",
  signIn: "run codex login, or set CODEX_API_KEY",
  reader,
};
