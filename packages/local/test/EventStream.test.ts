import { describe, expect, it } from "@effect/vitest";
import * as fc from "fast-check";
import * as EventLines from "../src/presets/EventLines.ts";
import * as EventStream from "../src/presets/EventStream.ts";
import * as Presets from "../src/presets/Presets.ts";
import { claude, codex, gemini, lines, opencode } from "./support/coder.ts";

const place = "/run/worktrees/a-1";

/** What people hear of a text that is printed in pieces, and what it amounts to. */
const read = (name: string, text: string, size = 7) => {
  const events = EventStream.make(Presets.named(name)!, place);
  const heard: Array<string> = [];
  for (let at = 0; at < text.length; at += size) {
    for (const one of events.take(text.slice(at, at + size))) {
      heard.push(one._tag === "Doing" ? one.sentence : `> ${one.text}`);
    }
  }
  return { heard, ...events.end() };
};

describe("the events of claude", () => {
  it("tell what it does, how it ended, and what that cost", () => {
    const text = lines(
      claude.init,
      claude.retry,
      claude.text("I look at it.\n\nFirst the tests."),
      claude.tool("Read", { file_path: `${place}/src/a.ts` }),
      claude.answer,
      claude.tool("Edit", { file_path: `${place}/src/a.ts`, old_string: "a" }),
      claude.tool("Bash", { command: "npm test\nexit" }),
      claude.tool("WebFetch", { url: "https://example.org" }),
      claude.result({ permission_denials: [{ tool_name: "Bash", tool_input: {} }] }),
    );
    expect(read("claude", text)).toEqual({
      heard: [
        "Asks its API again after an error 529",
        "First the tests.",
        "Reads src/a.ts",
        "Edits src/a.ts",
        "Runs npm test exit",
        "Uses WebFetch",
      ],
      session: "s-1",
      result: "All done.",
      usage: { costUsd: 0.25, inputTokens: 3210, outputTokens: 40 },
      denied: ["Bash"],
      outcome: "succeeded",
      complaints: "",
      brokenLines: 0,
    });
  });

  it("tell of a failure of its API, though they call it a success", () => {
    const failed = claude.result({ is_error: true, result: "API Error", api_error_status: 529 });
    expect(read("claude", lines(failed)).outcome).toMatchObject({
      message: "API Error",
      status: 529,
    });
  });

  it("tell why it came to no end of its own", () => {
    const stopped = claude.result({ subtype: "error_max_turns", result: undefined });
    expect(read("claude", lines(stopped)).outcome).toMatchObject({
      message: "It came to the end of its turns (--max-turns)",
    });
    const broken = claude.result({ subtype: "error_during_execution", errors: ["one", "two"] });
    expect(read("claude", lines(broken)).outcome).toMatchObject({ message: "one; two" });
  });

  it("tell when its limit is reset, only if the limit was reached", () => {
    const failed = claude.result({ is_error: true });
    const of = (status: string) => read("claude", lines(claude.limit(status), failed)).outcome;
    expect(of("rejected")).toMatchObject({ resetsAt: 1_800_000_000 });
    expect(of("allowed_warning")).toMatchObject({ resetsAt: undefined });
  });
});

describe("the events of codex", () => {
  it("tell what it does, how it ended, and how many tokens that took", () => {
    const text = lines(
      codex.started,
      codex.turn,
      codex.item("started", { type: "command_execution", command: "npm test" }),
      codex.item("completed", { type: "command_execution", command: "npm test", exit_code: 0 }),
      codex.item("completed", {
        type: "file_change",
        changes: [
          { path: `${place}/a.ts`, kind: "add" },
          { path: "b.ts", kind: "update" },
        ],
      }),
      codex.item("completed", { type: "mcp_tool_call", server: "s", tool: "look" }),
      codex.item("completed", { type: "reasoning", text: "Hm" }),
      codex.error("Reconnecting... 1/5"),
      codex.item("completed", { type: "agent_message", text: "All done." }),
      codex.completed,
    );
    expect(read("codex", text)).toEqual({
      heard: [
        "Runs npm test",
        "Edits a.ts and 1 more",
        "Uses look",
        "Reconnecting... 1/5",
        "All done.",
      ],
      session: "t-1",
      result: "All done.",
      usage: { inputTokens: 1000, outputTokens: 50 },
      outcome: "succeeded",
      complaints: "",
      brokenLines: 0,
    });
  });

  it("tell of a turn that failed, or of an error that nothing came after", () => {
    const failed = lines(codex.error("Reconnecting"), codex.failed("No model"));
    expect(read("codex", failed).outcome).toEqual({ message: "No model" });
    expect(read("codex", lines(codex.error("Gone"))).outcome).toEqual({ message: "Gone" });
    expect(read("codex", lines(codex.started, codex.turn)).outcome).toBeUndefined();
  });
});

describe("the events of gemini", () => {
  it("tell what it does, what it said after the last tool, and how many tokens that took", () => {
    const text = lines(
      gemini.init,
      gemini.asked,
      gemini.said("I look"),
      gemini.tool("replace", { file_path: `${place}/a.ts` }),
      { type: "tool_result", tool_id: "1", status: "success", output: "" },
      { type: "error", severity: "warning", message: "Loop detected" },
      gemini.said("All"),
      gemini.said(" "),
      gemini.said("done."),
      gemini.result(),
    );
    expect(read("gemini", text)).toEqual({
      heard: ["Edits a.ts", "Loop detected", "All done."],
      session: "g-1",
      result: "All done.",
      usage: { inputTokens: 100, outputTokens: 20 },
      outcome: "succeeded",
      complaints: "",
      brokenLines: 0,
    });
  });

  it("tell of a failure with its kind", () => {
    const error = { type: "TerminalQuotaError", message: "No quota" };
    expect(read("gemini", lines(gemini.result({ status: "error", error }))).outcome).toEqual({
      message: "TerminalQuotaError: No quota",
    });
  });
});

