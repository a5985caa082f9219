import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@effect/vitest";
import { examples, filesIn, runProgram } from "./support.ts";

const checks: Record<string, (stdout: string) => void> = {
  "promise.ts": (stdout) =>
    expect(lines(stdout)).toEqual([
      "parser: Succeeded",
      "printer: Succeeded",
      "formatter: Succeeded",
      "succeeded: 3 of 3 tasks",
      "the formatter is parser + printer + formatter",
      "the endless run: cancelled",
    ]),
  "effect.ts": (stdout) =>
    expect(lines(stdout)).toEqual([
      'succeeded: {"approved":["a draft of guide","a draft of reference"]}',
    ]),
  "actions.ts": (stdout) =>
    expect(lines(stdout)).toEqual([
      'succeeded: {"verdict":"2 of 3"}',
      'succeeded: {"verdict":"2 of 2"}',
      'plan.yaml:3:23  tasks[0].uses: "static-analyis.run" is no action; there are static-analysis.run, quality.gate; did you mean "static-analysis.run"?',
      'plan.yaml:4:55  tasks[1].with.findings: must be number, found "many"',
    ]),
  "workflow.ts": (stdout) =>
    expect(lines(stdout)).toEqual([
      'succeeded: {"said":["hello","you"]}',
      'the workflow "greet" cannot run with these parameters:',
      '- who: must be one of "you", "me", found the text "yu"; did you mean "you"?',
      "look/0 look/1 look split again/list",
      'succeeded: {"looked":[{"words":["a.ts"]},{"words":["b.ts"]}],"again":[{"words":["again","one"]},{"words":["again","two"]}],"verdict":["at","least","2"]}',
    ]),
  "session.ts": (stdout) =>
    expect(lines(stdout)).toEqual([
      "build: Succeeded",
      'deployed: {"to":"staging"}',
      "deploy: Succeeded",
      "ship of ada: succeeded",
      "the session is closed",
    ]),
  "discovery.ts": (stdout) => {
    const printed = lines(stdout);
    expect(printed.at(-1)).toBe("5 tasks succeeded");
    // The user adds a task while the agent works: either may be first.
    expect(printed.slice(0, -1).sort()).toEqual([
      'The new tasks were not added: Task "fix-more" depends on "fix-logn", which does not exist. Add that task or remove the dependency.',
      "survey added fix-login, fix-logout",
      "the user added announce",
      "the user added survey, release",
    ]);
  },
  "retries-and-timeouts.ts": (stdout) =>
    expect(lines(stdout)).toEqual([
      "flaky: Succeeded, attempts: 3",
      "  attempt 1 went wrong",
      "  attempt 2 went wrong",
      '  made it, after "attempt 2 went wrong"',
      "hopeless: Failed, attempts: 1",
      "  there is no such repository",
      "slow: Failed, attempts: 1",
      expect.stringContaining("did not end within 50ms"),
      "deploy: Skipped, attempts: 0",
    ]),
  "resources-and-claims.ts": (stdout) =>
    expect(lines(stdout)).toEqual([
      "6 of 6 tasks succeeded",
      "at most 2 trained and 1 wrote at the same time",
    ]),
  "results-and-progress.ts": (stdout) => {
    const printed = lines(stdout);
    const table = printed.findIndex((line) => line.startsWith("task_id,status,start_time"));
    expect(printed.slice(0, table).at(-1)).toBe("100 %");
    expect(printed.slice(table + 1)).toEqual([
      expect.stringMatching(/^fetch,succeeded,20/),
      expect.stringMatching(/^build,failed,20.*,'=1\+1 is no formula,/),
      expect.stringMatching(/^test,skipped,.*depends on build \(failed\)/),
      "1 of 3 succeeded",
    ]);
  },
  "durable.ts": (stdout) =>
    expect(lines(stdout)).toEqual([
      "first process: fetch",
      "first process: ended by SIGKILL",
      "build is held: The process in which function worked on it is gone: run it again?",
      "second process: build",
      "succeeded",
    ]),
  // Its behaviour is in CustomAgent.test.ts; by itself it only states an agent.
  "custom-agent.ts": (stdout) => expect(stdout).toBe(""),
};

const lines = (text: string): ReadonlyArray<string> =>
  text.split(/\r?\n/).filter((line) => line !== "");

const programs = filesIn(".", ".ts");

describe("programs", () => {
  it("are all checked", () => {
    expect(programs.toSorted()).toEqual(Object.keys(checks).sort());
  });

  it.for(Object.entries(checks))("%s prints what it promises", async ([name, check]) => {
    const { code, stderr, stdout } = await runProgram(name);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    check(stdout);
  });
});

describe("README.md", () => {
  it("lists every example", () => {
    const text = readFileSync(join(examples, "README.md"), "utf8");
    const all = [...programs, ...filesIn("plans", ".yaml").map((name) => `plans/${name}`)];
    const unlisted = [...all, "demo/plan.yaml"].filter((name) => !text.includes(`](${name})`));
    expect(unlisted).toEqual([]);
  });
});
