/**
 * What a text does when GitHub shows it, and what bots take from it: a reading of its own, which
 * shares nothing with what makes the text harmless.
 */

export interface Activity {
  readonly mentions: ReadonlyArray<string>;
  /** `#1`, `GH-1`, `acme/shop#1`, addresses of issues and pull requests. */
  readonly references: ReadonlyArray<string>;
  /** Closing keywords in front of a reference. */
  readonly closes: ReadonlyArray<string>;
  /** Lines that a bot may take for its command, code included. */
  readonly commands: ReadonlyArray<string>;
  readonly links: ReadonlyArray<string>;
  readonly images: ReadonlyArray<string>;
  readonly html: ReadonlyArray<string>;
  /** Headings, tables, fences and rules outside of a quotation. */
  readonly structure: ReadonlyArray<string>;
  readonly unseen: ReadonlyArray<string>;
}

const entities: Record<string, string> = {
  commat: "@",
  num: "#",
  lt: "<",
  gt: ">",
  sol: "/",
  amp: "&",
};

/** The text of a line as it is shown, and what is code or markup in it. */
const parse = (line: string) => {
  const found = {
    text: "",
    html: [] as Array<string>,
    links: [] as Array<string>,
    images: [] as Array<string>,
  };
  for (let at = 0; at < line.length;) {
    const rest = line.slice(at);
    const ticks = /^`+/.exec(rest)?.[0];
    if (ticks !== undefined) {
      const end = rest.slice(ticks.length).search(new RegExp(`(?<!\`)${ticks}(?!\`)`));
      found.text += end === -1 ? ticks : " ";
      at += end === -1 ? ticks.length : end + 2 * ticks.length;
      continue;
    }
    const escape = /^\\([!-/:-@[-`{-~])/.exec(rest);
    const entity = /^&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/i.exec(rest);
    const html = /^<(?:!--|[/?!]?[a-z])[^>]*>?/i.exec(rest);
    const autolink = /^<[a-z][a-z0-9+.-]*:[^\s<>]*>/i.exec(rest);
    const link = /^(!?)\[((?:\\.|[^\]\\])*)\]\(([^)]*)\)/.exec(rest);
    if (escape !== null) {
      found.text += escape[1];
      at += 2;
    } else if (entity !== null) {
      const [whole, decimal, hex, name] = entity;
      const code =
        decimal === undefined ? (hex === undefined ? NaN : parseInt(hex, 16)) : Number(decimal);
      found.text += Number.isNaN(code)
        ? (entities[name!.toLowerCase()] ?? whole)
        : String.fromCodePoint(Math.min(code, 0x10ffff));
      at += whole.length;
    } else if (autolink !== null) {
      found.links.push(autolink[0]);
      at += autolink[0].length;
    } else if (html !== null) {
      found.html.push(html[0]);
      at += html[0].length;
    } else if (link !== null) {
      (link[1] === "!" ? found.images : found.links).push(link[3]!);
      found.text += parse(link[2]!).text;
      at += link[0].length;
    } else {
      found.text += line[at];
      at += 1;
    }
  }
  return found;
};

const reference =
  /(?:[\w.-]+\/[\w.-]+)?[#＃﹟]\p{Nd}+|\bgh-\p{Nd}+|https?:\/\/[^\s/]+\/[^\s/]+\/[^\s/]+\/(?:issues|pull|discussions)\/\d+/giu;
const closing = new RegExp(
  `\\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\\b[:\\s]*(?:${reference.source})`,
  "giu",
);

/** Reads a text as it stands in a comment. */
export const read = (markdown: string): Activity => {
  const shown: Array<ReturnType<typeof parse>> = [];
  const structure: Array<string> = [];
  let fence: string | undefined;
  const lines = markdown.split("\n");
  for (const line of lines) {
    const inner = line.replace(/^ {0,3}> ?/, "");
    if (fence !== undefined) {
      if (/^ {0,3}`+\s*$/.test(inner) && inner.trim().length >= fence.length) fence = undefined;
      continue;
    }
    fence = /^ {0,3}(`{3,})[^`]*$/.exec(inner)?.[1];
    if (fence !== undefined) continue;
    if (/^ {0,3}(#{1,6}(\s|$)|~~~|={2,}\s*$|([-*_] *){3,}$|[-+*]\s|\d+[.)]\s|>)/.test(inner))
      structure.push(line);
    if (/^(?: {4}|\t)/.test(inner)) structure.push(line);
    if (/(?<!\\)(?:\\\\)*\|/.test(inner)) structure.push(line);
    shown.push(parse(inner));
  }
  if (fence !== undefined) structure.push("a fence that does not end");
  const text = shown.map((one) => one.text).join("\n");
  const of = (pattern: RegExp, where: string) =>
    Array.from(where.matchAll(pattern), ([one]) => one);
  return {
    // A bot reads what was written, so code counts as well.
    mentions: [...of(/[@＠﹫][\p{L}\p{N}_-]/gu, text), ...of(/[@＠﹫][\p{L}\p{N}_-]/gu, markdown)],
    references: of(reference, text),
    closes: of(closing, text),
    commands: of(/^[\s>*\-+]*[/!]\w.*/gm, markdown),
    links: [
      ...shown.flatMap(({ links }) => links),
      ...of(/(?:https?|ftp):\/\/\S+|www\.[\w-]\S*|[\w.+-]+@[\w-]+\.\w+/gi, text),
    ],
    images: shown.flatMap(({ images }) => images),
    html: shown.flatMap(({ html }) => html),
    structure,
    unseen: of(
      /[\u202a-\u202e\u2066-\u2069\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u2060\ufeff]/gu,
      markdown,
    ),
  };
};

/** What nothing does. */
export const nothing: Activity = {
  mentions: [],
  references: [],
  closes: [],
  commands: [],
  links: [],
  images: [],
  html: [],
  structure: [],
  unseen: [],
};
