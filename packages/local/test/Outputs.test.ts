import { assert, describe, it } from "@effect/vitest";
import * as fc from "fast-check";
import * as Result from "effect/Result";
import * as Outputs from "../src/Outputs.ts";

const outputs = (text: string) => Result.getOrThrow(Outputs.parse(text));
const message = (text: string) => {
  const parsed = Outputs.parse(text);
  return Result.isFailure(parsed) ? parsed.failure.message : "no failure";
};

describe("Outputs", () => {
  it("has none in a blank file", () => {
    assert.strictEqual(outputs(""), undefined);
    assert.strictEqual(outputs(" \n\t\n"), undefined);
  });

  it("reads name=value lines, whatever the value holds and however lines end", () => {
    assert.deepStrictEqual(outputs("a=1\r\n\nb.c-d=x=y z \n_e="), {
      a: "1",
      "b.c-d": "x=y z ",
      _e: "",
    });
  });

  it("takes the last of two values with one name", () => {
    assert.deepStrictEqual(outputs("a=1\na=2\n"), { a: "2" });
  });

  it("reads a JSON object, also behind a byte order mark", () => {
    assert.deepStrictEqual(outputs('\uFEFF{"a":[1,{"b":null}]}\n'), { a: [1, { b: null }] });
  });

  it("refuses what is nested too deep for those who read it", () => {
    const nested = (levels: number) => `{"a":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    assert.include(message(nested(20_000)), "nested more than 200 levels deep");
    assert.property(outputs(nested(199)), "a");
  });

  it("keeps names of object internals as plain names", () => {
    const read = outputs("__proto__=x\nconstructor=y");
    assert.deepStrictEqual(Object.entries(read ?? {}), [
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
  });

  it("names the line that is not name=value", () => {
    assert.include(message("a=1\nhello world\n"), 'line 2 is not name=value: "hello world"');
    assert.include(message("=1"), "line 1");
    assert.include(message("a b=1"), "line 1");
  });

  it("refuses JSON that is broken or no object", () => {
    assert.include(message('{"a":'), "begins as JSON");
    assert.include(message("[1]"), "write an object");
  });

  it("reads back every set of names and one-line values", () => {
    const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,12}$/);
    const value = fc.string().map((text) => text.replaceAll(/[\r\n]/g, ""));
    fc.assert(
      fc.property(fc.dictionary(name, value, { minKeys: 1, noNullPrototype: true }), (expected) => {
        const text = Object.entries(expected)
          .map(([key, item]) => `${key}=${item}\n`)
          .join("");
        assert.deepStrictEqual(outputs(text), expected);
      }),
    );
  });

  it("reads back every JSON object", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }),
        (expected) => {
          const text = JSON.stringify(expected);
          assert.deepStrictEqual(outputs(text), JSON.parse(text));
        },
      ),
    );
  });
});
