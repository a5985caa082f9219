/**
 * Takes secrets out of text: the one thing that stands before everything the command writes.
 *
 * It knows the values that it was told to hide, in all forms of `secretForms`, and what tokens of
 * well-known services and private keys look like. It takes one pass over a text, however many it knows.
 */
import * as secretForms from "./secretForms.ts";

/** What stands in the place of a secret. It means nothing in JSON, Markdown, HTML, CSV or a shell. */
export const instead = "[redacted]";

/** None of them looks at a part of a text more than a few times, whatever that holds. */
const shapes = [
  "gh[oprsu]_[A-Za-z0-9]{20,255}",
  "github_pat_[A-Za-z0-9_]{20,255}",
  "(?<![\\w\\-])eyJ[\\w\\-]{10,4000}\\.[\\w\\-]{10,8000}\\.[\\w\\-]{10,2000}",
  "(?<![\\w\\-])sk-(?:ant-|proj-)[\\w\\-]{20,300}",
  "(?<![\\w\\-])omcp_[\\w\\-]{43}",
  "(?<![\\w\\-])xox[abeprs]-[\\w\\-]{20,300}",
  "-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^\\-]{1,20000}-----END [A-Z ]{0,30}PRIVATE KEY-----",
];

/** What is kept back of a line that does not end. */
const longestLine = 65_536;

export class Scrubber {
  readonly #values = new Set<string>();
  readonly #forms = new Map<string, boolean>();
  #pattern: RegExp | undefined;
  #longest = 0;

  /** Hides a value from now on. */
  hide(value: string): void {
    if (this.#values.has(value)) return;
    this.#values.add(value);
    for (const { isWord, text } of secretForms.of(value)) {
      this.#forms.set(text, isWord);
      this.#longest = Math.max(this.#longest, text.length);
    }
    this.#pattern = undefined;
  }

  /** The text without the secrets. */
  scrub(text: string): string {
    return text.replace(this.#regExp, (found: string, ...rest: ReadonlyArray<unknown>) => {
      const [offset, whole] = rest.slice(-2) as [number, string];
      // The first character belongs to an escape before it, as in JSON: alone, that would be broken.
      return isEscaped(whole, offset) ? `${found[0]}${instead}` : instead;
    });
  }

  /** A value of JSON without the secrets; itself if it holds none. */
  json<A>(value: A): A {
    return this.#inner(value) as A;
  }

  /** For a text that comes in pieces: a secret may begin in one and end in the next. */
  stream(): { readonly push: (chunk: string) => string; readonly end: () => string } {
    let kept = "";
    return {
      push: (chunk) => {
        kept += chunk;
        const cut = kept.lastIndexOf("\n") + 1 || this.#cutOf(kept);
        const whole = kept.slice(0, cut);
        kept = kept.slice(cut);
        return this.scrub(whole);
      },
      end: () => {
        const rest = kept;
        kept = "";
        return this.scrub(rest);
      },
    };
  }

  /** How much of an endless line can go: no secret that was found, or may still be coming, is cut. */
  #cutOf(line: string): number {
    if (line.length < longestLine) return 0;
    const cut = line.length - this.#longest;
    for (const { 0: found, index } of line.matchAll(this.#regExp)) {
      if (index < cut && index + found.length > cut) return index;
    }
    return Math.max(0, cut);
  }

  #inner(value: unknown): unknown {
    if (typeof value === "string") return this.scrub(value);
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) {
      const items = value.map((item) => this.#inner(item));
      return items.every((item, index) => item === value[index]) ? value : items;
    }
    const before = Object.entries(value);
    const after = before.map(([key, inner]) => [this.scrub(key), this.#inner(inner)] as const);
    const isSame = after.every(
      ([key, inner], index) => key === before[index]![0] && inner === before[index]![1],
    );
    return isSame ? value : Object.fromEntries(after);
  }

  get #regExp(): RegExp {
    return (this.#pattern ??= new RegExp([...this.#alternatives(), ...shapes].join("|"), "gu"));
  }

  /** The longest first: of two that begin alike the first one counts. */
  #alternatives(): ReadonlyArray<string> {
    const forms = [...this.#forms].sort(([one], [other]) => other.length - one.length);
    return forms.map(([text, isWord]) => {
      const literal = text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
      return isWord ? `(?<![\\p{L}\\p{N}_])${literal}(?![\\p{L}\\p{N}_])` : literal;
    });
  }
}

const isEscaped = (text: string, offset: number): boolean => {
  let at = offset;
  while (at > 0 && text[at - 1] === "\\") at--;
  return (offset - at) % 2 === 1;
};

/** That of this process: errors are told when everything else is over, too. */
export const ofProcess = new Scrubber();

/** The text without the secrets that this process knows. */
export const scrub = (text: string): string => ofProcess.scrub(text);

/** A value of JSON without the secrets that this process knows. */
export const json = <A>(value: A): A => ofProcess.json(value);
