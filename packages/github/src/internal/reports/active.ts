/** Pieces of text, each as harmless Markdown. */

/** Stands within what would mean something, so that it means nothing and reads the same. */
const apart = "\u200b";

/** The longest run of backticks that stays whole: the fences around are longer. */
const ticks = "`".repeat(9);

/** Hosts whose addresses may be shown: with each also what lies below it. */
export type Hosts = ReadonlyArray<string>;

/**
 * What becomes of a piece: escaped for Markdown, or nearly left as it is for code, in which GitHub
 * sees nothing, but bots that read what was written do.
 */
export type Style = "escaped" | "verbatim";

/**
 * What GitHub takes for mentions and references, the beginnings of autolinks, many backticks, and
 * else a character.
 */
const one = /[@＠﹫]|[#＃﹟](?=\p{Nd})|gh-(?=\p{Nd})|:\/\/|www\.|`{9}|[^]/giu;

/** A link or an image. Every part is bounded, so that the whole is linear. */
const linked =
  /!?\[(?<label>[^[\]\n]{0,300})\]\( {0,3}<?(?<address>[^\s()<>]{1,2000})>?(?: {1,3}"[^"\n]{0,300}")? {0,3}\)/u;

const patterns = {
  escaped: new RegExp(`${linked.source}|${one.source}`, "giu"),
  verbatim: one,
};

/** Whether an address leads to one of the hosts. */
export const leadsTo = (address: string, hosts: Hosts): boolean => {
  const host = URL.parse(address)?.hostname.toLowerCase();
  return (
    host !== undefined && hosts.some((allowed) => host === allowed || host.endsWith(`.${allowed}`))
  );
};

/** One piece of a text and what it becomes. */
export interface Piece {
  /** How many UTF-16 units of the text it is. */
  readonly length: number;
  readonly text: string;
}

/** The pieces of one line. */
export function* pieces(line: string, style: Style, hosts: Hosts): IterableIterator<Piece> {
  let isStart = true;
  for (const { 0: found, groups } of line.matchAll(patterns[style])) {
    const address = groups?.["address"];
    const text =
      address === undefined
        ? harmless(found, style, isStart)
        : link(labelOf(found, groups?.["label"] ?? ""), address, hosts);
    yield { length: found.length, text };
    isStart &&= !/[\p{L}<]/u.test(found);
  }
}

/** A text in which no link is looked for. */
const unlinked = (text: string): string =>
  Array.from(text.matchAll(one), ([found]) => harmless(found, "escaped", false)).join("");

const labelOf = (found: string, label: string): string => {
  if (label.trim() !== "") return label;
  return found.startsWith("!") ? "image" : "link";
};

/** The text of a link, and where it leads if people may know the host. */
const link = (label: string, address: string, hosts: Hosts): string => {
  const shown = unlinked(label);
  return leadsTo(address, hosts) ? `${shown} (${unlinked(address)})` : shown;
};

const harmless = (found: string, style: Style, isStart: boolean): string => {
  if (/^[@＠﹫]$/.test(found) || (isStart && /^[/!]$/.test(found))) return `${found}${apart}`;
  if (style === "verbatim") return found === ticks ? `${found}${apart}` : found;
  if (found === ticks) return "\\`".repeat(ticks.length);
  if (found === "#") return `\\#${apart}`;
  if (/^(?:[＃﹟]|gh-)$/i.test(found)) return `${found}${apart}`;
  if (/^(?::\/\/|www\.)$/i.test(found)) return `${found.slice(0, -2)}${apart}${found.slice(-2)}`;
  const isSpecial = /^[\\`*_[\]<>&~|$]$/.test(found) || (isStart && /^[-+=.)]$/.test(found));
  return isSpecial ? `\\${found}` : found;
};
