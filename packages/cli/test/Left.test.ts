import { describe, expect, it } from "@effect/vitest";
import * as Paint from "../src/terminal/Paint.ts";
import * as Left from "../src/view/Left.ts";
import * as Scene from "./support/Scene.ts";

const places = {
  command: "orchestrator",
  name: "/my shop/.orchestrator/runs/r",
  resume: "orchestrator resume '/my shop/.orchestrator/runs/r'",
};

const idle = Scene.stateOf([Scene.started(), Scene.added([{ id: "a" }]), ...Scene.succeeded("a")]);

const busy = Scene.stateOf([
  Scene.started(),
  Scene.added(["a", "b", "c"].map((id) => ({ id }))),
  ...Scene.succeeded("a"),
  ...Scene.launched("b"),
  ...Scene.launched("c").slice(0, 2),
]);

describe("Left", () => {
  it("says how many agents go on, and the commands that go on with the run or end it", () => {
    expect(Left.lines(busy, places, "SIGINT", Paint.plain)).toEqual([
      "",
      "■ left at SIGINT: 1 of 3 tasks succeeded; 2 agents go on working",
      "Next     go on with the run:     orchestrator resume '/my shop/.orchestrator/runs/r'",
      "         end it and its agents:  orchestrator cancel '/my shop/.orchestrator/runs/r'",
    ]);
  });

  it("says it in one line to somebody who does not wait", () => {
    expect(Left.atOnce(idle, places)).toBe(
      "ending at once: no agent is at work. Go on with the run: orchestrator resume '/my shop/.orchestrator/runs/r'",
    );
  });

  it("counts only agents that answered when the journal has failed", () => {
    expect(Left.broken(busy, places)).toEqual([
      "Nothing is launched any more; 1 agent goes on working.",
      "Once the cause is removed, go on with the run: orchestrator resume '/my shop/.orchestrator/runs/r'",
    ]);
  });
});
