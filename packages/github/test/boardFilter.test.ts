import { assert, describe, expect, it } from "@effect/vitest";
import * as Result from "effect/Result";
import { criteria, isMet, isRefuted } from "../src/internal/boardFilter.ts";
import type { Field } from "../src/internal/queries/boardFields.ts";
import { issue } from "./support/facts.ts";

const field = (name: string, dataType: string, options?: ReadonlyArray<string>): Field => ({
  name,
  dataType,
  options,
});
const fields = [
  field("Title", "TITLE"),
  field("Status", "SINGLE_SELECT", ["Ready", "Done"]),
  field("Points", "NUMBER"),
  field("Labels", "LABELS"),
  field("Assignees", "ASSIGNEES"),
];

const on = (stated: Record<string, ReadonlyArray<string>>) =>
  criteria("acme project 1", fields, stated);
const one = (stated: Record<string, ReadonlyArray<string>>) => {
  const found = Result.getOrThrow(on(stated))[0];
  assert(found !== undefined);
  return found;
};
const refusal = (stated: Record<string, ReadonlyArray<string>>): string => {
  const found = on(stated);
  assert(Result.isFailure(found));
  return found.failure.message;
};

describe("criteria", () => {
  it("finds fields and options in any case", () => {
    const found = one({ STATUS: ["ready", "DONE"] });
    expect(found.field.name).toBe("Status");
    expect([...found.values]).toEqual(["ready", "done"]);
  });

  it("names the fields there are for one that is not there", () => {
    expect(refusal({ Sprint: ["1"] })).toBe(
      'acme project 1 has no field "Sprint": filter by one of "Title", "Status", "Points", "Labels"',
    );
  });

  it("names the options there are for one that is not there", () => {
    expect(refusal({ Status: ["Todo"] })).toBe(
      'Status "Todo" is not on acme project 1: it has "Ready", "Done"',
    );
  });

  it("says which fields can be filtered by for one that cannot", () => {
    expect(refusal({ Assignees: ["ada"] })).toContain(
      'cannot be filtered by its field "Assignees"',
    );
  });
});

describe("isMet", () => {
  it("compares names in any case and numbers as people write them", () => {
    expect(isMet(one({ Status: ["ready"] }), { Status: "Ready" }, undefined)).toBe(true);
    expect(isMet(one({ Status: ["ready"] }), { Status: "Done" }, undefined)).toBe(false);
    expect(isMet(one({ Points: ["3"] }), { Points: 3 }, undefined)).toBe(true);
  });

  it("is false for an item without the value", () => {
    expect(isMet(one({ Status: ["Ready"] }), {}, undefined)).toBe(false);
  });

  it("reads from the issue what the board only repeats", () => {
    const labelled = issue(1, { labels: ["bug", "Urgent"] });
    expect(isMet(one({ Labels: ["urgent"] }), {}, labelled)).toBe(true);
    expect(isMet(one({ Labels: ["urgent"] }), {}, undefined)).toBe(false);
  });
});

describe("isRefuted", () => {
  it("speaks only of values that are known", () => {
    const ready = one({ Status: ["Ready"] });
    expect(isRefuted(ready, { Status: "Done" })).toBe(true);
    expect(isRefuted(ready, { Status: "Ready" })).toBe(false);
    expect(isRefuted(ready, {})).toBe(false);
    expect(isRefuted(one({ Labels: ["bug"] }), {})).toBe(false);
  });
});
