/**
 * The one boundary for text on its way into Markdown that GitHub shows.
 *
 * Titles, sentences of agents, outputs, errors and names are untrusted: they
 * mention nobody, close and refer to nothing, command no bot, load no image,
 * and stay where they are put. Whatever they say, they only say.
 */
import { type Hosts, leadsTo, pieces, type Style } from "./internal/reports/active.ts";
import { cleaned } from "./internal/reports/cleaned.ts";

/** What may be said beside a text. */
export interface Options {
  /** Hosts whose addresses are shown beside the text of a link; the others are left out. */
  readonly hosts?: Hosts | undefined;
  /** Where all of a text is, for one that is too long: a command. */
  readonly whole?: string | undefined;
}

/** A text on one line, fit for a sentence and for the cell of a table; `limit` counts UTF-16 units of what comes out. */
export const inline = (text: string, limit: number, { hosts = [] }: Options = {}): string => {
  const line = cleaned(text.slice(0, limit * 2))
    .replace(/\s+/gu, " ")
    .trim();
  const isWhole = text.length <= limit * 2;
  const fitted = fit([line], "escaped", hosts, limit - 1);
  return fitted.left === 0 && isWhole ? fitted.lines[0]! : `${fitted.lines[0]!.trimEnd()}…`;
};

/** A text of several lines as a quotation. */
export const block = (text: string, limit: number, { hosts = [], whole }: Options = {}): string => {
  const { left, lines } = shown(text, "escaped", limit, hosts);
  return quoted([...lines.map(indented).map(hardEnd), ...more(left, whole)]);
};

/** A text of several lines as it is written, as an output or a log. */
export const code = (text: string, limit: number, { whole }: Options = {}): string => {
  const { left, lines } = shown(text, "verbatim", limit, []);
  const fence = "`".repeat(Math.max(2, ...lines.map(longestTicks)) + 1);
  return quoted([`${fence}text`, ...lines, fence, ...more(left, whole)]);
};

/** A name or a command as code, on one line. */
export const span = (text: string, limit: number): string => {
  const line = cleaned(text.slice(0, limit * 2))
    .replace(/\s+/gu, " ")
    .replaceAll("`", "'")
    .trim();
  const { left, lines } = fit([line], "verbatim", [], limit - 3);
  const inside = lines[0]!.replaceAll("|", "¦");
  return inside === "" ? "" : `\`${inside}${left > 0 || text.length > limit * 2 ? "…" : ""}\``;
};

/** A link, if its address is one of the hosts'; else its label and the name of the host. */
export const link = (label: string, address: string, hosts: Hosts, limit = 100): string => {
  const shownLabel = inline(label, limit);
  const href = hrefOf(address);
  if (href !== undefined && leadsTo(href, hosts)) return `[${shownLabel}](${href})`;
  const host = URL.parse(address)?.hostname ?? "";
  return host === "" ? shownLabel : `${shownLabel} (${inline(host, limit)})`;
};

const longestAddress = 500;

/** An address as Markdown takes it whole; undefined if it is none that people should follow. */
const hrefOf = (address: string): string | undefined => {
  const url = URL.parse(address);
  if (url === null || url.username !== "" || url.password !== "") return undefined;
  const isLocal = url.protocol === "http:" && /^(localhost|127\.0\.0\.1)$/.test(url.hostname);
  if (url.protocol !== "https:" && !isLocal) return undefined;
  const href = url.href.replace(/[^A-Za-z0-9\-._~:/?#=&%+,]/gu, encodeAll);
  return href.length <= longestAddress ? href : undefined;
};

/** `encodeURIComponent` leaves some characters that mean something here. */
const encodeAll = (character: string): string => {
  const written = encodeURIComponent(character);
  const number = character.charCodeAt(0).toString(16).toUpperCase();
  return written === character ? `%${number.padStart(2, "0")}` : written;
};

interface Fitted {
  readonly lines: ReadonlyArray<string>;
  /** UTF-16 units that were left out. */
  readonly left: number;
}

/** As much of a text as there is room for. A quotation takes a few characters a line more. */
const shown = (text: string, style: Style, limit: number, hosts: Hosts): Fitted => {
  const begun = cleaned(text.slice(0, limit)).replace(/\n{3,}/g, "\n\n");
  const lines = begun.trim() === "" ? [""] : begun.replace(/^\n+|\s+$/g, "").split("\n");
  const fitted = fit(lines, style, hosts, limit - 200);
  return { lines: fitted.lines, left: fitted.left + Math.max(0, text.length - limit) };
};

const perLine = 6;

/** The lines until there is no room for another piece. */
const fit = (lines: ReadonlyArray<string>, style: Style, hosts: Hosts, room: number): Fitted => {
  const all: Array<string> = [];
  let [used, read] = [0, 0];
  const total = lines.reduce((sum, line) => sum + line.length, 0);
  for (const line of lines) {
    let written = "";
    used += all.length === 0 ? 0 : perLine;
    for (const { length, text } of pieces(line, style, hosts)) {
      if (used + text.length > room) return { lines: [...all, written], left: total - read };
      written += text;
      used += text.length;
      read += length;
    }
    all.push(written);
  }
  return { lines: all, left: total - read };
};

/** The spaces that begin a line are no code block and no list. */
const indented = (line: string): string =>
  line.trimEnd().replace(/^ +/, (spaces) => "\u00a0".repeat(Math.min(spaces.length, 12)));

/** A line ends where it did, unless a paragraph does. */
const hardEnd = (line: string, index: number, lines: ReadonlyArray<string>): string =>
  line === "" || (lines[index + 1] ?? "") === "" ? line : `${line}\\`;

const more = (left: number, whole: string | undefined): ReadonlyArray<string> => {
  if (left === 0) return [];
  const where = whole === undefined ? "" : `: ${span(whole, 150)}`;
  const count = left.toLocaleString("en-US");
  return ["", `… ${count} more ${left === 1 ? "character" : "characters"}${where}`];
};

/** Nothing in a quotation begins a line. */
const quoted = (lines: ReadonlyArray<string>): string =>
  lines.map((line) => (line === "" ? ">" : `> ${line}`)).join("\n");

const longestTicks = (line: string): number =>
  Math.max(0, ...Array.from(line.matchAll(/`+/g), ([ticks]) => ticks.length));
