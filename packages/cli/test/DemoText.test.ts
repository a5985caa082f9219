import { describe, expect, it } from "@effect/vitest";
import * as DemoText from "../src/demo/DemoText.ts";
import { plain } from "../src/terminal/Paint.ts";

describe("DemoText", () => {
  it("says what was built, how, where it is and what to try next", () => {
    const text = DemoText.closing(
      {
        folder: "/tmp/a demo",
        passed: 13,
        history: "*   1234567 Merge one\n|\\\n* 89abcde Start",
        command: "orchestrator",
      },
      plain,
    );
    expect(text.split("\n")).toEqual([
      "",
      "How main came together",
      "*   1234567 Merge one",
      "|\\",
      "* 89abcde Start",
      "",
      "✓ wordstat on main passes its own 13 tests",
      "Repository  /tmp/a demo",
      "",
      "Try next",
      "  use what was built:                        node '/tmp/a demo/wordstat.mjs' '/tmp/a demo/README.md'",
      "  see its graph and what could run at once:  orchestrator plan '/tmp/a demo/plan.yaml'",
      "  learn how to run a plan of your own:       orchestrator run --help",
    ]);
  });

  it("lets no control sequence of a folder's name through", () => {
    expect(DemoText.opening("/tmp/\u001b[2Jx")).not.toContain("\u001b");
  });
});
