import { describe, expect, it } from "@effect/vitest";
import * as Steps from "../src/view/Steps.ts";

describe("Steps", () => {
  it("puts commands one below the other, at the end of their lines", () => {
    const steps = [
      { what: "start again", command: "orchestrator run 'a  b.yaml'" },
      { what: "think about what none of the agents could know" },
      { what: "look", command: "ls" },
    ];
    expect(Steps.lines(steps)).toEqual([
      "start again:  orchestrator run 'a  b.yaml'",
      "think about what none of the agents could know",
      "look:         ls",
    ]);
  });

  it("gives no lines for no steps", () => {
    expect(Steps.lines([])).toEqual([]);
  });
});
