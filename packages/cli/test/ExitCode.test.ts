import { Journal, PlanProblem } from "@orchestrator/core";
import { Git } from "@orchestrator/local";
import { describe, expect, it } from "@effect/vitest";
import * as CliError from "effect/cli/CliError";
import * as Exit from "effect/Exit";
import * as ExitCode from "../src/ExitCode.ts";

const wrongFlag = new CliError.MissingOption({ option: "x" });

describe("ExitCode", () => {
  it.each([
    ["a plan that cannot run", new PlanProblem.PlanInvalid({ problems: [] }), 65],
    ["git that is not there", new Git.GitError({ reason: "NotInstalled", message: "" }), 69],
    [
      "a journal that cannot be written",
      new Journal.JournalError({ operation: "append", run: "r", message: "" }),
      74,
    ],
    ["a wrong flag", new CliError.ShowHelp({ commandPath: [], errors: [wrongFlag] }), 2],
    ["a request for help", new CliError.ShowHelp({ commandPath: [], errors: [] }), 0],
    ["anything else", new Error("?"), 1],
  ])("has a code for %s", (_, error, code) => {
    expect(ExitCode.ofExit(Exit.fail(error))).toBe(code);
  });

  it("tells bugs from errors", () => {
    expect(ExitCode.ofExit(Exit.die(new Error("bug")))).toBe(70);
    expect(ExitCode.ofExit(Exit.void)).toBe(0);
  });

  it("tells what is held from what failed", () => {
    expect(
      ["succeeded", "failed", "held", "cancelled"].map((outcome) =>
        ExitCode.ofRun(outcome as Parameters<typeof ExitCode.ofRun>[0]),
      ),
    ).toEqual([0, 1, 3, 1]);
  });
});
