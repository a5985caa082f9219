import { describe, expect, it } from "@effect/vitest";
import * as Result from "effect/Result";
import * as TaskReference from "../src/operator/TaskReference.ts";

const ids = ["acme/Shop#12", "acme/shop#2", "acme/api#2", "api", "API", "Deploy"];

const find = (named: string) => Result.getOrElse(TaskReference.find(named, ids), (all) => [...all]);

describe("the name of a task", () => {
  it.each([
    ["api", "api"],
    ["API", "API"],
    ["deploy", "Deploy"],
    ["12", "acme/Shop#12"],
    ["#12", "acme/Shop#12"],
    [" acme/shop#12 ", "acme/Shop#12"],
    ["https://github.com/acme/shop/issues/12", "acme/Shop#12"],
    ["https://github.com/Acme/shop/issues/12#issuecomment-1", "acme/Shop#12"],
    ["https://ghe.example.org/acme/api/pull/2?w=1", "acme/api#2"],
  ])("is an id, or the number or the address of an issue: %s", (named, id) => {
    expect(find(named)).toBe(id);
  });

  it.each([
    ["2", ["acme/shop#2", "acme/api#2"]],
    ["Api", ["api", "API"]],
  ])("that fits several tasks gives all of them: %s", (named, all) => {
    expect(find(named)).toEqual(all);
  });

  it.each(["1", "#", "", "shop#12", "https://github.com/acme/shop/issues/12x", "deploys"])(
    "that fits none gives none: %s",
    (named) => {
      expect(find(named)).toEqual([]);
    },
  );

  it("that fits none is answered with the one that is spelled most like it", () => {
    const places = ["the run r1", "plan.yaml"];
    expect(TaskReference.unknown("Deplyo\u001b[2J", places, [], ids).message).toBe(
      'there is no task "Deplyo" in the run r1 or plan.yaml.',
    );
    expect(TaskReference.unknown("deplyo", places, [], ids).message).toBe(
      'there is no task "deplyo" in the run r1 or plan.yaml. Did you mean Deploy?',
    );
    expect(TaskReference.unknown("2", ["acme"], ["acme/shop#2", "acme/api#2"], ids).message).toBe(
      '"2" can be acme/shop#2, acme/api#2 in acme. Name one of them.',
    );
  });
});
