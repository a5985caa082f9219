/** The room that text takes on a terminal, in columns. Texts here hold no control sequences. */
import stringWidth from "string-width";

const ascii = /^[\u0020-\u007e]*$/;

/** How many columns a text takes. */
export const of = (text: string): number => (ascii.test(text) ? text.length : stringWidth(text));

/** How many columns a text takes that may be styled. */
export const shown = (text: string): number => stringWidth(text);

let segmenter: Intl.Segmenter | undefined;

/** As much of a text as fits, with `…` if there is more. Never ends inside what people see as one character. */
export const fit = (text: string, columns: number): string => {
  if (of(text) <= columns) return text;
  if (columns <= 0) return "";
  segmenter ??= new Intl.Segmenter();
  let taken = "";
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    width += of(segment);
    if (width > columns - 1) break;
    taken += segment;
  }
  return `${taken}…`;
};

/** A text in pieces that fit, broken wherever the room ends; one empty piece for no text. */
export const pieces = (text: string, columns: number): ReadonlyArray<string> => {
  if (of(text) <= columns) return [text];
  if (ascii.test(text)) {
    const many = Math.ceil(text.length / columns);
    return Array.from({ length: many }, (_, index) =>
      text.slice(index * columns, (index + 1) * columns),
    );
  }
  segmenter ??= new Intl.Segmenter();
  const found = [""];
  for (const { segment } of segmenter.segment(text)) {
    const last = found.at(-1)!;
    if (last === "" || of(last + segment) <= columns) found[found.length - 1] = last + segment;
    else found.push(segment);
  }
  return found;
};

/** A text on as many lines as it needs, broken between words; a word that is too long stays whole. */
export const wrap = (text: string, columns: number, indent = "  "): ReadonlyArray<string> => {
  const [first = "", ...words] = text.split(" ");
  const lines = [first];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (of(longer) <= columns) lines.splice(-1, 1, longer);
    else lines.push(indent + word);
  }
  return lines;
};

/** A text that takes exactly so many columns: cut, or followed by spaces. */
export const column = (text: string, columns: number): string => {
  const fitted = fit(text, columns);
  return fitted + " ".repeat(Math.max(0, columns - of(fitted)));
};
