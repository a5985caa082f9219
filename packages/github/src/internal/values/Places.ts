import { Suggest } from "@orchestrator/core";
import * as Result from "effect/Result";
import type { FrontMatter, Value } from "../../FrontMatter.ts";
import type { FieldValue } from "../../IssueFacts.ts";
import type { Names, Problem } from "../../TaskFields.ts";
import type { Found, Reader } from "./readers.ts";

interface Placed extends Found {
  readonly place: string;
}

interface Valid<A> {
  readonly place: string;
  readonly value: A;
}

const quote = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};

/** Spellings of a key are equal without capitals, `-` and `_`: `depends_on` is `dependsOn`. */
const simple = (key: string): string => key.toLowerCase().replaceAll(/[-_]/g, "");

/** The key that states dependencies. */
export const dependsOn = "dependsOn";

/** Other words for it, whose author means dependencies. */
const aboutDependencies = /^(?:after|block|depend|need|require|wait)/i;

/** The places of an issue in which values stand, and what is wrong in them. */
export class Places {
  readonly #fields: ReadonlyMap<string, FieldValue>;
  readonly #labels: ReadonlyArray<string>;
  readonly #front = new Map<string, Value>();
  readonly #written = new Map<string, string>();
  /** The keys of the front matter that somebody asked for, as they are documented. */
  readonly #known = new Set<string>();
  readonly problems: Array<Problem> = [];
  /** Those of the problems with which a dependency may be lost. */
  readonly lost: Array<Problem> = [];

  constructor(
    fields: Readonly<Record<string, FieldValue>>,
    labels: ReadonlyArray<string>,
    front: FrontMatter,
  ) {
    this.#fields = new Map(
      Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]),
    );
    this.#labels = labels;
    for (const { line, message } of front.problems) {
      const place = `front matter line ${line}`;
      this.lost.push(this.#report(place, `${place}: ${message}`));
    }
    for (const [key, value] of front.values) this.#keep(key, value);
  }

  /** The value of the first place that has a valid one. */
  one<A>(names: Names, read: Reader<A>): A | undefined {
    const [first, ...others] = this.#first(names, read);
    const other = others.find(({ value }) => value !== first?.value);
    if (first !== undefined && other !== undefined) {
      const { place } = first;
      this.#report(place, `${place} and ${other.place} say two things; keep one of them`);
    }
    return first?.value;
  }

  /** All values of the first place that has a valid one. */
  all<A>(names: Names, read: Reader<A>): ReadonlyArray<A> {
    return this.#first(names, read).map(({ value }) => value);
  }

  /** A value of the front matter as it is. */
  front(key: string): Value | undefined {
    this.#known.add(key);
    return this.#front.get(simple(key));
  }

  /** Reports the keys of the front matter that nobody has asked for. */
  finish(): void {
    const asked = new Set([...this.#known].map(simple));
    for (const [key, { line }] of this.#front) {
      if (!asked.has(key)) this.#unknown(this.#written.get(key)!, line);
    }
  }

  #unknown(written: string, line: number): void {
    const meant = Suggest.closest(written, this.#known);
    const allowed = `allowed are ${[...this.#known].join(", ")}`;
    const hint = meant === undefined ? allowed : `did you mean ${meant}?`;
    const place = `front matter line ${line}`;
    const problem = this.#report(place, `${place} has the unknown key ${quote(written)}; ${hint}`);
    if (meant === dependsOn || aboutDependencies.test(written)) this.lost.push(problem);
  }

  #keep(key: string, value: Value): void {
    const known = simple(key);
    if (this.#front.has(known)) {
      const place = `front matter line ${value.line}`;
      const problem = this.#report(place, `${place} gives ${quote(key)} a second time; keep one`);
      if (known === simple(dependsOn)) this.lost.push(problem);
      return;
    }
    this.#front.set(known, value);
    this.#written.set(known, key);
  }

  #report(place: string, message: string): Problem {
    const problem = { place, message };
    this.problems.push(problem);
    return problem;
  }

  #first<A>(names: Names, read: Reader<A>): ReadonlyArray<Valid<A>> {
    for (const found of [this.#inField(names), this.#inLabels(names), this.#inFront(names)]) {
      const valid = found.flatMap((one) => this.#read(one, read));
      if (valid.length > 0) return valid;
    }
    return [];
  }

  #read<A>(found: Placed, read: Reader<A>): ReadonlyArray<Valid<A>> {
    const result = read(found);
    if (Result.isSuccess(result)) return [{ place: found.place, value: result.success }];
    const value = found.from === "label" ? "" : `, found ${quote(found.value)}`;
    this.#report(found.place, `${found.place} must ${result.failure}${value}`);
    return [];
  }

  #inField({ field = "" }: Names): ReadonlyArray<Placed> {
    const value = field === "" ? undefined : this.#fields.get(field.toLowerCase());
    if (value === undefined || value === "") return [];
    return [{ value, from: "field", place: `the field ${quote(field)}` }];
  }

  #inLabels({ label = "" }: Names): ReadonlyArray<Placed> {
    if (label === "") return [];
    return this.#labels
      .filter((name) => name.toLowerCase().startsWith(label.toLowerCase()))
      .map((name) => ({
        value: name.slice(label.length).trim(),
        from: "label",
        place: `the label ${quote(name)}`,
      }));
  }

  #inFront({ key = "" }: Names): ReadonlyArray<Placed> {
    const found = key === "" ? undefined : this.front(key);
    if (found === undefined) return [];
    return [{ value: found.value, from: "front matter", place: `front matter line ${found.line}` }];
  }
}
