/**
 * Names and titles are untrusted text. In sentences whatever cannot be seen is
 * written out; in pictures it is replaced.
 */

/**
 * Control characters, lone surrogates, line and paragraph separators, and format
 * characters (bidi controls among them). The two joiners stay: emoji and scripts need them.
 */
const unseen = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu;

const longest = 120;

/** The first characters of a text, and `…` if there are more. Never ends inside a surrogate pair. */
export const shorten = (text: string, length: number): string => {
  if (text.length <= length) return text;
  const cut = text.slice(0, length - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
};

const written = (character: string): string => `\\u{${character.codePointAt(0)!.toString(16)}}`;

/** A text of one line in which everything can be seen. */
export const visible = (text: string): string =>
  shorten(text, longest).replaceAll("\\", "\\\\").replace(unseen, written);

/** A name inside a sentence: in quotes, so that its ends can be seen. */
export const quote = (name: string): string => `"${visible(name).replaceAll('"', '\\"')}"`;

const plainName = /^[\p{L}\p{N}_./#:@-]+$/u;

/** A name in a list: in quotes only if it could be misread. */
export const nameOf = (name: string): string =>
  name.length <= longest && plainName.test(name) ? name : quote(name);

/** At most `limit` names; from a longer list the first ones, how many are left out, and the last. */
export const some = (names: ReadonlyArray<string>, limit: number): ReadonlyArray<string> => {
  if (names.length <= limit) return names.map(nameOf);
  const head = names.slice(0, limit - 2).map(nameOf);
  return [...head, `… ${names.length - limit + 1} more …`, nameOf(names.at(-1)!)];
};

/** A text for a picture: one line, spaces collapsed, unseen characters replaced, cut at `length`. */
export const labelText = (text: string, length: number): string => {
  const line = shorten(text, length * 4)
    .replace(/\s+/gu, " ")
    .trim()
    .replace(unseen, "\ufffd");
  return shorten(line, length) || "(blank)";
};
