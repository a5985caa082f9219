import * as Edges from "../Edges.ts";
import type { Assessed } from "./Assessed.ts";
import { Family } from "./Family.ts";
import { order, type Ordered } from "./milestones.ts";
import type { Targets } from "./Targets.ts";

/** All edges, by the place of the issue that waits. */
export interface Drawn {
  readonly merged: ReadonlyArray<Edges.Merged>;
  /** Issues whose edges are too many to be made, with the reason as a clause. */
  readonly tooMany: ReadonlyMap<number, string>;
}

/** Makes edges of everything that is stated, also of what only several issues together say. */
export const draw = (
  issues: ReadonlyArray<Assessed>,
  targets: Targets,
  { inheritFromParent, milestones }: Edges.Chosen,
): Drawn => {
  const spell: Edges.Spell = (id) => targets.of(id).id;
  const statements = inheritFromParent
    ? inherit(issues, targets, spell)
    : issues.map(({ statements: own }) => own);
  const facts = issues.map((issue) => issue.facts);
  const ordered = milestones ? order(facts) : unordered;
  const merged = statements.map((own, place) =>
    Edges.merge([...own, ...(ordered.statements.get(place) ?? [])], spell),
  );
  return { merged, tooMany: ordered.tooMany };
};

const unordered: Ordered = { statements: new Map(), tooMany: new Map() };

/** The statements of every issue with those it takes over from its parent, whose own come first. */
const inherit = (
  issues: ReadonlyArray<Assessed>,
  targets: Targets,
  spell: Edges.Spell,
): ReadonlyArray<ReadonlyArray<Edges.Statement>> => {
  const family = new Family(issues.map(({ facts }) => facts));
  const whole: Array<ReadonlyArray<Edges.Statement> | undefined> = issues.map(() => undefined);
  const parentOf = (place: number): number | undefined => {
    const parent = family.parentOf(issues[place]!.facts.id);
    return parent === undefined ? undefined : targets.of(parent).place;
  };
  issues.forEach((_, first) => {
    const path = new Set<number>();
    let at: number | undefined = first;
    for (; at !== undefined && whole[at] === undefined && !path.has(at); at = parentOf(at)) {
      path.add(at);
    }
    for (const place of [...path].reverse()) {
      const parent = parentOf(place);
      const above = parent === undefined ? [] : Edges.merge(whole[parent] ?? [], spell).edges;
      const { facts, statements } = issues[place]!;
      const taken = facts.state === "open" ? family.inherited(facts.id, above) : [];
      whole[place] = [...statements, ...taken];
    }
  });
  return whole.map((statements) => statements ?? []);
};
