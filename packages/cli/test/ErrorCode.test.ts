import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Git } from "@orchestrator/local";
import { describe, expect, it } from "@effect/vitest";
import * as CliError from "effect/cli/CliError";
import * as ErrorCode from "../src/ErrorCode.ts";
import * as ErrorText from "../src/ErrorText.ts";
import { MissingPlan } from "../src/plan/PlanChoice.ts";

const sources = join(import.meta.dirname, "../src");

/** The tags of the errors that the command itself makes and that are told. */
const tags = readdirSync(sources, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .flatMap((name) => {
    const classes = readFileSync(join(sources, name), "utf8")
      .split(/^export class /m)
      .slice(1);
    const told = classes.filter((text) => !text.includes("[Runtime.errorReported] = false"));
    return told.flatMap((text) => /TaggedError<\w+>\(\)\(\s*"(\w+)"/.exec(text)?.[1] ?? []);
  });

describe("ErrorCode", () => {
  it("has a row for every error of the command", () => {
    expect(tags.length).toBeGreaterThan(25);
    expect(tags.filter((tag) => !(tag in ErrorCode.rows))).toEqual([]);
  });

  it("has codes in kebab-case, and something to try with each", () => {
    for (const { code, fix } of Object.values(ErrorCode.rows)) {
      expect(code).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
      expect(fix).toMatch(/^[A-Z]/);
    }
  });

  it("documents every code", () => {
    const guide = readFileSync(join(sources, "../../../docs/guides/errors.md"), "utf8");
    const all = [...Object.values(ErrorCode.rows), ErrorCode.bug, ErrorCode.outputLost];
    expect(all.filter(({ code }) => !guide.includes(`| \`${code}\``))).toEqual([]);
  });

  it.each([
    ["git-not-a-repository", new Git.GitError({ reason: "NotARepository", message: "" })],
    ["git-failed", new Git.GitError({ reason: "BranchInUse", message: "" })],
    ["plan-not-found", new MissingPlan({ file: "x" })],
    ["some-new-thing", Object.assign(new Error("?"), { _tag: "SomeNewThing" })],
    ["failed", new Error("?")],
    [
      "flag-missing",
      new CliError.ShowHelp({
        commandPath: [],
        errors: [new CliError.MissingOption({ option: "x" })],
      }),
    ],
  ])("calls %s what it is", (code, error) => {
    expect(ErrorCode.of(error).code).toBe(code);
  });
});

describe("ErrorText", () => {
  const told = { code: "no-plan", message: "there is none.\nLook\u001b[2J up", fix: "Write one." };

  it("puts the code at the end of the first line", () => {
    expect(ErrorText.text(told)).toBe("error: there is none. [no-plan]\nLook up");
    const message = "every run has ended. To go on: orchestrator retry --failed";
    expect(ErrorText.text({ ...told, message })).toBe(
      "error: every run has ended. [no-plan]\nTo go on: orchestrator retry --failed",
    );
  });

  it("is one line of JSON for programs, in which nothing acts on a terminal", () => {
    const line = ErrorText.json(told);
    expect(line).not.toMatch(/[\n\u001b]/);
    expect(JSON.parse(line)).toEqual({ error: told });
  });

  it.each([
    [["plan", "--json"], true],
    [["plan", "--json=true"], true],
    [["plan", "--", "--json"], false],
    [["plan", "--format", "json"], false],
  ])("knows from %j whether JSON is wanted", (args, expected) => {
    expect(ErrorText.isJson(args)).toBe(expected);
  });
});
