import type { BacklogProblem, PlannedDependency } from "../GitHubPlan.ts";
import type { IssueFacts } from "../IssueFacts.ts";
import type { Assessed } from "./Assessed.ts";
import * as DependencyProblems from "./dependencyProblems.ts";
import { isOf } from "./isOf.ts";
import { counted, hiddenCount, tooLong } from "./ownReasons.ts";
import type { Web } from "./Web.ts";

/** What people should look at: cycles first, then issue by issue. */
export const webProblems = (web: Web): ReadonlyArray<BacklogProblem> => [
  ...web.cycles.map((loop) => cycle(loop, web)),
  ...web.issues.flatMap((issue, place) => ofIssue(issue, place, web)),
];

const cycle = (loop: ReadonlyArray<number>, { dependencies, issues }: Web): BacklogProblem => {
  const steps = loop.map((place, step): PlannedDependency => {
    const next = loop[(step + 1) % loop.length]!;
    return dependencies[place]!.find(({ holder }) => holder === next)!.dependency;
  });
  return DependencyProblems.cycle(
    loop.map((place) => issues[place]!.facts.id),
    steps,
  );
};

const ofIssue = (issue: Assessed, place: number, web: Web): ReadonlyArray<BacklogProblem> => {
  const { facts, verdict } = issue;
  const { id, state } = facts;
  if (state !== "open") return [];
  if (!verdict.isTrusted) {
    return [about("Untrusted", id, `is not trusted and so is not run: ${verdict.because}.`)];
  }
  return [
    ...ofText(issue, web),
    ...web.dependencies[place]!.flatMap(
      ({ dependency }) => DependencyProblems.problem(id, dependency) ?? [],
    ),
    ...web.dependencies[place]!.flatMap(({ dependency }) => ofStack(facts, dependency)),
    ...ofHidden(facts, web),
    ...web.conflicts[place]!.map((found) => DependencyProblems.conflict(id, found)),
    ...ofOrder(id, web.tooMany.get(place)),
  ];
};

/** A branch begins at one of its own repository. */
const ofStack = (
  { id, repository }: IssueFacts,
  { on, stack }: PlannedDependency,
): ReadonlyArray<BacklogProblem> =>
  stack !== true || isOf(repository, on)
    ? []
    : [
        about(
          "InvalidValue",
          id,
          `has stack on ${on}, which is of another repository, so that it cannot begin at its change. Remove stack.`,
        ),
      ];

const about = (kind: BacklogProblem["kind"], id: string, message: string): BacklogProblem => ({
  kind,
  tasks: [id],
  message: `${id} ${message}`,
});

const ofText = (
  { facts, isTooLong, mistakes, unclear }: Assessed,
  { rules: { longestBody } }: Web,
): ReadonlyArray<BacklogProblem> => {
  const { id } = facts;
  const mistake = (message: string): BacklogProblem => ({
    kind: "InvalidValue",
    tasks: [id],
    message: `${id}: ${message}.`,
  });
  const values = [
    ...mistakes.map(mistake),
    ...unclear.map((message) => mistake(`${message}. It is not run until that is put right`)),
  ];
  if (!isTooLong) return values;
  const message = `${tooLong(facts, longestBody)}. It is not read for dependencies and not run; shorten it.`;
  return [...values, about("TooLong", id, message)];
};

const ofHidden = (facts: IssueFacts, { rules }: Web): ReadonlyArray<BacklogProblem> => {
  const hidden = hiddenCount(facts, rules.dependencies);
  if (hidden === 0) return [];
  const message = `waits for ${counted(hidden)} that the token may not see (blocked by, sub-issue). Let the token read the repositories, or remove the dependency.`;
  return [about("MissingDependency", facts.id, message)];
};

const ofOrder = (id: string, clause: string | undefined): ReadonlyArray<BacklogProblem> => {
  if (clause === undefined) return [];
  const message = `${clause}. Take the date off its milestone, split it, or switch the order of milestones off.`;
  return [about("Unsupported", id, message)];
};
