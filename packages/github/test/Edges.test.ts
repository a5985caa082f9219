import { describe, expect, it } from "@effect/vitest";
import type { Task } from "@orchestrator/core";
import * as Edges from "../src/Edges.ts";

const stated = (on: string, source: string, until?: Task.Gate): Edges.Statement => ({
  on,
  until,
  source,
  isNegated: false,
});
const denied = (on: string, source: string): Edges.Statement => ({
  ...stated(on, source),
  isNegated: true,
});
const merge = (...statements: ReadonlyArray<Edges.Statement>) =>
  Edges.merge(statements, (id) => id.toLowerCase());

describe("Edges", () => {
  it("makes one edge of what several places state, with all of them", () => {
    const { conflicts, edges } = merge(
      stated("acme/shop#1", "body line 2"),
      stated("acme/shop#2", "body line 3"),
      stated("Acme/Shop#1", "blocked by"),
    );
    expect(edges).toEqual([
      { on: "acme/shop#1", until: undefined, sources: ["body line 2", "blocked by"] },
      { on: "acme/shop#2", until: undefined, sources: ["body line 3"] },
    ]);
    expect(conflicts).toEqual([]);
  });

  it("names a place once, however often it says the same", () => {
    const { edges } = merge(stated("a/b#1", "body line 2"), stated("a/b#1", "body line 2"));
    expect(edges[0]!.sources).toEqual(["body line 2"]);
  });

  it("takes the one gate that is stated, whatever else states none", () => {
    const { conflicts, edges } = merge(
      stated("a/b#1", "blocked by"),
      stated("a/b#1", "body line 2", "pr-open"),
    );
    expect(edges[0]!.until).toBe("pr-open");
    expect(conflicts).toEqual([]);
  });

  it("takes the strongest of several gates and tells of the others", () => {
    const { conflicts, edges } = merge(
      stated("a/b#1", "body line 2", "checks-green"),
      stated("a/b#1", "body line 3", "agent-ended"),
    );
    expect(edges[0]!.until).toBe("checks-green");
    expect(conflicts).toEqual([
      { kind: "gates", edge: edges[0], against: ["agent-ended", "checks-green"] },
    ]);
  });

  it("keeps an edge that is also denied and tells of it", () => {
    const { conflicts, edges } = merge(
      denied("a/b#1", "comment by ada line 1"),
      stated("a/b#1", "body line 2"),
    );
    expect(edges).toEqual([{ on: "a/b#1", until: undefined, sources: ["body line 2"] }]);
    expect(conflicts).toEqual([
      { kind: "denied", edge: edges[0], against: ["comment by ada line 1"] },
    ]);
  });

  it("makes nothing of a denial alone", () => {
    expect(merge(denied("a/b#1", "body line 2"))).toEqual({ edges: [], conflicts: [] });
  });

  it("names five places in words and counts the rest", () => {
    const lines = Array.from({ length: 7 }, (_, line) => `body line ${line + 1}`);
    expect(Edges.provenance(lines.slice(0, 2))).toBe("body line 1, body line 2");
    expect(Edges.provenance(lines)).toBe(`${lines.slice(0, 5).join(", ")} and 2 more`);
  });
});
