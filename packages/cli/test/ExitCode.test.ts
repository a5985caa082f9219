import { Journal, Operator, Orchestrator, PlanProblem } from "@orchestrator/core";
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
      new Journal.JournalError({ operation: "append", run: "r", reason: "Failed", message: "" }),
      74,
    ],
    [
      "a journal that did not answer",
      new Journal.JournalError({ operation: "append", run: "r", reason: "Unclear", message: "" }),
      74,
    ],
    [
      "a journal that is damaged",
      new Journal.JournalError({ operation: "read", run: "r", reason: "Damaged", message: "" }),
      65,
    ],
    [
      "a journal of a later version",
      new Journal.JournalError({ operation: "open", run: "r", reason: "TooNew", message: "" }),
      78,
    ],
    ["a run that another process works on", new Journal.RunLocked({ run: "r" }), 75],
    ["a run that is not there", new Orchestrator.RunNotFound({ run: "r" }), 66],
    ["a decision that cannot be", new Operator.ChangeRefused({ message: "" }), 65],
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

  it("tells of agent runs that nobody asked for, whatever came out", () => {
    const refs = [
      { agent: "codegen", id: "1" },
      { agent: "codegen", id: "2" },
    ];
    const duplicate = { _tag: "LaunchDuplicated", at: 0, task: "a", attempt: 1, refs } as const;
    expect(ExitCode.ofRun("succeeded", { duplicates: [duplicate] })).toBe(5);
  });
});
