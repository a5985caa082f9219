import type { ApiBudget } from "../Health.ts";
import type { OfKind } from "../RunEvent.ts";
import type { RunState } from "../RunState.ts";

/** Something that needs somebody, or keeps a run from its pace. */
export interface Concern {
  readonly kind:
    | "stopping"
    | "paused"
    | "held"
    | "duplicate"
    | "resting"
    | "api-budget"
    | "reports"
    | "warnings";
  readonly message: string;
}

/** Less than this part of a budget is little. */
const little = 0.1;

/** What needs somebody first. */
export const concernsOf = (
  state: RunState,
  budgets: ReadonlyArray<ApiBudget>,
): ReadonlyArray<Concern> => [
  ...(state.stopping === undefined || state.outcome !== undefined
    ? []
    : [{ kind: "stopping" as const, message: state.stopping.message }]),
  ...pausesOf(state),
  ...counted("held", state.count("Held"), "task is held", "tasks are held"),
  ...counted(
    "duplicate",
    state.duplicates.length,
    "launch has several agent runs",
    "launches have several agent runs",
  ),
  ...Array.from(state.resting, ([slot, until]) => ({
    kind: "resting" as const,
    message: `the slot ${slot} rests until ${time(until)} after a failure`,
  })),
  ...budgets
    .filter(({ limit, remaining }) => remaining < limit * little)
    .map(({ api, limit, remaining, resets_at }) => ({
      kind: "api-budget" as const,
      message: `${remaining} of ${limit} points of ${api} are left until ${resets_at}`,
    })),
  ...counted(
    "reports",
    state.overdueReports,
    "report may be out of date",
    "reports may be out of date",
  ),
  ...counted("warnings", state.warnings.length, "warning", "warnings", state.warnings.at(-1)),
];

const pausesOf = ({ paused, pausedAgents }: RunState): ReadonlyArray<Concern> => {
  const all = [...(paused === undefined ? [] : [paused]), ...pausedAgents.values()];
  return all.map((one) => ({ kind: "paused", message: pauseText(one) }));
};

const pauseText = ({ agent, message, until }: OfKind<"LaunchesPaused">): string => {
  const what = agent === undefined ? "launches pause" : `launches of ${agent} pause`;
  return `${what}${until === undefined ? "" : ` until ${time(until)}`}: ${message}`;
};

const counted = (
  kind: Concern["kind"],
  count: number,
  one: string,
  many: string,
  last?: string,
): ReadonlyArray<Concern> => {
  if (count === 0) return [];
  const message = `${count} ${count === 1 ? one : many}`;
  return [{ kind, message: last === undefined ? message : `${message}, the last: ${last}` }];
};

const time = (millis: number): string => `${new Date(millis).toISOString().slice(0, 19)}Z`;
