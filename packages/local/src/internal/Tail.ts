/** Keeps the end of a long text in bounded memory, for failure messages. */

/** How much of it is kept. */
export const maxCharacters = 8192;
const maxLines = 20;
const maxLineCharacters = 500;

/** The end of everything that was added. */
export interface Tail {
  readonly add: (text: string) => void;
  /** The last lines, at most 20 with about 500 characters each, without the last line end. */
  readonly read: () => string;
}

/** An empty tail. */
export const make = (): Tail => {
  let kept = "";
  let cut = false;
  return {
    add: (text) => {
      kept += text;
      if (kept.length > maxCharacters) {
        kept = kept.slice(-maxCharacters).replace(/^[\uDC00-\uDFFF]/, "");
        cut = true;
      }
    },
    read: () => {
      const lines = kept.replace(/\s+$/, "").split("\n");
      return lines
        .map((line, index) => (cut && index === 0 ? endOf(line) : beginningOf(line)))
        .slice(-maxLines)
        .join("\n");
    },
  };
};

const beginningOf = (line: string): string =>
  line.length <= maxLineCharacters
    ? line
    : `${line.slice(0, maxLineCharacters).replace(/[\uD800-\uDBFF]$/, "")}…`;

/** For a line whose beginning is not kept. */
const endOf = (line: string): string =>
  `…${line.slice(-maxLineCharacters).replace(/^[\uDC00-\uDFFF]/, "")}`;
