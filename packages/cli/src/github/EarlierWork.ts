/**
 * What earlier runs left open for an issue: a pull request on a branch that only this program names
 * so. A new run lands it and pays no agent for another one; what stands in its way goes to an
 * agent, which goes on with the same branch.
 *
 * Which ones they are stands in the reference of the agent run that was not needed, so that
 * whichever process goes on with the run knows it.
 */
import { Agent } from "@orchestrator/core";
import * as PullRequestOpening from "@orchestrator/github/PullRequestOpening";
import * as Effect from "effect/Effect";
import * as Backlog from "../plan/Backlog.ts";
import * as TaskBranch from "./TaskBranch.ts";
import type * as WorkDelivery from "./WorkDelivery.ts";

/** A pull request of an earlier run. */
export interface Left extends PullRequestOpening.Open {
  readonly branch: string;
  /** Whether it goes where the change of this run is to go. */
  readonly fits: boolean;
}

/** Those that are open for the issue of a task, the newest first; none where the issue names its branch. */
export const find = Effect.fn("EarlierWork.find")(function* (
  { base, client, remote }: WorkDelivery.Target,
  { run, startFrom, task }: Pick<Agent.LaunchRequest, "run" | "startFrom" | "task">,
) {
  const pattern = TaskBranch.ofAnyRun(task, base);
  if (pattern === undefined) return [];
  const own = TaskBranch.of(run, task, base);
  const branches = [...(yield* remote.find([pattern])).keys()].filter((branch) => branch !== own);
  const repository = Backlog.repositoryOf(task);
  const bases = [base, startFrom?.change.branch];
  const found = yield* Effect.forEach(branches, (branch) =>
    Effect.map(PullRequestOpening.openOf(client, { repository, branch }), (open) =>
      open.map((one): Left => ({ ...one, branch, fits: bases.includes(one.base) })),
    ),
  );
  return found.flat().toSorted((one, other) => other.number - one.number);
});

/** Whether an earlier attempt of the same run may have worked on the task. */
export const hasBegun = ({ attempt, mayHaveWorked = attempt > 1 }: Agent.LaunchRequest): boolean =>
  mayHaveWorked;

/** The same agent, which is not launched for the first time at an issue for which something is left. */
export const around = (
  agent: Agent.Agent,
  look: (request: Agent.LaunchRequest) => Effect.Effect<ReadonlyArray<Left>, Agent.LaunchError>,
): Agent.Agent => ({
  ...agent,
  launch: Effect.fnUntraced(function* (request) {
    if (hasBegun(request)) return yield* agent.launch(request);
    const left = yield* look(request);
    if (left.length === 0 || (yield* isLaunched(agent, request))) {
      return yield* agent.launch(request);
    }
    return refOf(agent, left);
  }),
  observe: (ref, report) => {
    const end = endOf(ref);
    if (end === undefined) return agent.observe(ref, report);
    const told = end._tag === "Succeeded" ? report.progress(end.summary) : Effect.void;
    return Effect.as(told, end);
  },
  cancel: (ref) => (endOf(ref) === undefined ? agent.cancel(ref) : Effect.void),
});

/** Whether an agent works already, of a launch that is repeated: it is gone on with. */
const isLaunched = (agent: Agent.Agent, { key }: Agent.LaunchRequest) =>
  agent.find(key).pipe(
    Effect.map((refs) => refs.length > 0),
    Effect.mapError(({ message }) => new Agent.LaunchError({ reason: "NotSent", message })),
  );

const marks = { fitting: "left:", elsewhere: "left-elsewhere:" };

const refOf = ({ name }: Agent.Agent, left: ReadonlyArray<Left>): Agent.AgentRunRef => {
  const fitting = left.filter(({ fits }) => fits);
  const [mark, named] =
    fitting.length > 0 ? [marks.fitting, fitting] : ([marks.elsewhere, left] as const);
  const urls = named.map(({ url }) => url);
  return { agent: name, id: `${mark}${urls.join(" ")}`, url: urls[0]! };
};

const nothing = { costUsd: 0, inputTokens: 0, outputTokens: 0 };

/** The end of an agent run that was not needed; undefined if the reference is that of another one. */
const endOf = ({ id }: Agent.AgentRunRef) => {
  const after = (mark: string) =>
    id.startsWith(mark) ? id.slice(mark.length).split(" ") : undefined;
  const urls = after(marks.fitting);
  if (urls !== undefined) {
    const summary = `An earlier run left ${urls.join(" and ")} open: that is landed, and no agent was started.`;
    return {
      _tag: "Succeeded",
      summary,
      change: { pullRequests: urls },
      usage: nothing,
    } as const;
  }
  const elsewhere = after(marks.elsewhere);
  if (elsewhere === undefined) return undefined;
  const question = `An earlier run left ${elsewhere.join(" and ")} open, which goes into another branch than this run lands on. Decide relaunch to have an agent work on it for this one all the same, or skip.`;
  return { _tag: "Waiting", question, usage: nothing } as const;
};
