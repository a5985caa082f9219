import { describe, expect, it } from "@effect/vitest";
import type { Approval } from "../src/IssueFacts.ts";
import * as Trust from "../src/Trust.ts";
import { issue } from "./support/facts.ts";

const approval: Approval = {
  label: "orchestrator:approved",
  actor: "bob",
  at: 0,
  mayWrite: true,
  isOutdated: false,
};
const stranger = { author: "eve", association: "NONE" };
const labelled = { ...stranger, labels: ["bug", "Orchestrator:Approved"] };

const judge = (told: Parameters<typeof issue>[1]) => Trust.judge(issue(1, told), Trust.usual);

describe("Trust", () => {
  it.each(["OWNER", "MEMBER", "COLLABORATOR"])(
    "trusts an issue whose author is %s",
    (association) => {
      expect(judge({ association })).toEqual({
        isTrusted: true,
        because: `its author ada is ${association}`,
      });
    },
  );

  it.each([
    "CONTRIBUTOR",
    "FIRST_TIMER",
    "FIRST_TIME_CONTRIBUTOR",
    "MANNEQUIN",
    "NONE",
    "",
    "owners",
  ])("does not trust an issue whose author is %j", (association) => {
    expect(judge({ association }).isTrusted).toBe(false);
  });

  it("says what to try with the issue of an outsider", () => {
    expect(judge(stranger).because).toBe(
      "its author eve is NONE, and nobody approved it: set the label orchestrator:approved, which needs write access",
    );
  });

  it("trusts an outsider's issue that somebody with write access approved", () => {
    expect(judge({ ...labelled, approval })).toEqual({
      isTrusted: true,
      because: "bob, with write access, set the label orchestrator:approved",
    });
  });

  it("does not count a label that somebody without write access set", () => {
    const { because, isTrusted } = judge({
      ...labelled,
      approval: { ...approval, mayWrite: false },
    });
    expect(isTrusted).toBe(false);
    expect(because).toContain("was set by bob, without write access");
  });

  it("does not count an approval of what was changed since", () => {
    const { because, isTrusted } = judge({
      ...labelled,
      approval: { ...approval, isOutdated: true },
    });
    expect(isTrusted).toBe(false);
    expect(because).toContain("was changed after bob set the label");
  });

  it("does not count an approval whose label was taken off again, or is another one", () => {
    expect(judge({ ...stranger, labels: ["bug"], approval }).isTrusted).toBe(false);
    const other = { ...approval, label: "approved" };
    expect(judge({ ...labelled, approval: other }).isTrusted).toBe(false);
  });

  it("does not count a label that nobody asked about", () => {
    expect(judge(labelled).isTrusted).toBe(false);
  });

  it("names an author and an actor whose accounts are gone", () => {
    const gone = { ...approval, actor: undefined, mayWrite: false };
    const { because } = judge({ ...labelled, author: undefined, approval: gone });
    expect(because).toContain("its author (an account that is gone) is NONE");
    expect(because).toContain("was set by an account that is gone, without write access");
  });

  it("takes the associations and the label that it is given", () => {
    const options = { associations: ["contributor"], approvalLabel: "Ready" };
    const known = Trust.judge(issue(1, { association: "CONTRIBUTOR" }), options);
    expect(known.isTrusted).toBe(true);
    expect(Trust.judge(issue(1), options).because).toContain("set the label Ready");
    const set = { labels: ["ready"], approval: { ...approval, label: "ready" } };
    expect(Trust.judge(issue(1, set), options).isTrusted).toBe(true);
  });
});
