/** A copy of an Int32Array with room for `needed` entries: exact for a big step, doubling for small ones. */
export const growInt32 = (
  array: Int32Array<ArrayBuffer>,
  needed: number,
): Int32Array<ArrayBuffer> => {
  if (needed <= array.length) return array;
  const grown = new Int32Array(Math.max(needed, array.length * 2));
  grown.set(array);
  return grown;
};

/** As `growInt32`, for bytes. */
export const growUint8 = (
  array: Uint8Array<ArrayBuffer>,
  needed: number,
): Uint8Array<ArrayBuffer> => {
  if (needed <= array.length) return array;
  const grown = new Uint8Array(Math.max(needed, array.length * 2));
  grown.set(array);
  return grown;
};

/** As `growInt32`, for doubles. */
export const growFloat64 = (
  array: Float64Array<ArrayBuffer>,
  needed: number,
): Float64Array<ArrayBuffer> => {
  if (needed <= array.length) return array;
  const grown = new Float64Array(Math.max(needed, array.length * 2));
  grown.set(array);
  return grown;
};
