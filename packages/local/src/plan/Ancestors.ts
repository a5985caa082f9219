/** Answers which tasks come before which, for the few pairs that references ask about. */

/** How far one question is followed backwards before all that remain are answered together. */
const nearby = 100;

/** Does `task` come after `target`? */
export interface Question {
  readonly task: string;
  readonly target: string;
}

type Edges = ReadonlyMap<string, ReadonlyArray<string>>;

const reach = (edges: Edges, start: string, limit: number, wanted?: string) => {
  const seen = new Set<string>();
  const queue = [start];
  for (let at = 0; at < queue.length && at < limit; at++) {
    for (const next of edges.get(queue[at]!) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      if (next === wanted) return { seen, complete: true };
      queue.push(next);
    }
  }
  return { seen, complete: queue.length <= limit };
};

const turnedRound = (edges: Edges): Edges => {
  const turned = new Map<string, Array<string>>();
  for (const [from, all] of edges) {
    for (const to of all) {
      const known = turned.get(to);
      if (known === undefined) turned.set(to, [from]);
      else known.push(from);
    }
  }
  return turned;
};

/**
 * The questions whose answer is no.
 *
 * Most answers are found close by. The others are grouped by target and
 * answered by one walk each over all that depends on it, so that a whole plan
 * may refer to its first task at the cost of one walk.
 */
export const unanswered = <Q extends Question>(
  dependsOn: Edges,
  questions: ReadonlyArray<Q>,
): ReadonlyArray<Q> => {
  const no: Array<Q> = [];
  const far = new Map<string, Array<Q>>();
  for (const question of questions) {
    const { seen, complete } = reach(dependsOn, question.task, nearby, question.target);
    if (seen.has(question.target)) continue;
    if (complete) no.push(question);
    else if (far.get(question.target)?.push(question) === undefined)
      far.set(question.target, [question]);
  }
  const dependents = far.size > 0 ? turnedRound(dependsOn) : dependsOn;
  for (const [target, all] of far) {
    const { seen } = reach(dependents, target, Infinity);
    no.push(...all.filter(({ task }) => !seen.has(task)));
  }
  return no;
};
