/**
 * What an issue waits for, from everything that is stated about it, each edge with all its origins.
 *
 * Pure. What a text names may be written in any way; `Resolve` says what it is.
 */
import { Task } from "@orchestrator/core";

/** Which statements count. */
export interface Options {
  /** Sentences and task lists in the text of an issue (default true). */
  readonly text?: boolean;
  /** The same in comments of trusted authors (default true). */
  readonly comments?: boolean;
  /** Labels such as `depends:#123` (default true). */
  readonly labels?: boolean;
  /** GitHub's own "blocked by" (default true). */
  readonly native?: boolean;
  /** A parent waits for its sub-issues (default true). */
  readonly subIssues?: boolean;
  /** A sub-issue also waits for what its parent waits for, its siblings apart (default false). */
  readonly inheritFromParent?: boolean;
  /**
   * An issue of a milestone waits for the open issues, read from the same repository, of the
   * milestone due before it (default false). Milestones without a date have no place in the order.
   */
  readonly milestones?: boolean;
}

/** Options with nothing left open. */
export type Chosen = Required<Options>;

/** The source of the dependency of a parent on its sub-issue. */
export const subIssueSource = "sub-issue";

/** What counts if nothing else is asked for. */
export const usual: Chosen = {
  text: true,
  comments: true,
  labels: true,
  native: true,
  subIssues: true,
  inheritFromParent: false,
  milestones: false,
};

/** One place that speaks of a dependency. */
export interface Statement {
  /** The id of what is waited for, in any spelling. */
  readonly on: string;
  readonly until: Task.Gate | undefined;
  /** Whether the agent begins at its change while that has not landed. */
  readonly stack?: true;
  /** As `body line 12`. */
  readonly source: string;
  /** It says that there is no such dependency. */
  readonly isNegated: boolean;
}

/** A dependency with everything that was said for it. */
export interface Edge {
  /** The id in GitHub's spelling. */
  readonly on: string;
  /** The strongest gate that was stated. */
  readonly until: Task.Gate | undefined;
  /** Whether one of the statements asks for it. */
  readonly stack?: true;
  readonly sources: ReadonlyArray<string>;
}

/** Statements about one dependency that cannot all be meant. */
export interface Conflict {
  readonly edge: Edge;
  /** Where it is denied, or which gates are named. */
  readonly against: ReadonlyArray<string>;
  readonly kind: "denied" | "gates";
}

/** The edges of all sources as one list, and where the sources contradict each other. */
export interface Merged {
  readonly edges: ReadonlyArray<Edge>;
  readonly conflicts: ReadonlyArray<Conflict>;
}

/** The id of an issue in GitHub's spelling, of one that nothing is known about as it was written. */
export type Spell = (id: string) => string;

interface Gathered {
  readonly sources: Set<string>;
  readonly denials: Set<string>;
  readonly gates: Set<Task.Gate>;
  isStacked: boolean;
}

/**
 * Makes one edge of all statements about one dependency, in the order in which they begin.
 *
 * A denial does not undo a statement: waiting for too much is seen and put right, for too little not.
 */
export const merge = (statements: ReadonlyArray<Statement>, spell: Spell): Merged => {
  const gathered = new Map<string, Gathered>();
  for (const { isNegated, on, source, stack, until } of statements) {
    const id = spell(on);
    const known = gathered.get(id) ?? {
      sources: new Set(),
      denials: new Set(),
      gates: new Set(),
      isStacked: false,
    };
    gathered.set(id, known);
    (isNegated ? known.denials : known.sources).add(source);
    if (!isNegated && until !== undefined) known.gates.add(until);
    if (!isNegated && stack === true) known.isStacked = true;
  }
  const edges: Array<Edge> = [];
  const conflicts: Array<Conflict> = [];
  for (const [on, { denials, gates, isStacked, sources }] of gathered) {
    if (sources.size === 0) continue;
    const stated = Task.gates.filter((gate) => gates.has(gate));
    const stack = isStacked ? ({ stack: true } as const) : {};
    const edge = { on, until: stated.at(-1), ...stack, sources: [...sources] };
    edges.push(edge);
    if (denials.size > 0) conflicts.push({ kind: "denied", edge, against: [...denials] });
    if (stated.length > 1) conflicts.push({ kind: "gates", edge, against: stated });
  }
  return { edges, conflicts };
};

const shownSources = 5;

/** Where a dependency was stated, in a few words: `body line 12, blocked by`. */
export const provenance = (sources: ReadonlyArray<string>): string => {
  const rest = sources.length - shownSources;
  const shown = sources.slice(0, shownSources).join(", ");
  return rest > 0 ? `${shown} and ${rest} more` : shown;
};
