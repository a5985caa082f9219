import type { RunState } from "@orchestrator/core";
import { describe, expect, it } from "@effect/vitest";
import * as LiveFrame from "../src/live/LiveFrame.ts";
import * as LiveModel from "../src/live/LiveModel.ts";
import * as TaskOrder from "../src/live/TaskOrder.ts";
import * as Paint from "../src/terminal/Paint.ts";
import * as Width from "../src/terminal/Width.ts";
import * as scenes from "./pictures/scenes.ts";
import * as Scene from "./support/Scene.ts";

const drawn = (
  state: RunState.RunState,
  model: Partial<LiveModel.Model>,
  overrides: Partial<LiveFrame.View> = {},
) =>
  LiveFrame.draw({
    state,
    progress: Scene.progressOf(state),
    groups: TaskOrder.groups(state, TaskOrder.startOrder()),
    ledger: undefined,
    log: undefined,
    model: { ...LiveModel.initial, ...model },
    columns: 80,
    rows: 24,
    now: Scene.now,
    paint: Paint.plain,
    ...overrides,
  });

const keys = "↑↓ select · Enter details · l log · q leave · ? all keys";

describe("LiveFrame", () => {
  it("tells no keys where nobody can press any", () => {
    const { lines } = drawn(scenes.few(), {}, { model: undefined });
    expect(lines.at(-1)).toMatch(/^− pages/);
    expect(drawn(scenes.few(), {}).lines.at(-1)).toBe(keys);
  });

  it("tells why a task failed, its attempts and what it was asked for", () => {
    const { lines } = drawn(scenes.few(), { pane: "details", task: "design" });
    expect(lines.slice(4)).toEqual([
      "✗ design  Draw the pages",
      "  failed: The command ended with exit code 2. Its last lines: no fonts found",
      "  run 20261121-120000-abcd, running",
      "",
      "Failure",
      "  The command ended with exit code 2. Its last lines: no fonts found",
      "",
      "Attempts",
      "✗ 1  codex · codex-1 · 9s · agent",
      "     The command ended with exit code 2. Its last lines: no fonts found",
      "",
      "Prompt",
      "  Draw the pages of the shop, and say what you decided.",
      "↑↓ scroll · l log · Esc back · q leave · ? all keys",
    ]);
  });

  it("tells what a waiting task waits for, and where the work of a finished one is", () => {
    const waiting = drawn(scenes.few(), { pane: "details", task: "checkout" }).lines;
    expect(waiting).toContain("Waits for");
    expect(waiting.join("\n")).toMatch(/▶ auth: running since/);
    const done = drawn(scenes.few(), { pane: "details", task: "api" }).lines;
    expect(done).toContain("✓ 1  claude · claude-1 · 21s · $0.35 · 97k tokens");
    expect(done).toContain("     https://github.com/acme/shop/pull/13");
  });

  it("shows the end of a log, and more of it when it is scrolled", () => {
    const text = Array.from({ length: 100 }, (_, index) => `line ${index}\n`).join("");
    const log = { file: "logs/auth-1.log", text };
    const at = (scroll: number) =>
      drawn(scenes.few(), { pane: "log", task: "auth", scroll }, { log });
    const { lines, most, page } = at(0);
    expect(lines.at(-2)).toBe("line 99");
    expect(most).toBe(101 - page);
    expect(at(1).lines.at(-2)).toBe("line 98");
    expect(at(most).lines[4]).toBe("▶ auth  logs/auth-1.log");
    expect(at(10_000)).toEqual(at(most));
  });

  it("says what there is instead of a log", () => {
    const told = (task: string, log?: LiveFrame.View["log"]) =>
      drawn(scenes.few(), { pane: "log", task }, { log }).lines.at(-2);
    expect(told("checkout")).toBe("No agent has worked on it yet.");
    expect(told("auth")).toBe("Its agent keeps no log here.");
    expect(told("auth", { file: "x.log", text: "" })).toBe("Nothing was printed yet.");
  });

  it("asks before a task is cancelled, and tells what came of a wish", () => {
    const { lines } = drawn(scenes.few(), { task: "auth", question: "auth" });
    expect(lines.at(-1)).toBe("Cancel auth? y/n");
    const told = drawn(scenes.few(), { notice: "auth is being \u001b[2Jcancelled." });
    expect(told.lines.at(-1)).toBe("auth is being cancelled.");
  });

  it("tells every key when it is asked, without breaking what one of them does", () => {
    expect(drawn(scenes.few(), { isHelping: true }).lines.slice(-3)).toEqual([
      "↑↓ j k PgUp PgDn g G select · Enter details · l log · c cancel the task ·",
      "r run it again · p pause launches · Esc back ·",
      "q leave: agents go on, the run can be resumed · ? fewer keys",
    ]);
  });

  it("fits on every terminal, whatever is looked at", () => {
    const log = { file: "logs/auth-1.log", text: "題".repeat(300) };
    for (const pane of ["tasks", "details", "log"] as const) {
      for (const isHelping of [true, false]) {
        for (const columns of [1, 5, 20, 80]) {
          for (const rows of [1, 2, 4, 8, 24]) {
            const model = { pane, isHelping, task: "auth" };
            const { lines } = drawn(scenes.few(), model, { columns, rows, log });
            expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
            for (const line of lines) expect(Width.of(line)).toBeLessThanOrEqual(columns);
          }
        }
      }
    }
  });

  it("neutralises logs and prompts", () => {
    const state = Scene.stateOf([
      Scene.started(),
      Scene.added([{ id: "a", prompt: "do\u001b]0;owned\u0007 it\u202e\r\u001b[1A" }]),
      ...Scene.launched("a"),
    ]);
    const log = { file: "a\u001b[2J.log", text: "\u001b[2Jwiped\u009b1A\u{e0041}\rover\u202e" };
    for (const pane of ["details", "log"] as const) {
      const { lines } = drawn(state, { pane, task: "a" }, { log });
      expect(lines.join("")).not.toMatch(/\p{Cc}|\p{Cf}/u);
    }
  });
});
