import { describe, expect, it } from "@effect/vitest";
import * as DemoText from "../src/demo/DemoText.ts";
import { plain } from "../src/Paint.ts";

describe("DemoText", () => {
  it("leaves a plain path as it is and quotes every other one for the shell", () => {
    expect(DemoText.quote("/tmp/orchestrator-demo-a1B2")).toBe("/tmp/orchestrator-demo-a1B2");
    expect(DemoText.quote("/tmp/it's $HOME")).toBe("'/tmp/it'\\''s $HOME'");
    expect(DemoText.quote("")).toBe("''");
  });

  it("calls the orchestrator by its name where it was called so", () => {
    expect(DemoText.commandOf({})).toBe("orchestrator");
    expect(DemoText.commandOf({ npm_config_user_agent: "npm/11.0.0 node/v24.0.0" })).toBe(
      "orchestrator",
    );
  });

  it("calls the orchestrator through pnpm where a script of pnpm did", () => {
    const environment = {
      npm_config_user_agent: "pnpm/12.21.0 npm/? node/v24.21.0 linux x64",
      npm_lifecycle_event: "start",
    };
    expect(DemoText.commandOf(environment)).toBe("npx -y pnpm@12.21.0 exec orchestrator");
  });

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
      "  cd '/tmp/a demo' && node wordstat.mjs README.md  # use what was built",
      "  orchestrator plan '/tmp/a demo'/plan.yaml        # see its graph and what could run at once",
      "  orchestrator run your-plan.yaml                  # run a plan of your own; plan.yaml there explains every key",
    ]);
  });

  it("lets no control sequence of a folder's name through", () => {
    expect(DemoText.opening("/tmp/\u001b[2Jx")).not.toContain("\u001b");
  });
});
