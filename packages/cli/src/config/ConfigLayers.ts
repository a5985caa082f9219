/** What several places say together: the later one wins, key by key. */

type Path = ReadonlyArray<string | number>;

/** What one place says. */
export interface Layer {
  readonly value: unknown;
}

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Mappings are merged, anything else is replaced.
 *
 * Null takes back what was said before, but for mappings: a section without a
 * line in it says nothing.
 */
export const merge = (layers: ReadonlyArray<Layer>): unknown =>
  layers.reduce<unknown>((before, { value }) => over(before, value), {});

const over = (before: unknown, after: unknown): unknown => {
  if (!isMapping(before)) return after;
  if (after === null || after === undefined) return before;
  if (!isMapping(after)) return after;
  const merged: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(after)) merged[key] = over(merged[key], value);
  return merged;
};

/** The value at a path; undefined if there is none. */
export const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, key)
        ? Reflect.get(inner, key)
        : undefined,
    value,
  );

/** The place whose word counts for a path, or for the nearest value around it; `whole` is what all come to. */
export const originOf = <L extends Layer>(
  layers: ReadonlyArray<L>,
  path: Path,
  whole: unknown = merge(layers),
): L | undefined => {
  const merged = at(whole, path);
  const isStated = ({ value }: Layer): boolean => {
    const own = at(value, path);
    return own !== undefined && (own !== null || !isMapping(merged));
  };
  const own = layers.findLast(isStated);
  return own !== undefined || path.length === 0 ? own : originOf(layers, path.slice(0, -1), whole);
};

/** A mapping with one value at a path in it. */
export const around = (path: ReadonlyArray<string>, value: unknown): unknown =>
  path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
