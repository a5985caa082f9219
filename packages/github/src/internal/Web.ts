import type { Task } from "@orchestrator/core";
import * as Edges from "../Edges.ts";
import type { PlannedDependency } from "../GitHubPlan.ts";
import type { IssueFacts, LinkedIssue, Lookup } from "../IssueFacts.ts";
import type { Assessed, Rules } from "./Assessed.ts";
import { cycles } from "./cycles.ts";
import { draw } from "./drawn.ts";
import { ownReasons, type Reasons } from "./ownReasons.ts";
import { spread, type Standstill } from "./Standstill.ts";
import { Targets } from "./Targets.ts";

/** A dependency and the place of the open issue it is on, if that was read. */
export interface WovenDependency {
  readonly dependency: PlannedDependency;
  readonly holder: number | undefined;
}

/** Issues and what they wait for. Everything is listed by the place of the issue. */
export interface Web {
  readonly rules: Rules;
  readonly issues: ReadonlyArray<Assessed>;
  readonly dependencies: ReadonlyArray<ReadonlyArray<WovenDependency>>;
  readonly conflicts: ReadonlyArray<ReadonlyArray<Edges.Conflict>>;
  /** Each issue of a cycle waits for the next, the last for the first. */
  readonly cycles: ReadonlyArray<ReadonlyArray<number>>;
  /** Issues whose dependencies are too many to be stated, with that as a clause. */
  readonly tooMany: ReadonlyMap<number, string>;
  readonly reasons: ReadonlyArray<Reasons>;
  readonly standstill: Standstill;
}

/** Finds out who waits for whom, and what cannot run. */
export const weave = (
  issues: ReadonlyArray<Assessed>,
  lookups: ReadonlyMap<string, Lookup>,
  rules: Rules,
): Web => {
  const targets = new Targets(
    issues.map(({ facts }) => facts),
    lookups,
  );
  const { merged, tooMany } = draw(issues, targets, rules.dependencies);
  const dependencies = issues.map(({ fields }, place) =>
    merged[place]!.edges.map((edge) => woven(edge, fields.until, issues, targets)),
  );
  const waitsFor = dependencies.map((stated, place) =>
    stated.flatMap(({ holder }) => (holder === undefined || holder === place ? [] : [holder])),
  );
  const loops = cycles(waitsFor);
  const next = nextOnCycle(loops);
  const reasons = issues.map((issue, place) => {
    const on = next.get(place);
    const stated = dependencies[place]!.map(({ dependency }) => dependency);
    const { ofDependencies, own } = ownReasons(issue, stated, rules);
    return {
      own: [...own, ...(tooMany.has(place) ? [tooMany.get(place)!] : [])],
      ofDependencies: [
        ...ofDependencies,
        ...(on === undefined
          ? []
          : [`waits for ${issues[on]!.facts.id}, which in the end waits for it`]),
      ],
    };
  });
  const cannotRun = (place: number): boolean => {
    const { ofDependencies, own } = reasons[place]!;
    return own.length > 0 || ofDependencies.length > 0;
  };
  return {
    rules,
    issues,
    dependencies,
    conflicts: merged.map(({ conflicts }) => conflicts),
    cycles: loops,
    tooMany,
    reasons,
    standstill: spread(waitsFor, cannotRun),
  };
};

/** By the place of an issue on a cycle the place of the one that it waits for there. */
const nextOnCycle = (loops: ReadonlyArray<ReadonlyArray<number>>): ReadonlyMap<number, number> =>
  new Map(
    loops.flatMap((loop) =>
      loop.map((place, step) => [place, loop[(step + 1) % loop.length]!] as const),
    ),
  );

const woven = (
  { on, sources, stack, until }: Edges.Edge,
  otherwise: Task.Gate | undefined,
  issues: ReadonlyArray<Assessed>,
  targets: Targets,
): WovenDependency => {
  const { linked, place } = targets.of(on);
  const read = place === undefined ? undefined : issues[place]!;
  const status = read === undefined ? statusOf(linked) : statusOfRead(read);
  const dependency = {
    on,
    until: until ?? otherwise,
    ...(stack === undefined ? {} : { stack }),
    source: Edges.provenance(sources),
    satisfied: status === "done" || (status === "not-planned" && isPart(sources)),
    status,
    issue: read === undefined ? linked : status === "task" ? undefined : linkedTo(read.facts),
  };
  const isHeld = status === "task" || status === "untrusted";
  return { dependency, holder: isHeld ? place : undefined };
};

/** What was given up is no part of its parent any more. Only what somebody stated has to be put right. */
const isPart = (sources: ReadonlyArray<string>): boolean =>
  sources.every((source) => source === Edges.subIssueSource);

const statusOfRead = ({ facts, verdict }: Assessed): PlannedDependency["status"] => {
  if (facts.state === "open") return verdict.isTrusted ? "task" : "untrusted";
  return facts.state === "completed" ? "done" : "not-planned";
};

const statusOf = (linked: LinkedIssue | undefined): PlannedDependency["status"] => {
  if (linked === undefined) return "missing";
  switch (linked.state) {
    case "open":
      return "outside";
    case "completed":
    case "merged":
      return "done";
    default:
      return "not-planned";
  }
};

const linkedTo = ({ id, state, title, url }: IssueFacts): LinkedIssue => ({
  id,
  kind: "issue",
  state,
  title,
  url,
});
