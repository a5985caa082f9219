/** The ways in which a secret may be written. */

/** Shorter values stand in too many innocent texts to be looked for in all forms. */
const fewest = 8;

/** Below this a value says so little that hiding it would hide other things. */
const fewestAsWord = 4;

/** A value to look for. */
export interface Form {
  readonly text: string;
  /** Whether it counts only where it stands by itself, as a word. */
  readonly isWord: boolean;
}

/**
 * The value as it is, in base64 (wherever it stands in what was encoded), in hexadecimal, and escaped
 * for URLs, JSON, JSON within JSON, and HTML; of a text of several lines each line that says something.
 *
 * A value of 4 to 7 characters counts as a word by itself, if letters and digits are in it; shorter
 * ones, or mere words and numbers, are no secrets anybody could keep.
 */
export const of = (value: string): ReadonlyArray<Form> => {
  const trimmed = value.trim();
  if (trimmed.length < fewest) return asWord(trimmed);
  const parts = [trimmed, ...partsOf(trimmed)];
  const texts = new Set(parts.flatMap(written).map(withoutBackslashes));
  return [...texts]
    .filter((text) => text.length >= fewest)
    .map((text) => ({ text, isWord: false }));
};

const asWord = (value: string): ReadonlyArray<Form> => {
  const isTelling = value.length >= fewestAsWord && /\d/.test(value) && /\p{L}/u.test(value);
  return isTelling ? [{ text: value, isWord: true }] : [];
};

/** Lines of a key: each of them alone would give a part of it away. What frames it is no secret. */
const partsOf = (value: string): ReadonlyArray<string> =>
  value
    .split(/\r\n|[\r\n]/)
    .map((line) => line.trim())
    .filter((line) => line.length >= 16 && line !== value && !line.startsWith("-----"));

const written = (value: string): ReadonlyArray<string> => {
  const bytes = Buffer.from(value, "utf8");
  const hex = bytes.toString("hex");
  const url = encodeURIComponent(value);
  const json = JSON.stringify(value).slice(1, -1);
  return [
    value,
    ...base64Of(bytes),
    hex,
    hex.toUpperCase(),
    url,
    url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    url.replaceAll("%20", "+"),
    encodeURI(value),
    json,
    json.replaceAll("/", "\\/"),
    ascii(json),
    JSON.stringify(json).slice(1, -1),
    html(value),
  ];
};

/** What stays the same of it wherever in a longer text it was encoded, in both alphabets. */
const base64Of = (bytes: Buffer): ReadonlyArray<string> =>
  [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const [from, to] = [Math.ceil((before * 4) / 3), Math.floor(((before + bytes.length) * 4) / 3)];
    const text = encoded.slice(from, to);
    return [text, text.replaceAll("+", "-").replaceAll("/", "_")];
  });

const ascii = (json: string): string =>
  json.replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

const html = (value: string): string =>
  value
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");

/** A backslash at the end may be the beginning of an escape of the text around. */
const withoutBackslashes = (text: string): string => text.replace(/\\+$/, "");
