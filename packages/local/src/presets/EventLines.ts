/** Cuts text that arrives in pieces into lines, in bounded memory. */

/** The longest line that is kept, in characters. What coding agents print of files and pictures can be larger. */
export const maxCharacters = 8 * 1024 * 1024;

export interface EventLines {
  /** Takes more text; answers with the lines that are whole now, undefined for one that was too long. */
  readonly add: (chunk: string) => ReadonlyArray<string | undefined>;
  /** The last line, if it has no end. */
  readonly end: () => ReadonlyArray<string | undefined>;
}

/** Lines from the beginning of a text. */
export const make = (limit = maxCharacters): EventLines => {
  let rest = "";
  let isTooLong = false;
  const grow = (piece: string) => {
    if (isTooLong || rest.length + piece.length > limit) {
      isTooLong = true;
      rest = "";
    } else rest += piece;
  };
  const cut = (): string | undefined => {
    const line = isTooLong ? undefined : rest;
    rest = "";
    isTooLong = false;
    return line;
  };
  return {
    add: (chunk) => {
      const lines: Array<string | undefined> = [];
      let from = 0;
      for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", from)) {
        grow(chunk.slice(from, end));
        lines.push(cut());
        from = end + 1;
      }
      grow(chunk.slice(from));
      return lines;
    },
    end: () => (rest === "" && !isTooLong ? [] : [cut()]),
  };
};
