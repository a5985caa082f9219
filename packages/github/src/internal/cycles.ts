import { GraphReport } from "@orchestrator/core";

/**
 * One cycle, a short one, for each knot of issues that wait for each other.
 *
 * Each issue of a cycle waits for the next, the last for the first.
 */
export const cycles = (
  waitsFor: ReadonlyArray<ReadonlyArray<number>>,
): ReadonlyArray<ReadonlyArray<number>> => {
  // Numbers are names enough, and unlike ids they are the same in any spelling.
  const tasks = waitsFor.map((dependencies, issue) => ({
    id: String(issue),
    dependsOn: dependencies.map(String),
  }));
  return GraphReport.make(tasks).problems.flatMap((problem) =>
    problem._tag === "Cycle" ? [problem.path.slice(0, -1).map(Number)] : [],
  );
};
