/**
 * Claude Code without a terminal.
 *
 * Command line: https://code.claude.com/docs/en/headless and /cli-reference (the prompt comes on
 * standard input, `stream-json` needs `--verbose`). Events: the types that
 * https://github.com/anthropics/claude-agent-sdk-python publishes (`types.py`): `system`,
 * `assistant`, `rate_limit_event`, and `result`, whose `is_error` may come with the subtype
 * `success`, when the API failed.
 */
import * as Field from "./Field.ts";
import type { Account, Complaint, Fields, Preset, Reader } from "./Preset.ts";
import * as Sentence from "./Sentence.ts";

const reader = (folder: string): Reader => {
  let session: string | undefined;
  let resetsAt: number | undefined;
  let said: string | undefined;
  let result: Fields | undefined;
  return {
    take: (event) => {
      session = Field.text(event["session_id"]) ?? session;
      switch (event["type"]) {
        case "system":
          return ofSystem(event);
        case "assistant":
          said = textOf(event) ?? said;
          return ofAssistant(event, folder);
        case "rate_limit_event":
          resetsAt = resetOf(event) ?? resetsAt;
          return undefined;
        case "result":
          result = event;
          return undefined;
        default:
          return undefined;
      }
    },
    account: () => ({
      session,
      ...(result === undefined ? cutOff(said) : ended(result, resetsAt)),
    }),
  };
};

const cutOff = (result: string | undefined): Account => ({ result, outcome: undefined });

const ofSystem = (event: Fields): string | undefined => {
  if (event["subtype"] !== "api_retry") return undefined;
  const status = Field.amount(event["error_status"]);
  return `Asks its API again${status === undefined ? "" : ` after an error ${status}`}`;
};

const blocks = (event: Fields) => Field.list(Field.fields(event["message"])["content"]);

const textOf = (event: Fields): string | undefined =>
  Field.text(blocks(event).findLast(({ type }) => type === "text")?.["text"]);

const ofAssistant = (event: Fields, folder: string): string | undefined => {
  const block = blocks(event).findLast(({ type }) => type === "tool_use" || type === "text");
  if (block?.["type"] !== "tool_use") return Sentence.last(block?.["text"]);
  const name = Field.text(block["name"]) ?? "a tool";
  return Sentence.tool(name, Field.fields(block["input"]), folder);
};

const resetOf = (event: Fields): number | undefined => {
  const info = Field.fields(event["rate_limit_info"]);
  return info["status"] === "rejected" ? Field.amount(info["resetsAt"]) : undefined;
};

const ended = (event: Fields, resetsAt: number | undefined): Account => {
  const result = Field.text(event["result"]);
  const isGood = event["subtype"] === "success" && event["is_error"] !== true;
  const denials = Field.list(event["permission_denials"]);
  return {
    result,
    usage: usageOf(event),
    denied: denials.flatMap((one) => Field.text(one["tool_name"]) ?? []),
    outcome: isGood ? "succeeded" : complaint(event, result, resetsAt),
  };
};

const complaint = (
  event: Fields,
  result: string | undefined,
  resetsAt: number | undefined,
): Complaint => {
  const errors = Field.texts(event["errors"]);
  const subtype = Field.text(event["subtype"]) ?? "error";
  return {
    message: Field.text(errors.join("; ")) ?? result ?? (reasons[subtype] || subtype),
    status: Field.amount(event["api_error_status"]),
    resetsAt,
  };
};

const reasons: Readonly<Record<string, string>> = {
  error_max_turns: "It came to the end of its turns (--max-turns)",
  error_max_budget_usd: "It came to the end of its budget (--max-budget-usd)",
  error_during_execution: "It failed while it worked",
};

const usageOf = (event: Fields): Account["usage"] => {
  const usage = Field.fields(event["usage"]);
  const inputTokens = Field.sum(
    usage["input_tokens"],
    usage["cache_creation_input_tokens"],
    usage["cache_read_input_tokens"],
  );
  const outputTokens = Field.amount(usage["output_tokens"]);
  return Field.usage(Field.amount(event["total_cost_usd"]), inputTokens, outputTokens);
};

/** Claude Code. It may edit files in its worktree; commands only as its own settings allow. */
export const claude: Preset = {
  name: "claude",
  title: "Claude Code",
  args: ["-p", "--output-format", "stream-json", "--verbose"],
  permissions: {
    args: ["--permission-mode", "acceptEdits"],
    variables: {},
    replacedBy: ["--permission-mode", "--dangerously-skip-permissions"],
  },
  environment: [
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_MODEL",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CONFIG_DIR",
  ],
  measures: ["cost", "tokens"],
  install: "npm install -g @anthropic-ai/claude-code",
  signIn: "run claude and /login, or set ANTHROPIC_API_KEY",
  reader,
};
