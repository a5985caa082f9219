/** Keeps the end of a long text in bounded memory, for failure messages. */

const maxCharacters = 8192;
const maxLines = 20;

/** The end of everything that was added. */
export interface Tail {
  readonly add: (text: string) => void;
  /** The last lines, at most 20 and 8192 characters, without the last line end. */
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
      const last = lines.slice(-maxLines).join("\n");
      return cut && lines.length <= maxLines ? `…${last}` : last;
    },
  };
};
