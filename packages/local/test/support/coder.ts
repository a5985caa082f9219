/** Programs that pass for coding agents, and the events that those print. */
import type { Agent, Task } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Presets from "../../src/presets/Presets.ts";
import { environment, temporaryFolder } from "./repository.ts";

/** Notes how it was called, then does what the script `PLAY` says. */
const program = `#!/bin/sh
if [ "$1" = --version ]; then . "$VERSION"; exit; fi
printf '%s\\n' "$@" >"$SEEN/args"
cat >"$SEEN/prompt"
env >"$SEEN/env"
. "$PLAY"
`;

export interface Coders {
  /** What an orchestrator knows of the machine on which they are installed. */
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** What they were given the last time: their arguments, one a line, their prompt and variables. */
  readonly seen: (what: "args" | "prompt" | "env") => Effect.Effect<string>;
  /** One attempt at a prompt, for which a coding agent does what a shell script says. */
  readonly request: (
    play: string,
    task?: Partial<Task.Task> & { readonly env?: Readonly<Record<string, string>> },
    rest?: Partial<Agent.LaunchRequest>,
  ) => Effect.Effect<Agent.LaunchRequest>;
}

/** Installs all coding agents in a folder of their own. */
export const install = Effect.fnUntraced(function* () {
  const fs = yield* FileSystem.FileSystem;
  const folder = yield* temporaryFolder();
  const bin = `${folder}/bin`;
  yield* fs.makeDirectory(bin);
  for (const name of Presets.names) {
    yield* fs.writeFileString(`${bin}/${name}`, program, { mode: 0o755 });
  }
  const play = `${folder}/play`;
  return {
    folder,
    environment: { ...environment, PATH: `${bin}:${environment.PATH}` },
    seen: (what) => Effect.orDie(fs.readFileString(`${folder}/${what}`)),
    request: Effect.fnUntraced(function* (script, { env, ...task } = {}, rest = {}) {
      yield* Effect.orDie(fs.writeFileString(play, script));
      const payload = { env: { PLAY: play, SEEN: folder, ...env }, ...(task.payload as object) };
      return {
        run: "r1",
        attempt: 1,
        key: `key/a/${rest.attempt ?? 1}`,
        dependencies: () => [],
        previousFailure: undefined,
        ...rest,
        task: { id: "a", prompt: "Make it work", ...task, payload },
      };
    }),
  } satisfies Coders;
});

/** Events as lines of JSON. */
export const lines = (...events: ReadonlyArray<object>): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join("");

/** A shell command that prints lines as they are. */
export const print = (text: string): string => `cat <<'END_OF_EVENTS'\n${text}END_OF_EVENTS\n`;

const claudeUsage = {
  input_tokens: 10,
  cache_creation_input_tokens: 200,
  cache_read_input_tokens: 3000,
  output_tokens: 40,
};

const assistant = (...content: ReadonlyArray<object>) => ({
  type: "assistant",
  message: { id: "msg_1", role: "assistant", content, usage: claudeUsage },
  parent_tool_use_id: null,
  session_id: "s-1",
});

/** Events in the formats of the coding agents, as their publishers describe them. */
export const claude = {
  init: { type: "system", subtype: "init", session_id: "s-1", model: "m", tools: ["Bash"] },
  retry: { type: "system", subtype: "api_retry", attempt: 1, error_status: 529, session_id: "s-1" },
  limit: (status: string) => ({
    type: "rate_limit_event",
    rate_limit_info: { status, resetsAt: 1_800_000_000, rateLimitType: "five_hour" },
    session_id: "s-1",
  }),
  tool: (name: string, input: object) =>
    assistant({ type: "thinking", thinking: "Hm" }, { type: "tool_use", id: "t", name, input }),
  text: (text: string) => assistant({ type: "text", text }),
  answer: { type: "user", message: { content: [{ type: "tool_result", content: "ok" }] } },
  result: (parts: object = {}) => ({
    type: "result",
    subtype: "success",
    is_error: false,
    duration_ms: 1,
    num_turns: 2,
    result: "All done.",
    session_id: "s-1",
    total_cost_usd: 0.25,
    usage: claudeUsage,
    permission_denials: [],
    ...parts,
  }),
};

export const codex = {
  started: { type: "thread.started", thread_id: "t-1" },
  turn: { type: "turn.started" },
  item: (state: "started" | "completed", item: object) => ({
    type: `item.${state}`,
    item: { id: "item_0", ...item },
  }),
  completed: {
    type: "turn.completed",
    usage: { input_tokens: 1000, cached_input_tokens: 800, output_tokens: 50 },
  },
  failed: (message: string) => ({ type: "turn.failed", error: { message } }),
  error: (message: string) => ({ type: "error", message }),
};

export const gemini = {
  init: { type: "init", timestamp: "2026-01-01T00:00:00Z", session_id: "g-1", model: "m" },
  asked: { type: "message", role: "user", content: "Make it work" },
  said: (content: string) => ({ type: "message", role: "assistant", content, delta: true }),
  tool: (tool_name: string, parameters: object) => ({
    type: "tool_use",
    tool_name,
    tool_id: "1",
    parameters,
  }),
  result: (parts: object = {}) => ({
    type: "result",
    status: "success",
    stats: { total_tokens: 120, input_tokens: 100, output_tokens: 20, cached: 60, tool_calls: 1 },
    ...parts,
  }),
};

const opencodeEvent = (type: string, data: object) => ({
  type,
  timestamp: 1,
  sessionID: "ses_1",
  ...data,
});

export const opencode = {
  start: opencodeEvent("step_start", { part: { type: "step-start" } }),
  tool: (tool: string, state: object) =>
    opencodeEvent("tool_use", { part: { type: "tool", tool, state } }),
  text: (text: string) => opencodeEvent("text", { part: { type: "text", text } }),
  finish: (reason: string) =>
    opencodeEvent("step_finish", {
      part: {
        type: "step-finish",
        reason,
        cost: 0.5,
        tokens: { input: 10, output: 5, reasoning: 2, cache: { read: 100, write: 1 } },
      },
    }),
  error: (name: string, data: object) => opencodeEvent("error", { error: { name, data } }),
  done: (...rejected: ReadonlyArray<string>) => opencodeEvent("done", { reason: "idle", rejected }),
};
