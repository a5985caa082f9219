/** Numbers from 0 to below 1 that depend on the seed and the labels only, not on what was drawn before. */
export const draw = (seed: number, ...labels: ReadonlyArray<string | number>): number =>
  scramble(hash(labels.join("\u0000"), seed)) / 4_294_967_296;

/** A whole number of the range, both ends included. */
export const drawInt = (
  min: number,
  max: number,
  seed: number,
  ...labels: ReadonlyArray<string | number>
): number => min + Math.floor(draw(seed, ...labels) * (max - min + 1));

/** FNV-1a over the text, begun at the seed. */
const hash = (text: string, seed: number): number => {
  let sum = 0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1);
  for (let index = 0; index < text.length; index++) {
    sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193);
  }
  return sum;
};

/** Spreads neighbouring sums over the whole range (the end of MurmurHash3). */
const scramble = (sum: number): number => {
  let mixed = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};
