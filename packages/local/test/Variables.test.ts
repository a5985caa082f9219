import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "@effect/vitest";
import * as Result from "effect/Result";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect } from "vitest";
import * as Variables from "../src/Variables.ts";

const lookup = Variables.lookupIn([
  {
    task: "a",
    outcome: "Succeeded",
    output: { url: "http://x", n: 1, deep: { list: ["p", { q: null }] }, "v.1": "dotted" },
  },
  { task: "a.b-c", outcome: "Succeeded", output: "whole" },
  { task: "failed", outcome: "Failed", output: undefined },
  { task: "evil", outcome: "Succeeded", output: { nul: "a\0b", quote: "it's $(x)" } },
]);

const { fill: fillTexts } = Variables;
const fill = (text: string, place?: Variables.Place) => Variables.substitute(text, lookup, place);
const error = (text: string, place?: Variables.Place) =>
  Result.getOrThrow(Result.flip(fill(text, place)));

describe("a reference", () => {
  it.each([
    ["no reference", "no reference"],
    ["go to {{ tasks.a.output.url }}!", "go to http://x!"],
    ["{{tasks.a.output.n}}{{tasks.a.output.n}}", "11"],
    ["{{ tasks.a.output.deep }}", '{"list":["p",{"q":null}]}'],
    ["{{ tasks.a.output.deep.list.0 }}", "p"],
    ["{{ tasks.a.output.deep.list.1.q }}", "null"],
    ["{{ tasks.a.output.v.1 }}", "dotted"],
    ["{{ tasks.a.b-c.output }}", "whole"],
    ["\\{{ .State }} {{ tasks.a.output.n }}", "{{ .State }} 1"],
    ["a } b }} { c", "a } b }} { c"],
  ])("in %j becomes %j", (text, filled) => {
    expect(fill(text)).toEqual(Result.succeed(filled));
  });

  it("is not looked for in a value that was put in", () => {
    const nested = Variables.lookupIn([
      { task: "a", outcome: "Succeeded", output: { x: "{{ tasks.a.output.x }}" } },
    ]);
    expect(Variables.substitute("{{ tasks.a.output.x }}", nested)).toEqual(
      Result.succeed("{{ tasks.a.output.x }}"),
    );
  });

  it.each([
    [
      "{{ env.HOME }}",
      "Malformed",
      "is not known; allowed is {{ tasks.<id>.output.<name> }}; for a literal {{ write \\{{",
    ],
    ["{{ tasks.a.result.x }}", "Malformed", "is not known"],
    ["{{ }}", "Malformed", "is not known"],
    ["x {{ tasks.a.output.url", "Malformed", "is not closed by }}"],
    [
      "{{ tasks.zz.output.x }}",
      "UnknownTask",
      'task "zz" is not a dependency of this task; add it to dependsOn',
    ],
    [
      "{{ tasks.failed.output.x }}",
      "NoOutput",
      'task "failed" left no output (it ended as Failed); let it write x=value',
    ],
    [
      "{{ tasks.a.output.ulr }}",
      "UnknownName",
      'has no "ulr"; there are "url", "n", "deep", "v.1"; did you mean "url"?',
    ],
    ["{{ tasks.a.output.deep.lost }}", "UnknownName", 'there are "list"; did you mean "list"?'],
    ["{{ tasks.a.output.n.x }}", "UnknownName", "there are no names in it"],
    ["{{ tasks.a.output.constructor }}", "UnknownName", 'has no "constructor"'],
    ["{{ tasks.a.output.deep.list.length }}", "UnknownName", 'there are "0", "1"'],
    ["{{ tasks.evil.output.nul }}", "Unusable", "holds a NUL character"],
  ])("%s has no value", (text, reason, message) => {
    const failure = error(text);
    expect(failure.reason).toBe(reason);
    expect(failure.message).toContain(message);
  });

  it("says which task, which name and which names exist", () => {
    const { task, name, known, reference } = error("see {{ tasks.a.output.deep.x }}");
    expect({ task, name, known, reference }).toEqual({
      task: "a",
      name: "deep.x",
      known: ["list"],
      reference: "{{ tasks.a.output.deep.x }}",
    });
  });

  it("is found with its place", () => {
    expect(Variables.references("\\{{ no }} {{ tasks.a.b.output.c.d }}")).toEqual(
      Result.succeed([
        { task: "a.b", name: "c.d", text: "{{ tasks.a.b.output.c.d }}", offset: 10 },
      ]),
    );
  });

  it("is filled in every text of a task, quoted only for the shell", () => {
    const text = "{{ tasks.evil.output.quote }}";
    expect(fillTexts({ prompt: text, run: `echo ${text}`, env: { A: text } }, lookup)).toEqual(
      Result.succeed({
        prompt: "it's $(x)",
        run: "echo 'it'\\''s $(x)'",
        env: { A: "it's $(x)" },
      }),
    );
    expect(fillTexts({ run: ["echo", text] }, lookup)).toEqual(
      Result.succeed({ run: ["echo", "it's $(x)"] }),
    );
  });
});

