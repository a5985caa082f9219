import { assert, describe, it } from "@effect/vitest";
import * as Result from "effect/Result";
import * as v from "valibot";
import * as DataFile from "../src/DataFile.ts";
import { mapping, text } from "../src/DataSchema.ts";

const kind: DataFile.Kind = { noun: "settings file", example: "write name: x" };

const wrong = (content: string, file: string): ReadonlyArray<string> =>
  Result.match(DataFile.parse(content, file, kind), {
    onSuccess: () => [],
    onFailure: (problems) => problems.map((problem) => DataFile.line(file, problem)),
  });

describe("a file of plain data", () => {
  it("gives its value with the places of its parts", () => {
    const source = Result.getOrThrow(DataFile.parse("a:\n  - b: 1\n", "x.yaml", kind));
    assert.deepStrictEqual(source.located.value, { a: [{ b: 1 }] });
    const offset = DataFile.offsetAt(source, ["a", 0, "b"]);
    assert.deepStrictEqual(source.positionOf(offset), { line: 2, column: 8 });
  });

  it("is told by its kind where it is none", () => {
    assert.deepStrictEqual(wrong("", "x.yaml"), ["x.yaml:1:1  the file is empty; write name: x"]);
    assert.deepStrictEqual(wrong("a: 1", "x.toml"), [
      "x.toml  a settings file must end in .yaml, .yml or .json; rename it",
    ]);
  });

  it("says where a schema does not hold, in the order of the file", () => {
    const source = Result.getOrThrow(DataFile.parse('{"nmae": 1,\n"name": 2}', "x.json", kind));
    const { issues = [] } = v.safeParse(
      mapping({ name: text() }, "settings"),
      source.located.value,
    );
    const problems = source.place(DataFile.issues(source, issues));
    assert.deepStrictEqual(
      problems.map((problem) => DataFile.line("x.json", problem)),
      [
        'x.json:1:2  nmae: unknown key; allowed are name; did you mean "name"?',
        'x.json:2:9  name: must be text, found the number 2; put it in quotes: "2"',
      ],
    );
  });
});
