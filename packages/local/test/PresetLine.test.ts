import { describe, expect, it } from "@effect/vitest";
import type { Agent, Task } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as CommandLine from "../src/internal/CommandLine.ts";
import * as Presets from "../src/presets/Presets.ts";

const lineOf = (
  name: string,
  task: Partial<Task.Task> = {},
  args: ReadonlyArray<string> = [],
  rest: Partial<Agent.LaunchRequest> = {},
) =>
  CommandLine.resolve(
    {
      run: "r1",
      task: { id: "a", prompt: "Make it work", ...task },
      attempt: 1,
      key: "key",
      dependencies: () => [],
      previousFailure: undefined,
      ...rest,
    },
    {
      isolation: { _tag: "None", folder: "/" },
      preset: { preset: Presets.named(name)!, args },
    },
  );

const commandOf = (...given: Parameters<typeof lineOf>) =>
  Effect.map(lineOf(...given), ({ args, command }) => [command, ...args].join(" "));

describe("the command line of a coding agent", () => {
  it.effect.each([
    ["claude", "claude -p --output-format stream-json --verbose --permission-mode acceptEdits"],
    ["codex", "codex exec --json --sandbox workspace-write"],
    ["gemini", "gemini --output-format stream-json --approval-mode auto_edit"],
    ["opencode", "opencode run --format json"],
  ])("of %s allows edits, and holds nothing of the prompt", ([name, line]) =>
    Effect.gen(function* () {
      expect(yield* commandOf(name!)).toBe(line);
      const { prompt, readsPrompt } = yield* lineOf(name!);
      expect({ prompt, readsPrompt }).toEqual({ prompt: "Make it work", readsPrompt: true });
    }),
  );

  it.effect("takes the model of the task, and further arguments after its own", () =>
    Effect.gen(function* () {
      const task = { payload: { model: "opus" } };
      expect(yield* commandOf("claude", task, ["--allowedTools", "Bash(npm test)"])).toBe(
        "claude -p --output-format stream-json --verbose --permission-mode acceptEdits --model opus --allowedTools Bash(npm test)",
      );
    }),
  );

  it.effect("leaves its own permissions out where an argument states others", () =>
    Effect.gen(function* () {
      expect(yield* commandOf("codex", {}, ["--sandbox=danger-full-access"])).toBe(
        "codex exec --json --sandbox=danger-full-access",
      );
      expect(yield* commandOf("codex", {}, ["-s", "read-only"])).toBe(
        "codex exec --json -s read-only",
      );
      expect(yield* commandOf("gemini", {}, ["--yolo"])).toBe(
        "gemini --output-format stream-json --yolo",
      );
      const { fallbacks } = yield* lineOf("opencode");
      expect(fallbacks).toEqual({ OPENCODE_PERMISSION: '{"bash":"ask"}' });
      expect((yield* lineOf("opencode", {}, ["--auto"])).fallbacks).toEqual({});
    }),
  );

  it.effect(
    "puts what the task says beside its prompt, and why it failed before, into the prompt",
    () =>
      Effect.gen(function* () {
        const task = {
          prompt: "Use {{ tasks.dep.output.file }}",
          payload: {
            acceptance: "It is green",
            rules: ["No {{ tasks.dep.output.file }}", "No new packages"],
            links: "https://example.org",
            env: { FILE: "{{ tasks.dep.output.file }}" },
          },
        };
        const dependencies = () => [
          { task: "dep", outcome: "Succeeded" as const, output: { file: "$(a) {{ b" } },
        ];
        const previousFailure = { class: "agent" as const, message: "Test 3 failed" };
        const { environment, prompt } = yield* lineOf("claude", task, [], {
          attempt: 2,
          dependencies,
          previousFailure,
        });
        expect(environment).toEqual({ FILE: "$(a) {{ b" });
        expect(prompt).toBe(`Use $(a) {{ b

It is done when:

- It is green

Rules:

- No $(a) {{ b
- No new packages

Worth reading:

- https://example.org

The attempt before this one failed:

Test 3 failed
`);
      }),
  );

  it.effect(
    "is refused for a task with a command, without a prompt, or with a value that is not there",
    () =>
      Effect.gen(function* () {
        const why = (task: Partial<Task.Task>) =>
          Effect.map(Effect.flip(lineOf("claude", task)), ({ message, reason }) => ({
            message,
            reason,
          }));
        const needsPrompt = "The task a must have a prompt, and no command, for the agent claude.";
        const reason = "Rejected";
        expect(yield* why({ payload: { run: "true" } })).toEqual({ reason, message: needsPrompt });
        expect(yield* why({ prompt: " \n" })).toEqual({ reason, message: needsPrompt });
        expect((yield* why({ prompt: "{{ tasks.x.output }}" })).message).toContain(
          "The task a cannot start",
        );
        expect((yield* why({ payload: { model: 7 } })).message).toContain(
          "The payload of task a is nothing for Claude Code",
        );
      }),
  );
});
