import { assert, describe, it } from "@effect/vitest";
import { FrontMatter } from "@orchestrator/github";
import * as fc from "fast-check";

const values = (text: string) =>
  Object.fromEntries([...FrontMatter.read(text).values].map(([key, { value }]) => [key, value]));

describe("FrontMatter", () => {
  it("takes the values off the body and says on which line each stood", () => {
    const read = FrontMatter.read("---\npriority: 3\n\nclaims: [src/**]\n---\n\nThe text.\n");
    assert.deepStrictEqual(
      [...read.values],
      [
        ["priority", { value: 3, line: 2 }],
        ["claims", { value: ["src/**"], line: 4 }],
      ],
    );
    assert.deepStrictEqual([read.body, read.line, read.problems], ["\nThe text.\n", 6, []]);
  });

  it("reads a comment, which the rendered issue does not show", () => {
    const read = FrontMatter.read("\r\n<!-- orchestrator\r\nagent: codegen\r\n-->\r\nThe text.");
    assert.deepStrictEqual([...read.values], [["agent", { value: "codegen", line: 3 }]]);
    assert.deepStrictEqual([read.body, read.line], ["\r\nThe text.", 4]);
    assert.deepStrictEqual(values("<!--orchestrator a: 1 -->"), { a: 1 });
    assert.deepStrictEqual(FrontMatter.read("<!-- orchestrator -->x").body, "x");
  });

  it.each([
    "",
    "The text.\n---\npriority: 3\n---\n",
    "---\nA text between rules.\n---\n",
    "---\nNote: this - is: not YAML, [but a text\n",
    "---\n- a list\n---\n",
    "----\npriority: 3\n----\n",
    "<!-- orchestrators -->",
    "<!-- another comment -->\n<!-- orchestrator\npriority: 3\n-->",
    `---\na: ${"x".repeat(20_000)}\n---\n`,
  ])("leaves a body alone that does not begin with values: %j", (text) => {
    assert.deepStrictEqual(FrontMatter.read(text), {
      values: new Map(),
      body: text,
      line: 1,
      problems: [],
    });
  });

  it.each([
    ["an alias", "a: &x 1\nb: *x", 3, "an alias (*) is not allowed; write the value out"],
    ["a tag", "a: !!js/function x", 2, "not valid YAML: Unresolved tag"],
    ["a key given twice", "a: 1\nb: 2\na: 3", 4, "not valid YAML: Map keys must be unique"],
    [
      "the same key as text and number",
      '1: a\n"1": b',
      3,
      "not valid YAML: Map keys must be unique",
    ],
    ["broken YAML", "a: [1", 2, "not valid YAML: "],
    ["a key that is a list", "? [a]\n: 1", 2, "a key must be text"],
    [
      "too deep a list",
      `a: ${"[".repeat(12)}${"]".repeat(12)}`,
      2,
      "nested more than 8 levels deep",
    ],
  ])("refuses %s and says where", (_, yaml, line, message) => {
    for (const text of [`---\n${yaml}\n---\nText`, `<!-- orchestrator\n${yaml}\n-->Text`]) {
      const { body, problems, values: found } = FrontMatter.read(text);
      assert.strictEqual(problems.length, 1, text);
      assert.isAtLeast(problems[0]!.line, line);
      assert.include(problems[0]!.message, message);
      assert.deepStrictEqual([body, found.size], ["Text", 0]);
    }
  });

  it("refuses a comment that is never closed, and one without values", () => {
    assert.include(FrontMatter.read("<!-- orchestrator\na: 1").problems[0]?.message, "not closed");
    assert.include(
      FrontMatter.read("<!-- orchestrator\njust text\n-->").problems[0]?.message,
      'values must stand as "priority: high"',
    );
  });

  it("takes merge keys and prototypes for plain keys", () => {
    const read = values(
      "---\n<<: { a: 1 }\n__proto__: { b: 2 }\nc: { __proto__: { d: 3 } }\n---\n",
    );
    assert.deepStrictEqual(Object.keys(read), ["<<", "__proto__", "c"]);
    assert.isUndefined((read["c"] as { readonly d?: unknown }).d);
    assert.isUndefined(({} as { readonly b?: unknown }).b);
  });

  it("survives brackets thousands deep", () => {
    const [problem] = FrontMatter.read(`<!-- orchestrator\na: ${"[".repeat(15_000)}\n-->`).problems;
    assert.include(problem?.message, "not valid YAML");
  });

  it("never throws, and its body is the end of the text", () => {
    const pieces = [
      "---\n",
      "<!-- orchestrator\n",
      "-->",
      "a: ",
      "- ",
      "[",
      "{",
      "&a",
      "*a",
      "!!x",
      ": ",
      '"',
      "\n",
    ];
    const part = fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(fc.constantFrom(...pieces), fc.array(part), (start, parts) => {
        const text = start + parts.join("");
        const { body, line } = FrontMatter.read(text);
        assert.isTrue(text.endsWith(body));
        const before = text.slice(0, text.length - body.length);
        assert.strictEqual(line, before.split(/\r\n|\r|\n/).length);
      }),
      { numRuns: 1000 },
    );
  });
});
