import { describe, expect, it } from "@effect/vitest";
import * as AtOnce from "../src/view/AtOnce.ts";
import * as Scene from "./support/Scene.ts";

const state = Scene.stateOf([
  Scene.started(),
  Scene.added(["a", "b", "c", "d"].map((id) => ({ id }))),
  ...Scene.launched("a"),
  ...Scene.launched("b"),
  ...Scene.succeeded("c"),
]);

const [logs, worktrees] = ["runs/r/logs", "runs/r/worktrees"];

describe("AtOnce", () => {
  it("says what becomes of commands and where their worktrees are", () => {
    expect(AtOnce.line(state, { logs, worktrees })).toBe(
      "ending at once: 2 commands were killed; their worktrees stay in runs/r/worktrees",
    );
  });

  it("names logs where there are no worktrees", () => {
    const one = Scene.stateOf([
      Scene.started(),
      Scene.added([{ id: "a" }]),
      ...Scene.launched("a"),
    ]);
    expect(AtOnce.line(one, { logs, worktrees: undefined })).toBe(
      "ending at once: 1 command was killed; its log is in runs/r/logs",
    );
  });

  it("names what was on its way to the base", () => {
    const landing = Scene.stateOf([
      Scene.started(),
      Scene.added([{ id: "a" }]),
      ...Scene.launched("a"),
      {
        _tag: "AgentRunEnded",
        at: Scene.now,
        task: "a",
        attempt: 1,
        end: { _tag: "Succeeded", change: { branch: "x" } },
      },
      { _tag: "LandingStarted", at: Scene.now, task: "a", attempt: 1 },
    ]);
    expect(AtOnce.line(landing, { logs, worktrees })).toBe(
      "ending at once: no command was at work; logs are in runs/r/logs; 1 landing may have been cut short",
    );
  });
});
