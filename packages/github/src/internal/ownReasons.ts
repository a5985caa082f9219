import type { PlannedDependency } from "../GitHubPlan.ts";
import type { IssueFacts } from "../IssueFacts.ts";
import type { Assessed, Rules } from "./Assessed.ts";
import * as DependencyProblems from "./dependencyProblems.ts";

/** Why an issue cannot run by itself, as clauses behind its id. */
export interface Reasons {
  /** What none of its dependencies shows. */
  readonly own: ReadonlyArray<string>;
  readonly ofDependencies: ReadonlyArray<string>;
}

/** Why an issue cannot run, whatever becomes of the others. Who is closed or not trusted needs no further reason. */
export const ownReasons = (
  { facts, isTooLong, unclear, verdict }: Assessed,
  dependencies: ReadonlyArray<PlannedDependency>,
  { dependencies: chosen, longestBody }: Rules,
): Reasons => {
  if (facts.state !== "open") return { own: [closed[facts.state]], ofDependencies: [] };
  if (!verdict.isTrusted) {
    return { own: [`is not trusted, because ${verdict.because}`], ofDependencies: [] };
  }
  const hidden = hiddenCount(facts, chosen);
  return {
    own: [
      ...(isTooLong ? [tooLong(facts, longestBody)] : []),
      ...(unclear.length > 0 ? ["has a mistake where it says what it waits for"] : []),
      ...(hidden > 0 ? [`waits for ${counted(hidden)} that the token may not see`] : []),
    ],
    ofDependencies: dependencies.flatMap(
      (dependency) => DependencyProblems.reason(facts.id, dependency) ?? [],
    ),
  };
};

const closed = {
  completed: "is closed as completed",
  "not-planned": "is closed as not planned",
  duplicate: "is closed as a duplicate",
} as const;

/** What is wrong with a body that is too long, as a clause. */
export const tooLong = ({ body }: IssueFacts, longestBody: number): string =>
  `has a text of ${body.length} characters, more than the ${longestBody} that are allowed`;

/** How many open issues are waited for that the token may not see. */
export const hiddenCount = (
  { hidden }: IssueFacts,
  { native, subIssues }: Rules["dependencies"],
): number => (native ? hidden.blockers : 0) + (subIssues ? hidden.subIssues : 0);

/** Issues, counted. */
export const counted = (count: number): string => (count === 1 ? "1 issue" : `${count} issues`);
