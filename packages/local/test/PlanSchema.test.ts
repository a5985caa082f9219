import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "@effect/vitest";
import { Ajv } from "ajv";
import * as Result from "effect/Result";
import { expect } from "vitest";
import * as Yaml from "yaml";
import { planJsonSchema } from "../scripts/planJsonSchema.ts";
import * as PlanFile from "../src/PlanFile.ts";

const folder = (path: string) => new URL(path, import.meta.url);
const published = JSON.parse(readFileSync(folder("../schema/plan.schema.json"), "utf8")) as object;
const fixtures = (kind: string) =>
  readdirSync(folder(`fixtures/plans/${kind}`)).map((name) => ({
    name,
    text: readFileSync(folder(`fixtures/plans/${kind}/${name}`), "utf8"),
  }));

describe("the published JSON Schema", () => {
  const accepts = new Ajv({ strict: false }).compile(published);

  it("is the one that the reader's own schema gives (node scripts/plan-schema.mjs)", () => {
    expect(planJsonSchema()).toEqual(published);
  });

  it("says something about every key", () => {
    const undescribed: Array<string> = [];
    const visit = (json: unknown, path: string): void => {
      if (typeof json !== "object" || json === null) return;
      for (const [key, value] of Object.entries(json)) {
        if (key === "anyOf" && path === "") continue;
        if (key === "properties") {
          for (const [name, property] of Object.entries(value as Record<string, object>)) {
            if (!("description" in property)) undescribed.push(`${path}.${name}`);
          }
        }
        visit(value, `${path}.${key}`);
      }
    };
    visit(published, "");
    expect(undescribed).toEqual([]);
  });

  it.each(fixtures("good"))("accepts $name, and so does the reader", ({ name, text }) => {
    expect(accepts(Yaml.parse(text))).toBe(true);
    expect(Result.isSuccess(PlanFile.parse(text, name))).toBe(true);
  });

  it.each(fixtures("bad"))("refuses $name, and so does the reader", ({ name, text }) => {
    expect(accepts(Yaml.parse(text))).toBe(false);
    expect(Result.isFailure(PlanFile.parse(text, name))).toBe(true);
  });
});
