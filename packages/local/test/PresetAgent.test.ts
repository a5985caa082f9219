import { assert, describe, it } from "@effect/vitest";
import type { Agent } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as FileSystem from "effect/FileSystem";
import * as ChildProcess from "effect/process/ChildProcess";
import * as Presets from "../src/presets/Presets.ts";
import { complete, inRepository, recorder, succeed } from "./support/agent.ts";
import {
  claude,
  codex,
  type Coders,
  gemini,
  install,
  lines,
  opencode,
  print,
} from "./support/coder.ts";
import { compiled, git, services } from "./support/repository.ts";

/** A coding agent that works in a temporary repository. */
const coding = Effect.fnUntraced(function* (name: string, args: ReadonlyArray<string> = []) {
  const coders = yield* install();
  const preset = Presets.named(name)!;
  const made = yield* inRepository({
    name,
    preset: { preset, args },
    environment: coders.environment,
  });
  return { coders, ...made };
});

const edit = "echo new > file\n";

const failing = Effect.fnUntraced(function* (name: string, play: string) {
  const { agent, coders } = yield* coding(name);
  return yield* complete(agent, yield* coders.request(play));
});

describe("a coding agent", () => {
  it.live(
    "works on the prompt in a worktree, and says what it does, how it ended and what it cost",
    () =>
      Effect.gen(function* () {
        const { agent, coders, root } = yield* coding("claude", ["--allowedTools", "Bash(make *)"]);
        const { progress, report, text } = recorder();
        const prompt = `Say "it's $HOME"\n${"x".repeat(300_000)}`;
        const play = [
          print(lines(claude.init, claude.tool("Edit", { file_path: "file" }))),
          edit,
          "echo careful >&2\n",
          print(lines(claude.tool("Edit", { file_path: "file" }), claude.result())),
        ].join("");
        const asked = yield* coders.request(play, { prompt, title: "Add a file" });
        const end = yield* succeed(agent, asked, report);
        const { change, ...told } = end;
        assert.deepStrictEqual(told, {
          _tag: "Succeeded",
          summary: "All done.",
          output: { result: "All done.", session: "s-1" },
          usage: { costUsd: 0.25, inputTokens: 3210, outputTokens: 40 },
        });
        assert.strictEqual(yield* git(root, "show", `${change!.commit}:file`), "new");
        assert.strictEqual(yield* coders.seen("prompt"), prompt);
        assert.deepStrictEqual((yield* coders.seen("args")).split("\n").slice(-4), [
          "acceptEdits",
          "--allowedTools",
          "Bash(make *)",
          "",
        ]);
        assert.deepStrictEqual(progress, ["Edits file"]);
        assert.strictEqual(text(), "Edits file\ncareful\n");
        assert.deepStrictEqual(agent.capabilities.measures, ["cost", "tokens"]);
      }).pipe(Effect.provide(services)),
  );

  it.live.each([
    ["codex", print(lines(codex.started, codex.completed)), ["tokens"]],
    ["gemini", print(lines(gemini.init, gemini.said("Done."), gemini.result())), ["tokens"]],
    [
      "opencode",
      print(lines(opencode.start, opencode.text("Done."), opencode.finish("stop"))),
      ["cost", "tokens"],
    ],
  ] as const)("may be %s, whose success is not undone by its exit code", ([name, play, measures]) =>
    Effect.gen(function* () {
      const { agent, coders } = yield* coding(name);
      const end = yield* succeed(agent, yield* coders.request(`${play}${edit}exit 1\n`));
      assert.isDefined(end.change);
      assert.isAbove(end.usage?.inputTokens ?? 0, 0);
      assert.deepStrictEqual(agent.capabilities.measures, measures);
    }).pipe(Effect.provide(services)),
  );

  it.live("gets the variables of its task before its own ones", () =>
    Effect.gen(function* () {
      const { agent, coders } = yield* coding("opencode");
      const play = print(lines(opencode.finish("stop")));
      yield* succeed(agent, yield* coders.request(play));
      assert.include(yield* coders.seen("env"), 'OPENCODE_PERMISSION={"bash":"ask"}\n');
      const env = { OPENCODE_PERMISSION: "{}" };
      yield* succeed(agent, yield* coders.request(play, { id: "b", env }, { key: "key/b/1" }));
      assert.include(yield* coders.seen("env"), "OPENCODE_PERMISSION={}\n");
    }).pipe(Effect.provide(services)),
  );

  it.live("fails when it says so, whatever its exit code, with what it used up", () =>
    Effect.gen(function* () {
      const result = claude.result({
        subtype: "error_max_turns",
        result: undefined,
        permission_denials: [{ tool_name: "Bash" }],
      });
      const end = yield* failing("claude", `${edit}${print(lines(claude.init, result))}`);
      assert.isTrue(end._tag === "Failed");
      if (end._tag !== "Failed") return;
      assert.strictEqual(end.failure.class, "agent");
      assert.strictEqual(
        end.failure.message,
        "Claude Code failed: It came to the end of its turns (--max-turns)\nIt was not allowed to use Bash; agents in the plan file gives it more.",
      );
      assert.include(JSON.stringify(end.failure.detail), '"session":"s-1"');
      assert.deepStrictEqual(end.output, { session: "s-1", denied: ["Bash"] });
      assert.strictEqual(end.usage?.costUsd, 0.25);
    }).pipe(Effect.provide(services)),
  );

  it.live(
    "fails when it ends in the middle, though with exit code 0, and says what it said last",
    () =>
      Effect.gen(function* () {
        const play = `${edit}echo Killed >&2\nprintf '{"type":"resu'\n`;
        const said = print(
          lines(codex.started, codex.item("completed", { type: "agent_message", text: "I look" })),
        );
        const end = yield* failing("codex", `${said}${play}`);
        assert.isTrue(end._tag === "Failed");
        if (end._tag !== "Failed") return;
        assert.strictEqual(end.failure.class, "agent");
        assert.strictEqual(
          end.failure.message,
          "Codex ended with exit code 0 and without a result event. It said last: I look. Its last lines:\nKilled",
        );
        assert.include(JSON.stringify(end.failure.detail), '"brokenLines":1');
      }).pipe(Effect.provide(services)),
  );

  it.live("is not charged to the task when its service had no room", () =>
    Effect.gen(function* () {
      const failed = codex.failed("Rate limit reached. Please try again in 12.5s.");
      const end = yield* failing("codex", `${print(lines(codex.started, failed))}exit 1\n`);
      assert.isTrue(end._tag === "Failed");
      if (end._tag !== "Failed") return;
      assert.strictEqual(end.failure.class, "infrastructure");
      assert.include(JSON.stringify(end.failure.detail), '"retryAfterSeconds":13');
    }).pipe(Effect.provide(services)),
  );

  it.live(
    "waits for a person when nobody is signed in, and takes no more until somebody asks again",
    () =>
      Effect.gen(function* () {
        const { agent, coders } = yield* coding("gemini");
        const play = "echo Please set an Auth method in your settings.json >&2\nexit 41\n";
        const end = yield* complete(agent, yield* coders.request(play));
        assert.deepStrictEqual(end, {
          _tag: "Waiting",
          question:
            "Gemini CLI ended with exit code 41 and without a result event. Its last lines:\nPlease set an Auth method in your settings.json. What to do: run gemini once and sign in, or set GEMINI_API_KEY. Then decide: relaunch or skip",
        });
        const other = yield* coders.request(play, { id: "b" }, { key: "key/b/1" });
        const error = yield* Effect.flip(agent.launch(other));
        assert.strictEqual(error.reason, "Exhausted");
        assert.include(error.message, "run gemini once and sign in");
        const good = print(lines(gemini.init, gemini.result()));
        const again = yield* coders.request(good, {}, { attempt: 2 });
        yield* succeed(agent, again);
      }).pipe(Effect.provide(services)),
  );

  it.live("is refused with what to do when its program is not here", () =>
    Effect.gen(function* () {
      const { agent, coders } = yield* coding("claude");
      const fs = yield* FileSystem.FileSystem;
      yield* fs.remove(`${coders.folder}/bin/claude`);
      const asked = yield* coders.request("", { env: { PATH: `${coders.folder}/bin:/bin` } });
      const error = yield* Effect.flip(agent.launch(asked));
      assert.strictEqual(error.reason, "Rejected");
      assert.include(error.message, "Install it: npm install -g @anthropic-ai/claude-code");
    }).pipe(Effect.provide(services)),
  );

  it.live(
    "goes on without its orchestrator, and whoever comes next hears the rest and its end",
    () =>
      Effect.gen(function* () {
        const { agent, coders, root } = yield* coding("claude");
        const gate = yield* gateIn(coders);
        const play = [
          print(lines(claude.init, claude.text("I begin."))),
          // Whoever comes next comes in the middle of a line.
          `printf '{"type":"assistant","mess'\n`,
          `cat ${gate.path}\n`,
          `printf 'age":{"content":[]}}\\n'\n`,
          edit,
          print(lines(claude.text("I go on."), claude.result())),
        ].join("");
        const asked = yield* coders.request(play);
        yield* dieAtOutput(root, asked, coders);
        const ref = yield* agent.launch(asked);
        const { progress, report } = recorder();
        const rest = yield* Effect.forkChild(agent.observe(ref, report));
        yield* gate.open;
        const end = yield* Fiber.join(rest);
        assert.strictEqual(progress.at(-1), "I go on.");
        assert.notInclude(progress, "I begin.");
        assert.isTrue(end._tag === "Succeeded");
        if (end._tag !== "Succeeded") return;
        assert.deepStrictEqual(end.output, { result: "All done.", session: "s-1" });
        assert.strictEqual(end.usage?.costUsd, 0.25);
        assert.strictEqual(yield* git(root, "show", `${end.change!.commit}:file`), "new");
      }).pipe(Effect.provide(services)),
  );
});

/** Lets another process launch and watch a coding agent, and die as it hears of it. */
const dieAtOutput = Effect.fnUntraced(function* (
  repository: string,
  asked: Agent.LaunchRequest,
  { environment }: Coders,
) {
  const program = new URL("support/dieAt.ts", import.meta.url).pathname;
  const input = { repository, request: asked, point: "output", preset: "claude" };
  const handle = yield* ChildProcess.make(
    process.execPath,
    ["--conditions=@orchestrator/source", program, JSON.stringify(input)],
    {
      cwd: repository,
      env: { ...environment, ...compiled },
      stdout: "inherit",
      stderr: "inherit",
    },
  );
  const error = yield* Effect.flip(handle.exitCode);
  assert.include(`${error.message} ${String(error.cause)}`, "SIGKILL");
});

/** A command that reads it waits until it is opened. */
const gateIn = Effect.fnUntraced(function* ({ folder }: Coders) {
  const fs = yield* FileSystem.FileSystem;
  const file = `${folder}/gate`;
  yield* (yield* ChildProcess.make("mkfifo", [file])).exitCode;
  return { path: `'${file.replaceAll("'", `'\\''`)}'`, open: fs.writeFileString(file, "") };
});
