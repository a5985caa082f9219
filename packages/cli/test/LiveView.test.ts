import { describe, expect, it } from "@effect/vitest";
import * as Paint from "../src/Paint.ts";
import * as LiveView from "../src/view/LiveView.ts";
import * as Width from "../src/Width.ts";
import * as Scene from "./support/Scene.ts";

const draw = (size: number, columns: number, rows: number) => {
  const state = Scene.busy(size);
  const progress = Scene.progressOf(state);
  return LiveView.lines({ state, progress, columns, rows, now: Scene.now, paint: Paint.plain });
};

describe("LiveView", () => {
  it("shows all of 8 tasks on 80 columns, those at work first", () => {
    expect(draw(8, 80, 24)).toEqual([
      "shop  20261121-120000-abcd  parallel, 4 agents at once",
      "████████░░░░░░░░░░░░░░░░░░░░░░░  25% · 2/8 · 1 failed · 1:00 · about 3m 00s left",
      "",
      "▶ t3    Build the part called t3                                             59s",
      "▶ t4    Build the part called t4                                             59s",
      "▶ t5    Build the part called t5                                             59s",
      "▶ t6    Build the part called t6                                             59s",
      "↻ t2    not yet                                          attempt 1  again in 20s",
      "✗ t1    The command ended with exit code 3. Its last lines: boom            7.0s",
      "· t7    Build the part called t7",
      "✓ t0    Build the part called t0                                            4.0s",
    ]);
  });

  it("shows the first of 300 tasks on 80 columns and counts the others", () => {
    const lines = draw(300, 80, 14);
    expect(lines).toEqual([
      "shop  20261121-120000-abcd  parallel, 4 agents at once",
      "███░░░░░░░░░░░░░░░░░░░░░░░░░  10% · 32/300 · 1 failed · 1:00 · about 8m 23s left",
      "",
      "▶ t33   Build the part called t33                                            59s",
      "▶ t34   Build the part called t34                                            59s",
      "▶ t35   Build the part called t35                                            59s",
      "▶ t36   Build the part called t36                                            59s",
      "↻ t32   not yet                                          attempt 1  again in 20s",
      "✗ t31   The command ended with exit code 3. Its last lines: boom            7.0s",
      "· t37   Build the part called t37",
      "· t38   Build the part called t38",
      "· t39   Build the part called t39",
      "… and 291 more: 260 waiting, 31 succeeded",
    ]);
  });

  it("uses the room of 140 columns for reasons, with 8 tasks and with 300", () => {
    const reason = "✗ t1    The command ended with exit code 3. Its last lines: boom";
    expect(draw(8, 140, 24)).toContain(`${reason.padEnd(136)}7.0s`);
    expect(draw(300, 140, 24)[1]).toMatch(/^█{4}░{36} {2}10% · 32\/300 · 1 failed · 1:00 · about/);
    expect(draw(300, 140, 24).at(-1)).toBe("… and 281 more: 250 waiting, 31 succeeded");
  });

  it("keeps room for failures when many tasks are at work", () => {
    const ids = Array.from({ length: 300 }, (_, index) => `t${index}`);
    const state = Scene.stateOf([
      Scene.started({ concurrency: 200 }),
      Scene.added(ids.map((id) => ({ id }))),
      ...ids.slice(0, 200).flatMap((id) => Scene.launched(id)),
      ...ids.slice(200, 210).flatMap((id) => Scene.failed(id, `no ${id}`)),
    ]);
    const progress = Scene.progressOf(state);
    const lines = LiveView.lines({
      state,
      progress,
      columns: 140,
      rows: 24,
      now: Scene.now,
      paint: Paint.plain,
    });
    expect(lines.filter((line) => line.startsWith("✗"))).toHaveLength(4);
    expect(lines.at(-1)).toBe("… and 281 more: 185 at work, 6 failed, 90 waiting");
  });

  it("fits on every terminal, however small, with colours or without", () => {
    for (const size of [8, 300]) {
      for (const columns of [1, 5, 20, 40, 80, 140]) {
        for (const rows of [1, 2, 4, 10, 24, 400]) {
          const lines = draw(size, columns, rows);
          expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
          for (const line of lines) expect(Width.of(line)).toBeLessThanOrEqual(columns);
        }
      }
    }
  });

  it("says the same with colours", () => {
    const state = Scene.busy(8);
    const view = {
      state,
      progress: Scene.progressOf(state),
      columns: 80,
      rows: 24,
      now: Scene.now,
    };
    const coloured = LiveView.lines({ ...view, paint: Paint.ansi });
    const plain = LiveView.lines({ ...view, paint: Paint.plain });
    expect(coloured).not.toEqual(plain);
    expect(coloured.map((line) => line.replace(/\u001b\[\d+m/g, "").trimEnd())).toEqual(
      plain.map((line) => line.trimEnd()),
    );
  });

  it("neutralises titles, reasons and the name of the plan", () => {
    const state = Scene.stateOf([
      Scene.started({ plan: "\u001b[2Jplan" }),
      Scene.added([{ id: "a", title: "\u001b]0;owned\u0007title\u202e" }, { id: "b" }]),
      ...Scene.launched("a"),
      ...Scene.failed("b", "\u009b31mred\r\u001b[1A"),
    ]);
    const lines = LiveView.lines({
      state,
      progress: Scene.progressOf(state),
      columns: 80,
      rows: 24,
      now: Scene.now,
      paint: Paint.plain,
    });
    expect(lines.join("")).not.toMatch(/\p{Cc}|\u202e/u);
  });
});