describe("a reference in a command line for the shell", () => {
  const reference = "{{ tasks.a.output.n }}";

  it.each([
    ["echo @", "echo '1'"],
    ["cp --to=@/x \"$HOME/${DIR}\" 'y' @", "cp --to='1'/x \"$HOME/${DIR}\" 'y' '1'"],
    ["# don't\necho @", "# don't\necho '1'"],
    ['x=$(echo @) && echo a#b @ \\\' "\\"" @', "x=$(echo '1') && echo a#b '1' \\' \"\\\"\" '1'"],
    ["echo a \\\n @", "echo a \\\n '1'"],
  ])("is one word: %j", (text, filled) => {
    expect(fill(text.replaceAll("@", reference), "shell")).toEqual(Result.succeed(filled));
  });

  it.each([
    ["echo '@'", "inside single quotes"],
    ['echo "@"', "inside double quotes"],
    ["echo # @", "in a comment"],
    ["echo a \\\n# @", "in a comment"],
    ["echo `x` @", "after a backtick"],
    ['echo "$(echo "@")"', 'after "$(" in double quotes'],
    ["echo ${x:-@}", 'after "${" with an operator'],
    ["echo $'it\\'s' @", "after $'"],
    ["cat <<END\n@\nEND", 'after "<<"'],
    ["echo $((1 + @))", 'after "(("'],
  ])("is refused where quotes do not hold: %j", (text, where) => {
    const failure = error(text.replaceAll("@", reference), "shell");
    expect(failure.reason).toBe("Quoted");
    expect(failure.message).toContain(`stands ${where},`);
  });

  describe("for a real shell", () => {
    let folder = "";
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "variables-"));
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    it("never runs what an output says", () => {
      const pieces = [
        "'",
        '"',
        "`",
        "$(",
        ")",
        "(",
        "#",
        " ",
        "\n",
        "\\",
        "a",
        "<<E\n",
        "${x}",
        "${x:-",
        "}",
        ";",
        "$'",
        "{",
        "}",
        "@",
        "@",
        '"$(a "',
        "a # '",
        '"${x:-"',
        '"`a "',
        "$((",
        "cat <<'E'\n",
      ];
      const evil = ">c '>c' \">c\" `>c` $(>c) '$(>c)' \n>c\n;>c #' >c \\' >c \\\n>c\nE\n>c\n";
      const values = Variables.lookupIn([{ task: "a", outcome: "Succeeded", output: { n: evil } }]);
      let accepted = 0;
      fc.assert(
        fc.property(
          fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 10 }),
          (parts) => {
            const text = [...parts, "@"].join("").replaceAll("@", reference);
            const filled = Variables.substitute(text, values, "shell");
            if (Result.isFailure(filled)) return;
            accepted++;
            spawnSync("/bin/sh", ["-c", filled.success], { cwd: folder, env: {}, timeout: 10_000 });
            expect(existsSync(join(folder, "c"))).toBe(false);
          },
        ),
        { numRuns: 500 },
      );
      expect(accepted).toBeGreaterThan(50);
    });
  });
});
