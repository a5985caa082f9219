/** The keys that a section may have, as plain data, so that whoever reads files can check them with their places. */
import type * as v from "valibot";

/** For each key: null if its value is looked at elsewhere, the keys in it, or those of each item of its list. */
export interface Keys {
  readonly [key: string]: Keys | readonly [Keys] | null;
}

type Shape = Keys | readonly [Keys] | null;

interface Parts {
  readonly type: string;
  readonly wrapped?: Parts;
  readonly item?: Parts;
  readonly entries?: Readonly<Record<string, Parts>>;
}

const shapeOf = (schema: Parts): Shape => {
  if (schema.wrapped !== undefined) return shapeOf(schema.wrapped);
  if (schema.entries !== undefined) return keysIn(schema.entries);
  if (schema.item === undefined) return null;
  const item = shapeOf(schema.item);
  return item === null || Array.isArray(item) ? null : [item as Keys];
};

const keysIn = (entries: Readonly<Record<string, Parts>>): Keys =>
  Object.fromEntries(Object.entries(entries).map(([key, schema]) => [key, shapeOf(schema)]));

/** The keys of an object's schema, to every depth. */
export const of = (schema: v.GenericSchema & { readonly entries: v.ObjectEntries }): Keys =>
  keysIn(schema.entries as unknown as Readonly<Record<string, Parts>>);

/** The keys that are allowed in the value at a path. */
export const at = (keys: Keys, path: ReadonlyArray<string | number>): ReadonlyArray<string> => {
  let inner: Shape = keys;
  for (const key of path) {
    const next: Shape | undefined =
      inner === null ? null : Array.isArray(inner) ? inner[0] : (inner as Keys)[key];
    inner = next ?? null;
  }
  return inner === null || Array.isArray(inner) ? [] : Object.keys(inner);
};
