import { describe, expect, it } from "@effect/vitest";
import { plain } from "../src/terminal/Paint.ts";
import * as BacklogText from "../src/view/BacklogText.ts";
import { issue, on, outline } from "./support/Backlogs.ts";

const hostile =
  "\u001b]8;;https://evil.test\u0007click\u001b]8;;\u0007 \u202egnp.exe\nsecond \u001b[2J";

/** Characters that act on a terminal; line ends stand between lines. */
const acting = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

const text = (plan: ReturnType<typeof outline>, isVerbose = false) =>
  BacklogText.lines(plan, plain, isVerbose).join("\n");

describe("a backlog as text", () => {
  it("shows what runs, what does not and why, where edges are stated, and the cost", () => {
    const plan = outline(
      [
        issue(1, { task: { id: "acme/shop#1", priority: 5 } }),
        issue(2, {
          dependencies: [
            on(1, { source: "body line 3, blocked by", until: "pr-open" }),
            on(8, { satisfied: true, status: "done" }),
          ],
        }),
        issue(3, {
          dependencies: [on(9, { status: "missing", source: "label depends:#9" })],
          blocked: "waits for acme/shop#9, which does not exist",
        }),
        issue(4, { isTrusted: false, trust: "its author eve is NONE", blocked: "is not trusted" }),
        issue(5, { state: "completed", blocked: "is closed as completed" }),
      ],
      [
        { kind: "MissingDependency", tasks: ["acme/shop#3"], message: "acme/shop#9 is missing." },
        { kind: "Untrusted", tasks: ["acme/shop#4"], message: "told above" },
      ],
    );
    expect(text(plan).split("\n")).toEqual([
      "acme/shop issues",
      "5 issues: 2 tasks can run, 1 blocked, 1 untrusted, 1 closed",
      "3 dependencies, 1 satisfied; 2 waves; parallel, 4 agents at once",
      "",
      "Wave 1",
      "  acme/shop#1  Issue 1  priority 5",
      "Wave 2",
      "  acme/shop#2  Issue 2  after acme/shop#1 until pr-open (body line 3, blocked by)",
      "",
      "Blocked (1)",
      "  acme/shop#3  Issue 3: waits for acme/shop#9, which does not exist  after acme/shop#9 (label depends:#9)",
      "",
      "Untrusted (1)",
      "  acme/shop#4  Issue 4: its author eve is NONE",
      "",
      "Problems (1)",
      "  error: acme/shop#9 is missing.",
      "",
      "Critical path  acme/shop#1 → acme/shop#2",
      "Would start    acme/shop#1",
      "Estimate       not known: 0 of 2 tasks estimated, at least half must be (label estimate:2h)",
      "Launches       2, if every task succeeds at once",
      "API points     2 REST and 1 GraphQL so far; a run about 20 REST (10 a task, for its issue, comment, label and pull request)",
      "Ledger         4 requests, 1 unchanged and free, waited 2.0s, 4998 of 5000 REST points left until 13:00 UTC",
    ]);
  });

  it("says how long it takes where half of the tasks say so, and what that costs an hour", () => {
    const long = (number: number) =>
      issue(number, { task: { id: `acme/shop#${number}`, estimateSeconds: 7200 } });
    const shown = text(outline([long(1), long(2), long(3), issue(4), issue(5)]));
    expect(shown).toContain("\nEstimate       about 2h 30m with 4 agents; work 10h 00m, ");
    expect(shown).toContain(
      "a run about 50 REST, 20 an hour (10 a task, for its issue, comment, label and pull request, spread over the estimated time)",
    );
  });

  it("says what GitHub gives an hour where a run would take more", () => {
    const many = Array.from({ length: 501 }, (_, index) => issue(index + 1));
    expect(text(outline(many))).toMatch(
      /; a run about 5010 REST \(.*\); GitHub gives 5000 an hour\n/,
    );
    expect(text(outline(many.slice(0, 500)))).not.toContain("GitHub gives");
  });

  it("says that nothing would start, and why", () => {
    expect(text(outline([])).split("\n").slice(0, 5)).toEqual([
      "acme/shop issues",
      "0 issues: 0 tasks can run",
      "0 dependencies, 0 satisfied; 0 waves; parallel, 4 agents at once",
      "",
      "Would start    nothing: there are no such issues. Look at what is asked for: labels, milestone, status, state",
    ]);
    const stuck = text(outline([issue(1, { blocked: "is closed" })]));
    expect(stuck).toContain(
      "\n\nWould start    nothing: no issue can run\nAPI points     2 REST and 1 GraphQL so far\n",
    );
  });

  it("shows what is satisfied only with everything", () => {
    const done = on(8, { satisfied: true, status: "done" });
    const plan = outline([issue(1, { dependencies: [done] })]);
    expect(text(plan)).not.toContain("acme/shop#8");
    expect(text(plan, true)).toContain("Issue 1  satisfied: acme/shop#8 (body line 1)\n");
  });

  it("shows each kind of request with everything", () => {
    expect(text(outline([issue(1)]), true)).toMatch(
      / {2}issues\.list {7}3 requests, 1 unchanged, 2 REST\n {2}issues\.relations {2}1 request, 1 GraphQL$/,
    );
  });

  it("lets nothing in a title, a reason or a place act on a terminal", () => {
    const plan = outline(
      [
        issue(1, { title: hostile, task: { id: "acme/shop#1", agent: hostile } }),
        issue(2, { title: hostile, dependencies: [on(1, { source: hostile })] }),
        issue(3, { title: hostile, blocked: hostile }),
        issue(4, { title: hostile, isTrusted: false, trust: hostile, blocked: hostile }),
      ],
      [{ kind: "InvalidValue", tasks: [], message: hostile }],
    );
    const shown = text(plan, true);
    expect(shown).not.toMatch(acting);
    expect(shown).toContain("click");
  });

  it("stays short however long the backlog is, and says how much is left out", () => {
    const many = Array.from({ length: 1000 }, (_, index) => issue(index + 1));
    const stuck = many.map((one, index) =>
      index < 500 ? one : { ...one, blocked: "waits for acme/shop#0", trust: "is unknown" },
    );
    const plan = outline(stuck);
    const lines = text(plan).split("\n");
    expect(lines.length).toBeLessThan(100);
    expect(lines).toContain("  … and 460 more");
    expect(lines).toContain("  … and 480 more (--verbose shows all)");
    expect(text(plan, true)).toContain("acme/shop#1000");
  });
});
