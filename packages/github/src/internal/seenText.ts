/**
 * What people see of a text when they read it to approve it.
 *
 * Nobody approves what does not show: instructions for an agent, or values for its task, in an HTML
 * comment or in characters without a shape.
 */

/** Tags and selectors in which a text can be hidden, marks that reorder text, and spaces of no width. */
const shapeless =
  /[\u00ad\u200b\u2060-\u2064\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e0fff}]/gu;

const begin = "<!--";
const end = "-->";

/** Stands where something was: what is left must not grow together into something new. */
const mark = "[not shown]";

/** A comment at the beginning of a block: if it is not closed, it hides all that follows. */
const block = /^[ \t>*+\-.)\d]{0,200}<!--/m;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The first comment from a place on. */
const commentIn = (text: string, at: number): Range | undefined => {
  const from = text.indexOf(begin, at);
  const to = from === -1 ? -1 : text.indexOf(end, from + begin.length);
  if (to !== -1) return { from, to: to + end.length };
  const open = block.exec(text.slice(at));
  if (open === null) return undefined;
  return { from: at + open.index + open[0].length - begin.length, to: text.length };
};

/** Every line keeps its number. */
const withoutComments = (text: string): string => {
  const parts: Array<string> = [];
  let at = 0;
  for (let found = commentIn(text, at); found !== undefined; found = commentIn(text, at)) {
    const { from, to } = found;
    parts.push(text.slice(at, from), mark, text.slice(from, to).replace(/[^\r\n]+/g, ""));
    at = to;
  }
  return parts.join("") + text.slice(at);
};

/** The text without what does not show. */
export const seenText = (text: string): string => withoutComments(text.replace(shapeless, ""));
