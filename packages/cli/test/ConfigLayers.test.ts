import { describe, expect, it } from "@effect/vitest";
import * as fc from "fast-check";
import * as ConfigLayers from "../src/config/ConfigLayers.ts";

const keys = fc.constantFrom("a", "b", "c");
const leaf = fc.oneof(fc.integer(), fc.constant(null), fc.array(fc.integer(), { maxLength: 2 }));
const { tree } = fc.letrec((tie) => ({
  tree: fc.dictionary(keys, fc.oneof({ depthSize: "small" }, leaf, tie("tree"))),
}));

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every path of a value that ends in no mapping. */
const paths = (value: unknown, path: ReadonlyArray<string> = []): Array<ReadonlyArray<string>> =>
  isMapping(value)
    ? Object.entries(value).flatMap(([key, inner]) => paths(inner, [...path, key]))
    : [path];

describe("layers", () => {
  it("have each value of what they are merged to, in the last layer that says it", () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 4 }), (values) => {
        const layers = values.map((value, index) => ({ value, index }));
        const merged = ConfigLayers.merge(layers);
        for (const path of paths(merged).filter(({ length }) => length > 0)) {
          const value = ConfigLayers.at(merged, path);
          const origin = ConfigLayers.originOf(layers, path);
          expect(ConfigLayers.at(origin?.value, path)).toEqual(value);
          const later = layers.slice(origin!.index + 1);
          expect(later.every((layer) => ConfigLayers.at(layer.value, path) === undefined)).toBe(
            true,
          );
        }
      }),
    );
  });

  it("are merged alike in one step and in several", () => {
    fc.assert(
      fc.property(tree, tree, tree, (a, b, c) => {
        const of = (...values: ReadonlyArray<unknown>) =>
          ConfigLayers.merge(values.map((value) => ({ value })));
        expect(of(of(a, b), c)).toEqual(of(a, b, c));
      }),
    );
  });

  it("know nothing of what objects inherit", () => {
    expect(ConfigLayers.at({}, ["toString"])).toBeUndefined();
  });
});
