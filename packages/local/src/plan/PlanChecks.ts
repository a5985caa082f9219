/** The rules of a plan file that concern more than one value at a time. */
import * as Result from "effect/Result";
import type { Template } from "@orchestrator/core";
import { references } from "../Variables.ts";
import * as When from "../When.ts";
import { unanswered } from "./Ancestors.ts";
import type {
  Outline,
  OutlinedDependency,
  OutlinedNeed,
  OutlinedTask,
  OutlinedText,
} from "./PlanOutline.ts";
import { quote } from "@orchestrator/core/Quote";
import { formatPath, type TextProblem } from "./SourceText.ts";
import { suggestion } from "./Suggest.ts";

/** What the checks find: mistakes, and what references make a task depend on directly. */
export interface Checked {
  readonly problems: ReadonlyArray<TextProblem>;
  /** By the index of the task: dependencies that a reference adds. */
  readonly implied: ReadonlyMap<number, ReadonlyArray<OutlinedDependency>>;
}

/** What the texts of a plan may name beside its tasks. */
export interface Known {
  readonly params: Template.Parameters;
}

/** What a text names: tasks and parameters, each as it is written there. */
interface Named {
  readonly task: string | undefined;
  readonly name: string;
  readonly text: string;
}

const namedIn = ({ place, text }: OutlinedText): Result.Result<ReadonlyArray<Named>, string> => {
  if (place !== "condition")
    return Result.mapError(references(text, place), ({ message }) => message);
  return Result.map(When.parse(text), ({ params, tasks }) => [
    ...tasks.map((task) => ({ task, name: "", text })),
    ...params.map((name) => ({ task: undefined, name, text })),
  ]);
};

interface Use {
  /** The task that refers. */
  readonly task: string;
  /** The task referred to. */
  readonly target: string;
  readonly reference: string;
  readonly index: number;
  readonly place: OutlinedText;
}

/** A suggestion compares a word with all ids; enough for people, bounded for machines. */
const maxSuggestions = 20;

const withoutWork = ({ tasks, defaultWork }: Outline): ReadonlyArray<TextProblem> =>
  tasks
    .filter(({ hasWork }) => !defaultWork && !hasWork)
    .map(({ index, offset }) => ({
      offset,
      path: `tasks[${index}]`,
      message:
        '"run" (a command), "prompt" (what to ask the agent) or "uses" (an action) is missing; add one',
    }));

/** Ids become file and branch names, which some file systems compare without case. */
const differingInCase = ({ tasks }: Outline): ReadonlyArray<TextProblem> => {
  const first = new Map<string, string>();
  const problems: Array<TextProblem> = [];
  for (const { id, idOffset, index } of tasks) {
    if (id === undefined) continue;
    const other = first.get(id.toLowerCase());
    if (other === undefined) first.set(id.toLowerCase(), id);
    else if (other !== id) {
      const message = `differs from the id ${quote(other)} only in upper and lower case, which not every file system keeps apart; choose another`;
      problems.push({ offset: idOffset, path: `tasks[${index}].id`, message });
    }
  }
  return problems;
};

const at = ({ offset, path }: OutlinedText, message: string): TextProblem => ({
  offset,
  path: formatPath(path),
  message,
});

const inDefaults = ({ defaultTexts }: Outline): ReadonlyArray<TextProblem> =>
  defaultTexts.flatMap((place) => {
    const found = namedIn(place);
    if (Result.isFailure(found)) return [at(place, found.failure)];
    const message = "must hold no reference to an output; put it in the tasks that need it";
    return found.success.length > 0 ? [at(place, message)] : [];
  });

const needMessages: Readonly<Record<OutlinedNeed["need"], string>> = {
  expect:
    "isolation: none has no changes to expect, because commands work in the folder itself; remove expectChange, or use isolation: worktree",
  merge:
    "isolation: none has no changes to merge, because commands work in the folder itself; use until: agent-ended, or isolation: worktree",
};

