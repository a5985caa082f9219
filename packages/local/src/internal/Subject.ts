/** The subject line of a commit: short, one line, and nothing in it that a terminal would obey. */

const maxCharacters = 100;

/** A title and an id as one line of at most 100 characters; a long title makes room for the id. */
export const make = (title: string | undefined, id: string): string => {
  const name = oneLine(id);
  const text = oneLine(title ?? "");
  if (text === "" || text === name) return shorten(name, maxCharacters);
  const end = ` (${shorten(name, maxCharacters / 2)})`;
  return `${shorten(text, maxCharacters - end.length)}${end}`;
};

/** Any text as one line that is not longer than it may be. */
export const line = (text: string, limit: number): string => shorten(oneLine(text), limit);

const oneLine = (text: string): string =>
  text
    .replace(/\p{Surrogate}/gu, "\ufffd")
    .replace(/\p{Bidi_Control}/gu, "")
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();

/** Cuts between graphemes where that is possible, and never inside of a character. */
const shorten = (text: string, limit: number): string => {
  if (text.length <= limit) return text;
  const start = text.slice(0, limit);
  let end = 0;
  for (const { index, segment } of new Intl.Segmenter().segment(text.slice(0, 2 * limit))) {
    if (index + segment.length >= limit) break;
    end = index + segment.length;
  }
  const cut = end > 0 ? start.slice(0, end) : start.slice(0, -1).replace(/[\uD800-\uDBFF]$/, "");
  return `${cut.trimEnd()}…`;
};
