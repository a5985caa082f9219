import type { IssueFacts, LinkedIssue, Lookup } from "../IssueFacts.ts";
import * as IssueId from "../IssueId.ts";

/** What an id stands for: an issue that was read, by its place; something else that is known; or nothing. */
export interface Target {
  /** In GitHub's spelling; of what is not known, as it was first written. */
  readonly id: string;
  /** The place among the issues that were read; undefined if it is none of them. */
  readonly place: number | undefined;
  /** What is known of it, if it was not read. */
  readonly linked: LinkedIssue | undefined;
}

/** Finds what ids stand for, in whatever spelling they are written. */
export class Targets {
  readonly #issues: ReadonlyArray<IssueFacts>;
  readonly #places = new Map<string, number>();
  readonly #linked = new Map<string, LinkedIssue>();
  readonly #lookups: ReadonlyMap<string, Lookup>;
  readonly #found = new Map<string, Target>();

  constructor(issues: ReadonlyArray<IssueFacts>, lookups: ReadonlyMap<string, Lookup>) {
    this.#issues = issues;
    this.#lookups = lookups;
    issues.forEach(({ blockedBy, id, parent, subIssues }, place) => {
      this.#places.set(IssueId.key(id), place);
      for (const linked of blockedBy) this.#know(linked);
      for (const linked of subIssues) this.#know(linked);
      if (parent !== undefined) this.#know(parent);
    });
  }

  /** What changes while it is read is known in two states; the one that holds up more counts. */
  #know(linked: LinkedIssue): void {
    const key = IssueId.key(linked.id);
    const known = this.#linked.get(key);
    if (known === undefined || progress(linked) < progress(known)) this.#linked.set(key, linked);
  }

  of(id: string): Target {
    const key = IssueId.key(id);
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    const target = this.#find(id, key);
    this.#found.set(key, target);
    return target;
  }

  /** Whether nothing that was read says what this id stands for. */
  isUnknown(id: string): boolean {
    const { linked, place } = this.of(id);
    return place === undefined && linked === undefined;
  }

  #find(id: string, key: string): Target {
    const lookup = this.#lookups.get(key);
    // A repository that was renamed answers to its old name.
    const found = lookup?._tag === "Found" ? lookup.issue : this.#linked.get(key);
    const present = found === undefined ? key : IssueId.key(found.id);
    const place = this.#places.get(key) ?? this.#places.get(present);
    return place === undefined
      ? { id: found?.id ?? id, place, linked: found }
      : { id: this.#issues[place]!.id, place, linked: undefined };
  }
}

const progress = ({ state }: LinkedIssue): number => {
  if (state === "open") return 0;
  return state === "completed" || state === "merged" ? 2 : 1;
};
