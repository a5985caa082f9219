import type { RunState } from "@orchestrator/core";
import { describe, expect, it } from "@effect/vitest";
import * as TaskOrder from "../src/live/TaskOrder.ts";
import * as Paint from "../src/terminal/Paint.ts";
import * as LiveView from "../src/view/LiveView.ts";
import * as Width from "../src/terminal/Width.ts";
import * as scenes from "./pictures/scenes.ts";
import * as Scene from "./support/Scene.ts";

/** A picture of a run, as people see it who press no key. */
const shown = (state: RunState.RunState, overrides: Partial<LiveView.View> = {}) =>
  LiveView.lines({
    state,
    progress: Scene.progressOf(state),
    groups: TaskOrder.groups(state, TaskOrder.startOrder()),
    ledger: undefined,
    selected: undefined,
    columns: 80,
    rows: 24,
    now: Scene.now,
    paint: Paint.plain,
    ...overrides,
  });

const plain = (state: RunState.RunState, columns: number) => shown(state, { columns, rows: 28 });

describe("LiveView", () => {
  it("shows all of 8 tasks on 80 columns, and what each of them waits for", () => {
    expect(plain(scenes.few(), 80)).toEqual([
      "shop  20261121-120000-abcd  parallel",
      "████████████████░░░░░░░░░░░░░░░  50% · 4/8 · 1 failed · 1:00 · about 1m 20s left",
      "2 of 3 agents at work · $0.70 · 194k tokens",
      "",
      "At work (3)",
      "▶ auth      Writing the tests of the sign-in                                 41s",
      "▶ search    Reading src/products/index.ts                                    20s",
      "↻ cart      The agent stopped: the model is overload…  attempt 1/3  again in 18s",
      "Failed (1)",
      "✗ design    The command ended with exit code 2. Its last lines: no fonts …  9.0s",
      "Next (1)",
      "· checkout  Pay by card                                         after cart, auth",
      "Ended (3)",
      "✓ api       https://github.com/acme/shop/pull/13                           21.0s",
      "✓ schema    https://github.com/acme/shop/pull/12                           17.0s",
      "− pages     depends on design (failed): The command ended with exit code 2. Its…",
    ]);
  });

  it("shows the first of 300 tasks on 80 columns and counts the others", () => {
    expect(plain(scenes.many(), 80)).toEqual([
      "shop  20261121-120000-abcd  parallel",
      "████░░░░░░░░░░░░░░░░░░░░░░░░  15% · 46/300 · 2 failed · 1:00 · about 5m 31s left",
      "9 of 9 agents at work · $15.40 · 4.3M tokens",
      "",
      "At work (10)",
      "▶ prices-5-schema    Build the schema of prices-5                             2s",
      "▶ reviews-5-schema   Running the tests                                        3s",
      "▶ emails-5-schema    Build the schema of emails-5                             4s",
      "▶ admin-5-schema     Build the schema of admin-5                              5s",
      "▶ cart-6-schema      Editing migrations/0042_orders.sql                       6s",
      "▶ checkout-6-schema  Build the schema of checkout-6                           7s",
      "▶ search-6-schema    Build the schema of search-6                             8s",
      "▶ account-6-schema   Build the schema of account-6                            9s",
      "▶ orders-6-schema    Build the schema of orders-6                            10s",
      "↻ stock-6-schema     Rate limited by the model, try ag…  attempt 1  again in 18s",
      "Failed (2)",
      "✗ orders-5-schema    Tests failed: 2 of 31, the first is `adds no negativ…  9.0s",
      "✗ stock-5-schema     The agent gave up: the price list has no currency     15.0s",
      "Next (6 of 244, 48 ready)",
      "○ prices-6-schema    Build the schema of prices-6",
      "○ reviews-6-schema   Build the schema of reviews-6",
      "○ emails-6-schema    Build the schema of emails-6",
      "○ admin-6-schema     Build the schema of admin-6",
      "○ cart-1-api         Build the api of cart-1",
      "○ checkout-1-api     Build the api of checkout-1",
      "Ended (1 of 44)",
      "✓ account-5-schema   https://github.com/acme/shop/pull/143                  7.0s",
    ]);
  });

  it("uses the room of 140 columns for reasons, with 8 tasks and with 300", () => {
    const reason = "✗ design    The command ended with exit code 2. Its last lines: no fonts found";
    expect(plain(scenes.few(), 140)).toContain(`${reason.padEnd(136)}9.0s`);
    expect(plain(scenes.many(), 140)[1]).toMatch(/^█{6}░{34} {2}15% · 46\/300 · 2 failed · 1:00/);
  });

  it("shows ready tasks in the order in which they start", () => {
    const tasks = [{ id: "last" }, { id: "first", priority: 5 }, { id: "next", priority: 2 }];
    const ready = tasks.map(({ id }) => ({ _tag: "TaskReady", at: Scene.now, task: id }) as const);
    const lines = shown(Scene.stateOf([Scene.started(), Scene.added(tasks), ...ready]));
    expect(lines.slice(-4)).toEqual(["Next (3, 3 ready)", "○ first", "○ next", "○ last"]);
  });

  it("keeps room for failures and for what comes next when many tasks are at work", () => {
    const ids = Array.from({ length: 300 }, (_, index) => `t${index}`);
    const state = Scene.stateOf([
      Scene.started({ concurrency: 200 }),
      Scene.added(ids.map((id) => ({ id }))),
      ...ids.slice(0, 200).flatMap((id) => Scene.launched(id)),
      ...ids.slice(200, 210).flatMap((id) => Scene.failed(id, `no ${id}`)),
    ]);
    const lines = shown(state, { columns: 140 });
    expect(lines).toHaveLength(23);
    expect(lines).toContain("At work (8 of 200)");
    expect(lines).toContain("Failed (4 of 10)");
    expect(lines).toContain("Next (4 of 90)");
  });

  it("says what it cost, what is left of the budgets, and why nothing starts", () => {
    const ledger = {
      requests: 12,
      unchanged: 0,
      repeated: 0,
      rest: 10,
      graphql: 0,
      waitedMillis: 0,
      operations: [],
      remaining: [{ resource: "rest" as const, limit: 5000, remaining: 4990, resetsAt: Scene.now }],
    };
    const state = scenes.few();
    state.apply({ _tag: "LaunchesPaused", at: Scene.now, cause: "operator", message: "lunch" });
    const lines = shown(state, { ledger, columns: 140 });
    expect(lines[2]).toBe(
      "2 of 3 agents at work · $0.70 · 194k tokens · GitHub: 12 requests, 4990/5000 REST points left",
    );
    expect(lines[3]).toBe("launches pause: lunch");
  });

  it("moves a list with the selected task, to both of its ends", () => {
    const state = scenes.many();
    const around = (selected: string) => shown(state, { selected }).slice(4);
    for (const id of ["prices-5-schema", "cart-1-api", "cart-3-docs", "search-1-schema"]) {
      const lines = around(id);
      expect(lines).toHaveLength(19);
      expect(lines.filter((line) => line.startsWith("❯"))).toHaveLength(1);
      expect(lines.find((line) => line.startsWith("❯"))).toContain(` ${id} `);
    }
  });

  it("fits on every terminal, however small, with colours or without", () => {
    for (const state of [scenes.few(), scenes.many()]) {
      for (const columns of [1, 5, 20, 80]) {
        for (const rows of [1, 2, 4, 10, 24]) {
          for (const selected of [undefined, state.at(3).task.id]) {
            const lines = shown(state, { columns, rows, selected });
            expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
            for (const line of lines) expect(Width.of(line)).toBeLessThanOrEqual(columns);
          }
        }
      }
    }
  });

  it("says the same with colours", () => {
    const coloured = shown(scenes.few(), { paint: Paint.ansi });
    const drab = shown(scenes.few());
    expect(coloured).not.toEqual(drab);
    expect(coloured.map((line) => line.replace(/\u001b\[\d+m/g, ""))).toEqual(drab);
  });

  it("neutralises titles, reasons and the name of the plan", () => {
    const state = Scene.stateOf([
      Scene.started({ plan: "\u001b[2Jplan" }),
      Scene.added([{ id: "a", title: "\u001b]0;owned\u0007title\u202e" }, { id: "b" }]),
      ...Scene.launched("a"),
      ...Scene.failed("b", "\u009b31mred\r\u001b[1A"),
    ]);
    expect(shown(state).join("")).not.toMatch(/\p{Cc}|\u202e/u);
  });
});
