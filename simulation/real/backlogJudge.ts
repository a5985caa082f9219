/** Says what is not as it must be when a backlog has been worked on, whatever happened to the processes. */
import type { RunState } from "@orchestrator/core";
import type { Joined } from "@orchestrator/fakes";
import type { Scene } from "./backlogScene.ts";
import type { Edge, Fate } from "./backlogWorld.ts";

/** The exit code of a process that works on a backlog to its end: what people drop fails nothing. */
export const code = 0;

/** What is wrong, a sentence each; empty if all is well. */
export const problems = (
  { backlog, fakes }: Scene,
  state: RunState.RunState,
): ReadonlyArray<string> => {
  const world = new World(fakes, backlog.fates);
  return [
    ...(state.outcome === "succeeded" ? [] : [`the run ended as ${state.outcome}`]),
    ...[...state.tasks()].flatMap((task) => world.outcome(task)),
    ...backlog.issues.flatMap((issue) => world.told(issue)),
    ...backlog.issues.flatMap((issue) => world.merged(issue)),
    ...backlog.edges.flatMap((edge) => world.order(edge)),
    ...world.twice(),
    ...fakes.github.judge.forbidden().map((sentence) => `forbidden: ${sentence}`),
    ...fakes.violations().map((sentence) => `against the API: ${sentence}`),
  ];
};

const mark = /<!-- orchestrator (.+?) -->/;

/** How many agents one task may have had. */
const attempts: Partial<Record<Fate, readonly [number, number]>> = {
  failing: [2, 2],
  retried: [2, 2],
  conflict: [1, 2],
  "closed as done": [0, 0],
  "closed as dropped": [0, 0],
};

class World {
  readonly #fakes: Joined.Joined;
  readonly #fates: ReadonlyMap<string, Fate>;
  readonly #pulls: ReadonlyMap<string, string>;

  constructor(fakes: Joined.Joined, fates: ReadonlyMap<string, Fate>) {
    this.#fakes = fakes;
    this.#fates = fates;
    this.#pulls = new Map(fakes.opened().map(({ pull, task }) => [pull, task ?? ""]));
  }

  #fate(task: string): Fate {
    return this.#fates.get(task) ?? "plain";
  }

  outcome(told: RunState.TaskState): ReadonlyArray<string> {
    const { id } = told.task;
    const fate = this.#fate(id);
    const wanted = fate === "closed as dropped" ? "Skipped" : "Succeeded";
    const own = this.#launches(id);
    const [least, most] = attempts[fate] ?? [1, 1];
    const found: Array<string> = [];
    if (told.outcome !== wanted) found.push(`${id} (${fate}) ended as ${told.outcome}`);
    if (own.length < least || own.length > most)
      found.push(`${id} (${fate}) had ${own.length} agents`);
    return found;
  }

  #launches(task: string) {
    return this.#fakes.codegen.launched().filter((one) => one.task === task);
  }

  /** What stands on an issue and its card. */
  told(issue: string): ReadonlyArray<string> {
    const { judge } = this.#fakes.github;
    const state = this.#fate(issue) === "closed as dropped" ? "skipped" : "completed";
    const found: Array<string> = [];
    const comments = judge.commentsOf(issue).filter(({ body }) => mark.test(body));
    if (comments.length !== 1) found.push(`${issue} has ${comments.length} comments of the run`);
    const labels = judge.labelsOf(issue).filter((label) => label.startsWith("status:"));
    if (labels.join() !== `status:${state}`) found.push(`${issue} is labelled "${labels.join()}"`);
    const card = judge.cardHistory(issue).at(-1);
    if (state === "completed" && card !== "Done") found.push(`the card of ${issue} is in ${card}`);
    return found;
  }

  merged(issue: string): ReadonlyArray<string> {
    const count = this.#merges(issue).length;
    const wanted = this.#fate(issue).startsWith("closed as") ? 0 : 1;
    return count === wanted ? [] : [`${issue} was merged ${count} times`];
  }

  #merges(issue: string) {
    const { judge } = this.#fakes.github;
    return judge.merges().filter(({ pull }) => this.#pulls.get(pull) === issue);
  }

  /** No agent begins before the gate of what it waits for. */
  order(edge: Edge): ReadonlyArray<string> {
    const { earlier, later, until } = edge;
    const begun = this.#launches(later)[0]?.createdAt;
    if (begun === undefined || this.#fate(earlier).startsWith("closed as")) return [];
    const reached = this.#gate(edge);
    if (reached !== undefined && reached <= begun) return [];
    return [`${later} began at ${begun}, ${earlier} ${until} was at ${reached}`];
  }

  #gate({ earlier, until }: Edge): number | undefined {
    const opened = this.#fakes.opened().find(({ task }) => task === earlier)?.at;
    const merged = this.#merges(earlier)[0]?.at;
    switch (until) {
      case "merged":
        return merged;
      case "agent-ended":
        return this.#launches(earlier).at(0)?.endedAt ?? undefined;
      case "pr-open":
        return opened;
      case "checks-green":
        return opened === undefined ? undefined : Math.min(opened + 12_000, merged ?? Infinity);
    }
  }

  /** What was done more than once, of which there may be one only. */
  twice(): ReadonlyArray<string> {
    const { codegen, github } = this.#fakes;
    const comments = [...github.judge.duplicatedComments(mark)];
    const launches = [...codegen.duplicates()];
    return [
      ...comments.map(([on, ids]) => `${on} was commented ${ids.length} times`),
      ...launches.map(([key, ids]) => `${key} was launched ${ids.length} times`),
    ];
  }
}

/** What a run cost, in requests and points for each task. */
export const ledger = ({ backlog, fakes }: Scene): string => {
  const { points, requests } = fakes.github.summary();
  const all = Object.values(requests).reduce((sum, count) => sum + count, 0);
  const each = (count: number) => (count / backlog.issues.length).toFixed(1);
  const codegen = fakes.codegen.audit.entries.length;
  const spent = Object.entries(points).map(([name, count]) => `${each(count)} points of ${name}`);
  return `for each task ${each(all)} requests to GitHub, ${spent.join(", ")}, ${each(codegen)} requests to Codegen`;
};
