/** An agent that takes as long as agents do, and opens a pull request in the fake of GitHub. */
import type { Agent } from "@orchestrator/core";
import type { GitHub } from "@orchestrator/fakes";
import * as Random from "@orchestrator/fakes/shared/Random";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";

/** Seconds. */
interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

const work: Spread = { median: 20 * 60, least: 10 * 60, most: 40 * 60 };
const checks: Spread = { median: 5 * 60, least: 2 * 60, most: 15 * 60 };

/** Log-normal, cut off at both ends, and the same for the same task. */
const drawn = (seed: number, label: string, task: string, { least, median, most }: Spread) => {
  const [one, other] = [1, 2].map((part) => Random.draw(seed, label, task, part));
  const normal = Math.sqrt(-2 * Math.log(1 - one!)) * Math.cos(2 * Math.PI * other!);
  return Math.round(Math.min(most, Math.max(least, median * Math.exp(0.4 * normal))));
};

/** A pull request that was opened, and when its checks are green, in milliseconds. */
export interface Delivered {
  readonly task: string;
  readonly pull: string;
  readonly greenAt: number;
}

/** The agent, and what it delivered. */
export const workingAgent = (fake: GitHub.GitHub, repository: string, seed: number) => {
  const tasks = new Map<string, string>();
  const delivered: Array<Delivered> = [];

  const open = (task: string, since: number, now: number): Agent.Change => {
    const seconds = drawn(seed, "checks", task, checks);
    const branch = `change-${task.replaceAll(/\W+/g, "-")}`;
    const pull = fake.people.open(repository, {
      title: `Change of ${task}`,
      body: `Fixes ${task}`,
      author: "operator",
      pull: {
        head: branch,
        files: [`changes/${task}.txt`],
        since,
        checks: [{ name: "build", seconds }],
      },
    });
    delivered.push({ task, pull, greenAt: now + seconds * 1000 });
    const url = `https://github.com/${pull.replace("#", "/pull/")}`;
    return { branch, pullRequests: [url] };
  };

  const agent: Agent.Agent = {
    name: "working",
    capabilities: { launch: "findable", cancel: true, remote: true },
    launch: ({ key, task }) =>
      Effect.sync(() => {
        tasks.set(key, task.id);
        return { agent: "working", id: key };
      }),
    observe: Effect.fnUntraced(function* ({ id }) {
      const task = tasks.get(id)!;
      const since = yield* Clock.currentTimeMillis;
      yield* Effect.sleep(drawn(seed, "work", task, work) * 1000);
      const change = open(task, since, yield* Clock.currentTimeMillis);
      return { _tag: "Succeeded", summary: "It is done.", change };
    }),
    cancel: () => Effect.void,
    find: (key) => Effect.succeed(tasks.has(key) ? [{ agent: "working", id: key }] : []),
  };
  return { agent, delivered };
};
