import { describe, expect, it } from "@effect/vitest";
import type { RunEvent } from "@orchestrator/core";
import * as GcPlan from "../src/operator/GcPlan.ts";
import * as RunLook from "../src/run/RunLook.ts";
import * as Journals from "./support/Journals.ts";

const day = 86_400_000;
const now = 100 * day;

const look = (
  id: string,
  events: ReadonlyArray<RunEvent.RunEvent>,
  holder?: Parameters<RunLook.Folded["look"]>[0],
) => {
  const folded = new RunLook.Folded(id);
  [...Journals.begun(id), ...events].forEach((event, index) =>
    folded.apply({ run: id, sequence: index + 1, epoch: 1, monotonicMillis: 0, event }),
  );
  return folded.look(holder);
};

const over = (id: string, daysAgo: number, outcome: RunEvent.RunOutcome = "succeeded") =>
  look(id, [Journals.ended(outcome, now - daysAgo * day)]);

const chosen = (looks: ReadonlyArray<RunLook.RunLook>, wish: GcPlan.Wish) =>
  GcPlan.choose(looks, wish, now).map(({ id }) => id);

describe("GcPlan", () => {
  it("chooses runs that ended long enough ago", () => {
    const looks = [over("young", 1), over("old", 31), over("failed", 40, "failed")];
    expect(chosen(looks, { keep: 0, olderThan: GcPlan.defaultAge })).toEqual(["old", "failed"]);
  });

  it("keeps the newest, however old they are", () => {
    const looks = [over("a", 40), over("b", 50), over("c", 60)];
    expect(chosen(looks, { keep: 1, olderThan: GcPlan.defaultAge })).toEqual(["b", "c"]);
    expect(chosen(looks, { keep: 2, olderThan: undefined })).toEqual(["c"]);
  });

  it("chooses no run at work, suspended, interrupted or held, and does not count them as kept", () => {
    const question = { _tag: "NeedsDecision", question: "really?" } as const;
    const held = {
      _tag: "TaskEnded",
      at: 1,
      task: "b",
      outcome: "Held",
      reason: question,
    } as const;
    const looks = [
      look("live", [], { pid: 1, host: "h", since: 0 }),
      look("suspended", [{ _tag: "RunSuspended", at: 1, message: "left" }]),
      look("interrupted", []),
      over("held", 90, "held"),
      look("failed with held", [held, Journals.ended("failed", 1)]),
      over("a", 90, "cancelled"),
      over("b", 91),
    ];
    expect(chosen(looks, { keep: 0, olderThan: 0 })).toEqual(["a", "b"]);
    expect(chosen(looks, { keep: 1, olderThan: 0 })).toEqual(["b"]);
  });

  it("reads ages with their unit and nothing else", () => {
    const ages = ["0s", "90m", "12h", "30d", "2w"].map(GcPlan.age);
    expect(ages).toEqual([0, 5_400_000, day / 2, 30 * day, 14 * day]);
    for (const text of ["", "30", "d", "-1d", "1.5d", "30 d", "1y"]) {
      expect(GcPlan.age(text)).toBeUndefined();
    }
  });
});