describe("the events of opencode", () => {
  it("tell what it does, how it ended, and what all steps together cost", () => {
    const text = lines(
      opencode.start,
      opencode.tool("edit", { status: "completed", input: { filePath: `${place}/a.ts` } }),
      opencode.finish("tool-calls"),
      opencode.start,
      opencode.text("All done."),
      opencode.finish("stop"),
    );
    expect(read("opencode", text)).toEqual({
      heard: ["Edits a.ts", "All done."],
      session: "ses_1",
      result: "All done.",
      usage: { costUsd: 1, inputTokens: 222, outputTokens: 14 },
      denied: [],
      outcome: "succeeded",
      complaints: "",
      brokenLines: 0,
    });
  });

  it("do not end with a step that wants the answers of its tools", () => {
    const text = lines(opencode.start, opencode.finish("tool-calls"));
    expect(read("opencode", text).outcome).toBeUndefined();
  });

  it("end well after an error that another step came after, and badly after one that was the last", () => {
    const error = opencode.error("APIError", { message: "Reset", statusCode: 503 });
    const again = lines(opencode.start, error, opencode.start, opencode.finish("stop"));
    expect(read("opencode", again).outcome).toBe("succeeded");
    const last = lines(opencode.start, error, opencode.done());
    expect(read("opencode", last).outcome).toEqual({ message: "Reset", status: 503 });
  });

  it("tell what it was not allowed to do, and that this was its end", () => {
    const rejected = {
      status: "error",
      error: "The user rejected permission to use this specific tool call.",
      input: { command: "npm test" },
    };
    const text = lines(
      opencode.start,
      opencode.text("I test it."),
      opencode.tool("bash", rejected),
      opencode.finish("tool-calls"),
      opencode.done("bash"),
    );
    const { denied, outcome } = read("opencode", text);
    expect(denied).toEqual(["bash"]);
    expect(outcome).toEqual({ message: "It stopped as it was not allowed to use bash" });
  });
});

describe("what a coding agent prints", () => {
  const ends = {
    claude: lines(claude.result()),
    codex: lines(codex.completed),
    gemini: lines(gemini.result()),
    opencode: lines(opencode.finish("stop")),
  };

  it.each(Object.entries(ends))("is read from %s through whatever stands between", (name, end) => {
    const garbage = [
      '{"type":"from the future","message":7}',
      '{"type":"assistant","message":{"content":[null,{"type":"tool_use"}]}}',
      '{"type":"item.completed","item":[]}',
      '{"type":"step_finish"',
      "[1,2]",
      "",
      "warning: deprecated",
      "",
    ].join("\n");
    const found = read(name, `${garbage}text without end ${end}`);
    expect(found.outcome).toBe("succeeded");
    expect(found.brokenLines).toBe(1);
    expect(found.complaints).toBe("[1,2]\nwarning: deprecated");
    expect(found.heard.filter((one) => one.startsWith(">"))).toEqual([
      "> [1,2]",
      "> warning: deprecated",
    ]);
  });

  it("never breaks its reading, whatever the events hold", () => {
    const keys = ["type", "item", "part", "message", "content", "text", "error", "name", "input"];
    const types = `assistant result system text tool_use step_finish message error init done
      item.completed turn.failed turn.completed agent_message`.split(/\s+/);
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(...types, null, 0, -1, true, { toString: 1, valueOf: 1 }),
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...keys), tie("tree"), { maxKeys: 5 }),
      ),
    }));
    const events = fc.array(
      fc.tuple(fc.constantFrom(...types), fc.dictionary(fc.constantFrom(...keys.slice(1)), tree)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...Presets.names), events, (name, found) => {
        const text = lines(...found.map(([type, rest]) => ({ type, ...rest })));
        const { brokenLines, heard } = read(name, text, 50);
        expect(brokenLines).toBe(0);
        expect(heard.every((one) => one.length <= 160)).toBe(true);
      }),
    );
  });

  it("may have no line end at its end", () => {
    expect(read("claude", lines(claude.result()).trimEnd()).outcome).toBe("succeeded");
  });

  it("may have lines of any length; what is too long to be an event is counted and left out", () => {
    const huge = `${JSON.stringify({ type: "user", a: "x".repeat(EventLines.maxCharacters) })}\n`;
    const long = lines(claude.tool("Write", { content: "x".repeat(2 ** 20), file_path: "a" }));
    const found = read("claude", `${huge}${long}${lines(claude.result())}`, 65_536);
    expect(found).toMatchObject({ heard: ["Edits a"], brokenLines: 1, outcome: "succeeded" });
  });

  it("is cut into no more than is kept of a line", () => {
    const cut = EventLines.make(5);
    expect(cut.add("12345\n123456\n12")).toEqual(["12345", undefined]);
    expect(cut.add("345\n1234567")).toEqual(["12345"]);
    expect(cut.add("89")).toEqual([]);
    expect(cut.add("\n1")).toEqual([undefined]);
    expect(cut.end()).toEqual(["1"]);
  });

  it("is told in one short line without what a terminal would obey", () => {
    const { heard } = read("claude", lines(claude.text(`\u001b[2J\u202e${"long ".repeat(100)}`)));
    expect(heard).toHaveLength(1);
    expect(heard[0]!.length).toBeLessThanOrEqual(160);
    expect(heard[0]).toMatch(/^\[2Jlong long/);
  });
});
