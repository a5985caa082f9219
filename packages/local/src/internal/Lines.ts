/** Cuts bytes that arrive in pieces into lines. */

/** One line, without its end. */
export interface Line {
  /** From 1 on. */
  readonly number: number;
  readonly text: string;
}

export interface Lines {
  /** Takes the next bytes and answers with the lines that are whole now; at the end, also with the last one. */
  readonly add: (bytes: Uint8Array, isEnd: boolean) => ReadonlyArray<Line>;
  /** How many bytes were taken. */
  readonly taken: () => number;
  /** How many bytes wait for the end of their line. */
  readonly waiting: () => number;
}

const lineEnd = 10;

/** Lines from the beginning of a text in UTF-8. */
export const make = (): Lines => {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let taken = 0;
  let number = 0;
  let rest = new Uint8Array();
  return {
    taken: () => taken,
    waiting: () => rest.length,
    add: (bytes, isEnd) => {
      taken += bytes.length;
      const all = concat(rest, bytes);
      const end = isEnd ? all.length : all.lastIndexOf(lineEnd) + 1;
      rest = all.slice(end);
      const texts = decoder.decode(all.subarray(0, end)).split("\n");
      if (texts.at(-1) === "") texts.pop();
      return texts.map((text) => ({ number: ++number, text }));
    },
  };
};

const concat = (first: Uint8Array, second: Uint8Array) => {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
};
