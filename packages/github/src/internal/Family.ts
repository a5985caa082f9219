import type { Edge, Statement } from "../Edges.ts";
import type { IssueFacts } from "../IssueFacts.ts";
import * as IssueId from "../IssueId.ts";

/** GitHub nests sub-issues this deep at most. */
const mostLevels = 8;

/** Who is whose sub-issue, as far as the issues that were read tell. */
export class Family {
  readonly #parents = new Map<string, string>();

  constructor(issues: ReadonlyArray<IssueFacts>) {
    for (const { id, subIssues } of issues) {
      for (const child of subIssues) this.#parents.set(IssueId.key(child.id), IssueId.key(id));
    }
    // What changes while it is read is told twice; an issue knows its own parent best.
    for (const { id, parent } of issues) {
      if (parent !== undefined) this.#parents.set(IssueId.key(id), IssueId.key(parent.id));
    }
  }

  /** The key of the parent. */
  parentOf(id: string): string | undefined {
    return this.#parents.get(IssueId.key(id));
  }

  /**
   * What a sub-issue takes over from its parent: not what the parent itself only
   * waits for because it is a parent, and nothing that is part of the sub-issue.
   */
  inherited(id: string, edges: ReadonlyArray<Edge>): ReadonlyArray<Statement> {
    const parent = this.parentOf(id);
    return edges
      .filter(({ on }) => this.parentOf(on) !== parent && !this.#isWithin(on, IssueId.key(id)))
      .map(({ on, sources, until }) => {
        const source = `parent's ${sources.join(", ")}`;
        return { on, until, source, isNegated: false };
      });
  }

  /** Whether an issue is the one with this key or among its sub-issues, at any level. */
  #isWithin(id: string, key: string): boolean {
    let at: string | undefined = IssueId.key(id);
    for (let level = 0; at !== undefined && level <= mostLevels; level++) {
      if (at === key) return true;
      at = this.#parents.get(at);
    }
    return false;
  }
}
