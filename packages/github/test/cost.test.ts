import { assert, describe, it } from "@effect/vitest";
import { costOf, withCost } from "../src/internal/cost.ts";

const asked = "orchestratorCost: rateLimit { cost limit remaining resetAt }";

describe("cost", () => {
  const rows = [
    ["a shorthand query", "{ a }", `{ ${asked} a }`],
    [
      "variables with defaults",
      "query Q($f: F = {a: 1}) { a }",
      `query Q($f: F = {a: 1}) { ${asked} a }`,
    ],
    ["directives", 'query @x(y: "{") { a }', `query @x(y: "{") { ${asked} a }`],
    ["comments", "# { }\nquery { a }", `# { }\nquery { ${asked} a }`],
    [
      "fragments before the operation",
      'fragment F on Issue { body(x: """a " }""") { b } } query { a { ...F } }',
      `fragment F on Issue { body(x: """a " }""") { b } } query { ${asked} a { ...F } }`,
    ],
    ["a field called fragment", "query { fragment { a } }", `query { ${asked} fragment { a } }`],
    ["what is no query", "hello", "hello"],
  ] as const;
  for (const [what, query, expected] of rows) {
    it(`is asked for in a query with ${what}`, () => {
      assert.strictEqual(withCost(query), expected);
    });
  }

  it("is taken out of the answer", () => {
    const given = { a: 1, orchestratorCost: { cost: 2 } };
    assert.deepStrictEqual(costOf(given), { points: 2, data: { a: 1 } });
    assert.deepStrictEqual(costOf({ a: 1, orchestratorCost: null }), {
      points: undefined,
      data: { a: 1 },
    });
  });
});
