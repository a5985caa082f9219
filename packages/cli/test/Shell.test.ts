import { execFileSync } from "node:child_process";
import { describe, expect, it } from "@effect/vitest";
import * as fc from "fast-check";
import * as Shell from "../src/terminal/Shell.ts";

describe("Shell.quote", () => {
  it("leaves a plain path as it is and quotes every other one", () => {
    expect(Shell.quote("/tmp/orchestrator-demo-a1B2")).toBe("/tmp/orchestrator-demo-a1B2");
    expect(Shell.quote("/tmp/it's $HOME")).toBe("'/tmp/it'\\''s $HOME'");
    expect(Shell.quote("")).toBe("''");
    expect(Shell.quote("=ls")).toBe("'=ls'");
    expect(Shell.quote("~/plan.yaml")).toBe("'~/plan.yaml'");
  });
});

describe("Shell.line", () => {
  it("gives a shell back the words it was made of", () => {
    const word = fc.string({ unit: fc.constantFrom(...Array.from("ab '\"$`\\#*~=!&;|<>(){}[]é")) });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        const script = `for word in ${Shell.line(...words)}; do printf '%s\\n' "$word"; done`;
        const out = execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" });
        expect(out.split("\n").slice(0, -1)).toEqual(words);
      }),
      { numRuns: 30 },
    );
  });

  it("lets nothing through that acts on a terminal", () => {
    expect(Shell.line("a\u001b[2Jb\nc")).toBe("'ab\ufffdc'");
  });
});

describe("Shell.called", () => {
  it("names the orchestrator where it is on the PATH", () => {
    expect(Shell.called({})).toBe("orchestrator");
    expect(Shell.called({ npm_config_user_agent: "npm/11.0.0 node/v24.0.0" })).toBe("orchestrator");
  });

  it("goes through pnpm where pnpm started it, by a script or not", () => {
    const environment = { npm_config_user_agent: "pnpm/12.21.0 npm/? node/v24.21.0 linux x64" };
    const called = "npx -y pnpm@12.21.0 exec orchestrator";
    expect(Shell.called(environment)).toBe(called);
    expect(Shell.called({ ...environment, npm_command: "run-script" })).toBe(called);
  });

  it("goes through npx where npm started it, and never fetches a package", () => {
    const environment = { npm_config_user_agent: "npm/11.0.0 node/v24.0.0", npm_command: "exec" };
    expect(Shell.called(environment)).toBe("npx --no orchestrator");
  });
});
