import { describe, expect, it } from "@effect/vitest";
import * as EventStream from "../src/presets/EventStream.ts";
import * as PresetEnd from "../src/presets/PresetEnd.ts";
import * as Presets from "../src/presets/Presets.ts";
import { claude, lines } from "./support/coder.ts";

const preset = Presets.named("claude")!;
/** In seconds, as the agent tells it. */
const reset = 1_800_000_000;

/** How an agent run ends that met its limit, by a clock that says `now` (in seconds). */
const endAt = (now: number) => {
  const events = EventStream.make(preset, "");
  const failed = claude.result({ is_error: true, result: "You've hit your limit" });
  events.take(lines(claude.limit("rejected"), failed));
  return PresetEnd.judge(preset, events.end(), { _tag: "Code", code: 1 }, "log", now * 1000);
};

describe("a coding agent whose quota is used up", () => {
  it("names the time at which it takes launches again", () => {
    expect(endAt(reset - 3600)).toEqual({
      _tag: "Failed",
      failure: {
        class: "infrastructure",
        message:
          "Claude Code failed: You've hit your limit. Its limit is reset at 2027-01-15T08:00:00.000Z.",
        detail: { log: "log", session: "s-1" },
        until: reset * 1000,
      },
    });
  });

  it.each([
    ["is long over", reset + 100_000],
    ["is months away", reset - 10_000_000],
  ])("waits for a person if that time %s", (_, now) => {
    expect(endAt(now)).toMatchObject({ _tag: "Waiting" });
  });
});
