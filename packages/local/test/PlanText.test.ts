import { describe, it } from "@effect/vitest";
import * as fc from "fast-check";
import * as Yaml from "yaml";
import { expect } from "vitest";
import * as JsonText from "../src/plan/JsonText.ts";
import { forbiddenKeys, type Located, positions, valueOffset } from "../src/plan/SourceText.ts";
import { closest } from "../src/plan/Suggest.ts";
import * as YamlText from "../src/plan/YamlText.ts";

const json = fc
  .jsonValue({ maxDepth: 5 })
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown)
  .filter((value) => ![...forbiddenKeys].some((key) => JSON.stringify(value).includes(key)))
  .filter((value) => !JSON.stringify(value).includes("\\u0000"));

/** Reads every value again from the place where it is said to begin. */
const checkPlaces = (text: string, located: Located, value: unknown, at: number): void => {
  const rest = text.slice(at);
  const start = Array.isArray(value) ? "[" : typeof value === "object" && value !== null ? "{" : "";
  expect(rest.startsWith(start === "" ? JSON.stringify(value) : start)).toBe(true);
  if (start === "") return;
  for (const [key, item] of Object.entries(value as object)) {
    checkPlaces(text, located, item, valueOffset(located, value, key)!);
  }
};

describe("JSON text", () => {
  it("is read as JSON.parse reads it, and every value is where it is said to be", () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 2, "\t"), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        const { located, problems } = JsonText.read(text);
        expect(problems).toEqual([]);
        expect(located?.value).toEqual(value);
        checkPlaces(text, located!, located!.value, located!.offset);
      }),
    );
  });

  it("is refused exactly where JSON.parse refuses it", () => {
    const pieces = [
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      '"b\\n"',
      "1",
      "-0.5e3",
      "01",
      "true",
      "nul",
      " ",
      "\n",
      "'",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 8 }), (parts) => {
        const text = parts.join("");
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        expect(JsonText.read(text).located !== undefined).toBe(valid);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("YAML text", () => {
  it("is read as it was written", () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = Yaml.stringify(value, { aliasDuplicateObjects: false });
        const { located, problems } = YamlText.read(text);
        expect(problems).toEqual([]);
        expect(located?.value).toEqual(JSON.parse(JSON.stringify(Yaml.parse(text))));
      }),
    );
  });

  it("gives the same places as JSON for a text that is both", () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = JSON.stringify(value);
        const { located } = YamlText.read(text);
        checkPlaces(text, located!, located!.value, located!.offset);
      }),
    );
  });
});

describe("a position", () => {
  it("counts lines and columns from 1", () => {
    const positionOf = positions("ab\n\ncd");
    expect([0, 1, 2, 3, 4, 5, 6].map(positionOf)).toEqual([
      { line: 1, column: 1 },
      { line: 1, column: 2 },
      { line: 1, column: 3 },
      { line: 2, column: 1 },
      { line: 3, column: 1 },
      { line: 3, column: 2 },
      { line: 3, column: 3 },
    ]);
  });
});

describe("a suggestion", () => {
  it("is the closest word", () => {
    expect(closest("promt", ["priority", "prompt", "run"])).toBe("prompt");
    expect(closest("dependson", ["dependsOn"])).toBe("dependsOn");
    expect(closest("rnu", ["env", "run"])).toBe("run");
    expect(closest("other", ["env", "run"])).toBeUndefined();
    expect(closest("run", ["run"])).toBeUndefined();
  });
});