const withoutChanges = ({ unmetNeeds }: Outline): ReadonlyArray<TextProblem> =>
  unmetNeeds.map(({ need, path, offset }) => ({
    offset,
    path: formatPath(path),
    message: needMessages[need],
  }));

const edgesOf = (tasks: ReadonlyArray<OutlinedTask>): Map<string, Array<string>> => {
  const edges = new Map<string, Array<string>>();
  for (const { id, dependsOn } of tasks) {
    if (id === undefined) continue;
    const known = edges.get(id) ?? [];
    edges.set(id, known);
    for (const { task } of dependsOn) known.push(task);
  }
  return edges;
};

const uses = (
  tasks: ReadonlyArray<OutlinedTask>,
  { params }: Known,
  problems: Array<TextProblem>,
): Array<Use> =>
  tasks.flatMap(({ id, index, texts }) =>
    texts.flatMap((place) => {
      const found = namedIn(place);
      if (Result.isFailure(found)) {
        problems.push(at(place, found.failure));
        return [];
      }
      return found.success.flatMap(({ name, task, text }): Array<Use> => {
        if (task !== undefined)
          return [{ task: id ?? "", target: task, reference: text, index, place }];
        const message = strangeParameter(name, text, params);
        if (message !== undefined) problems.push(at(place, message));
        return [];
      });
    }),
  );

const strangeParameter = (
  name: string,
  reference: string,
  params: Template.Parameters,
): string | undefined => {
  const known = Object.keys(params);
  if (known.some((one) => name === one || name.startsWith(`${one}.`))) return undefined;
  const listed = known.length === 0 ? "it has none" : `there are ${known.map(quote).join(", ")}`;
  return `${quote(reference)}: the plan has no parameter ${quote(name)}; ${listed}${suggestion(name, known)}`;
};

const missing = (use: Use, ids: Iterable<string>): TextProblem =>
  at(
    use.place,
    `${quote(use.reference)}: the task ${quote(use.target)} does not exist${suggestion(use.target, ids)}`,
  );

const tooEarly = (use: Use): TextProblem =>
  at(
    use.place,
    use.task === use.target
      ? `${quote(use.reference)}: a task cannot refer to its own output`
      : `${quote(use.reference)}: ${quote(use.target)} must come first; add it to dependsOn`,
  );

const implied = (
  far: ReadonlyArray<Use>,
  late: ReadonlySet<Use>,
): Map<number, Array<OutlinedDependency>> => {
  const added = new Map<number, Array<OutlinedDependency>>();
  for (const use of far) {
    const known = added.get(use.index) ?? [];
    if (late.has(use) || known.some(({ task }) => task === use.target)) continue;
    added.set(use.index, [...known, { task: use.target, offset: use.place.offset }]);
  }
  return added;
};

const checkReferences = ({ tasks }: Outline, known: Known): Checked => {
  const problems: Array<TextProblem> = [];
  const all = uses(tasks, known, problems);
  if (all.length === 0) return { problems, implied: new Map() };
  const edges = edgesOf(tasks);
  const unknown = all.filter(({ target }) => !edges.has(target));
  const direct = new Map<string, Set<string>>();
  const far = all.filter(({ task, target }) => {
    const stated = direct.get(task) ?? new Set(edges.get(task));
    direct.set(task, stated);
    return edges.has(target) && (task === target || !stated.has(target));
  });
  const late = new Set([
    ...far.filter(({ task, target }) => task === target),
    ...unanswered(
      edges,
      far.filter(({ task, target }) => task !== target),
    ),
  ]);
  problems.push(
    ...unknown.map((use, index) => missing(use, index < maxSuggestions ? edges.keys() : [])),
    ...[...late].map(tooEarly),
  );
  return { problems, implied: implied(far, late) };
};

/** Checks everything that concerns more than one value. */
export const check = (outline: Outline, known: Known = { params: {} }): Checked => {
  const { problems, implied: added } = checkReferences(outline, known);
  return {
    problems: [
      ...withoutWork(outline),
      ...differingInCase(outline),
      ...inDefaults(outline),
      ...withoutChanges(outline),
      ...problems,
    ],
    implied: added,
  };
};
