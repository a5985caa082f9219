import { describe, expect, it } from "@effect/vitest";
import * as LiveModel from "../src/live/LiveModel.ts";

const order = ["a", "b", "c", "d"];

const around: LiveModel.Around = { order: () => order, most: 10, page: 2, isPaused: false };

/** The model after some keys, and what was wished last. */
const after = (keys: ReadonlyArray<string>, overrides: Partial<LiveModel.Around> = {}) => {
  let next: LiveModel.Next = { model: LiveModel.initial };
  for (const key of keys) {
    next = LiveModel.press(next.model, key, { ...around, ...overrides });
  }
  return next;
};

const selected = (...keys: ReadonlyArray<string>) => after(keys).model.task;

describe("LiveModel", () => {
  it("selects tasks in their order, and stays within it", () => {
    expect(selected("down")).toBe("a");
    expect(selected("up")).toBe("d");
    expect(selected("j", "j", "k")).toBe("a");
    expect(selected("j", "pagedown")).toBe("c");
    expect(selected("j", "k", "k")).toBe("a");
    expect(selected("j", "G", "down")).toBe("d");
    expect(selected("j", "end", "g")).toBe("a");
    expect(selected("j", "escape")).toBeUndefined();
  });

  it("selects the first task again when the selected one is gone", () => {
    const { model } = after(["j", "j"]);
    const next = LiveModel.press(model, "down", { ...around, order: () => ["x", "y"] });
    expect(next.model.task).toBe("x");
  });

  it("opens details and the log of the selected task, or of the first, and comes back", () => {
    expect(after(["return"]).model).toMatchObject({ pane: "details", task: "a" });
    expect(after(["j", "j", "l"]).model).toMatchObject({ pane: "log", task: "b" });
    expect(after(["l", "return"]).model).toMatchObject({ pane: "details", scroll: 0 });
    expect(after(["l", "escape"]).model).toMatchObject({ pane: "tasks", task: "a" });
    expect(after(["return"], { order: () => [] }).model).toEqual(LiveModel.initial);
  });

  it("scrolls details from their begin and a log from its end", () => {
    const scroll = (...keys: ReadonlyArray<string>) => after(keys).model.scroll;
    expect(scroll("return", "down", "down")).toBe(2);
    expect(scroll("return", "up")).toBe(0);
    expect(scroll("return", "G", "down")).toBe(10);
    expect(scroll("l", "up", "pageup")).toBe(3);
    expect(scroll("l", "g")).toBe(10);
    expect(scroll("l", "g", "G")).toBe(0);
  });

  it("cancels only after a clear yes", () => {
    expect(after(["j", "c"]).wish).toBeUndefined();
    expect(after(["j", "c", "y"]).wish).toEqual({ _tag: "Cancel", task: "a" });
    for (const key of ["n", "return", "escape", "q", "x"]) {
      const { model, wish } = after(["j", "c", key]);
      expect(wish).toBeUndefined();
      expect(model).toMatchObject({ question: undefined, notice: "Nothing was cancelled." });
    }
  });

  it("asks about the task that was selected then, not about another", () => {
    const { model } = after(["j", "c"]);
    const changed = { ...around, order: () => ["z"] };
    expect(LiveModel.press(model, "y", changed).wish).toEqual({ _tag: "Cancel", task: "a" });
  });

  it("runs a task again, and needs to know which", () => {
    expect(after(["j", "j", "r"]).wish).toEqual({ _tag: "Retry", task: "b" });
    for (const key of ["r", "c"]) {
      const { model, wish } = after([key]);
      expect(wish).toBeUndefined();
      expect(model.notice).toMatch(/^Select a task first/);
    }
  });

  it("pauses launches and goes on with them", () => {
    expect(after(["p"]).wish).toEqual({ _tag: "Pause" });
    expect(after(["p"], { isPaused: true }).wish).toEqual({ _tag: "Unpause" });
  });

  it("leaves from everywhere, whatever was asked", () => {
    for (const before of [[], ["l"], ["return"], ["j", "c"], ["?"]]) {
      expect(after([...before, "ctrl+c"]).wish).toEqual({ _tag: "Leave" });
    }
    expect(after(["q"]).wish).toEqual({ _tag: "Leave" });
  });

  it("forgets what it told at the next key, and ignores keys that mean nothing", () => {
    const told = { ...LiveModel.initial, notice: "done" };
    expect(LiveModel.press(told, "x", around)).toEqual({ model: LiveModel.initial });
  });

  it("shows all keys until it is asked again", () => {
    expect(after(["?"]).model.isHelping).toBe(true);
    expect(after(["?", "?"]).model.isHelping).toBe(false);
  });
});
