/**
 * The metrics of a run: a fold of its events, so they are those of the whole run and not of one process,
 * and another process can tell them from the journal.
 */
import { Health, type RunEvent, type RunState } from "@orchestrator/core";
import type { Statement } from "@orchestrator/github/Ledger";
import { Counter, Histogram, type Labels, type MetricFamily, type Value } from "./MetricFamily.ts";
import type { RequestCount } from "./RequestCounts.ts";
import { type Stretch, Timeline } from "./Timeline.ts";

/** From a second to four hours. */
const bounds = [1, 5, 15, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400];

/** What is known of a run beside its events. */
export interface Beside {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Undefined for a run that asked nothing of GitHub. */
  readonly github?: Statement | undefined;
  readonly requests?: ReadonlyArray<RequestCount> | undefined;
}

export class RunMetrics {
  readonly timeline = new Timeline();
  readonly #ended = new Counter();
  readonly #taskTime = new Histogram(bounds);
  readonly #attempts = new Counter();
  readonly #attemptTime = new Histogram(bounds);
  readonly #waits = new Histogram([0.1, 0.5, ...bounds]);
  readonly #launches = new Counter();
  readonly #landings = new Counter();
  readonly #landingTime = new Histogram(bounds);
  readonly #failures = new Counter();
  readonly #cost = new Counter();
  readonly #tokens = new Counter();

  /** Takes the next event in, and answers with what ended with it. */
  apply(event: RunEvent.RunEvent): ReadonlyArray<Stretch> {
    const ended = this.timeline.apply(event);
    if (event._tag === "LaunchIntended") this.#launches.add({ agent: event.agent });
    for (const stretch of ended) this.#count(stretch);
    return ended;
  }

  /** All metrics at a moment. Every point says of which run it is. */
  families(state: RunState.RunState, beside: Beside): ReadonlyArray<MetricFamily> {
    const families = [...this.#ofEvents(), ...ofState(state, beside.now), ...ofServices(beside)];
    const run = this.timeline.run;
    return families
      .filter(({ points }) => points.length > 0)
      .map((family) => labelled(family, run));
  }

  #count(stretch: Stretch): void {
    const { agent = "", failure, outcome, usage, waitedMillis, what } = stretch;
    const seconds = (stretch.endedAt - stretch.startedAt) / 1000;
    switch (what) {
      case "task":
        this.#ended.add({ outcome });
        if (outcome !== "skipped") this.#taskTime.add({ outcome }, seconds);
        return;
      case "attempt":
        this.#attempts.add({ agent, outcome });
        this.#attemptTime.add({ agent, outcome }, seconds);
        this.#waits.add({ agent }, (waitedMillis ?? 0) / 1000);
        if (failure !== undefined) this.#failures.add({ class: failure.class, during: "attempt" });
        if (usage?.costUsd !== undefined) this.#cost.add({ agent }, usage.costUsd);
        if (usage?.inputTokens !== undefined) {
          this.#tokens.add({ agent, type: "input" }, usage.inputTokens);
        }
        if (usage?.outputTokens !== undefined) {
          this.#tokens.add({ agent, type: "output" }, usage.outputTokens);
        }
        return;
      case "landing":
        this.#landings.add({ outcome });
        this.#landingTime.add({ outcome }, seconds);
        if (failure !== undefined) this.#failures.add({ class: failure.class, during: "landing" });
        return;
      case "run":
    }
  }

  #ofEvents(): ReadonlyArray<MetricFamily> {
    return [
      counter("tasks.ended", "{task}", "Tasks that ended, by outcome.", this.#ended),
      histogram("task.duration", "From ready to ended.", this.#taskTime),
      counter("launches", "{launch}", "Launches that were asked for.", this.#launches),
      counter("attempts", "{attempt}", "Attempts that ended, by outcome.", this.#attempts),
      histogram("attempt.duration", "From launch to the end of the agent run.", this.#attemptTime),
      histogram("queue.wait", "From ready to launched.", this.#waits),
      counter("landings", "{landing}", "Landings that ended, by outcome.", this.#landings),
      histogram("landing.duration", "From delivered to landed or refused.", this.#landingTime),
      counter("failures", "{failure}", "Failures, by class.", this.#failures),
      counter("cost", "{USD}", "What agents say that they cost.", this.#cost),
      counter("tokens", "{token}", "Tokens that agents say they used.", this.#tokens),
    ];
  }
}

const prefix = "orchestrator.";

const counter = (
  name: string,
  unit: string,
  description: string,
  { points }: { readonly points: ReadonlyArray<Value> },
): MetricFamily => ({ name: prefix + name, unit, description, type: "counter", points });

const gauge = (
  name: string,
  unit: string,
  description: string,
  points: ReadonlyArray<Value>,
): MetricFamily => ({ name: prefix + name, unit, description, type: "gauge", points });

const histogram = (name: string, description: string, spread: Histogram): MetricFamily => ({
  name: prefix + name,
  unit: "s",
  description,
  type: "histogram",
  bounds: spread.bounds,
  points: spread.points,
});

const plain = (value: number): ReadonlyArray<Value> => [{ labels: {}, value }];

const phases = ["Pending", "Ready", "Launching", "Running", "BackingOff", "Landing"] as const;

const ofState = (state: RunState.RunState, now: number): ReadonlyArray<MetricFamily> => {
  const end = state.endedAt ?? now;
  const seconds = Math.max(0, end - (state.startedAt ?? end)) / 1000;
  const info = { plan: state.plan, mode: state.mode, outcome: state.outcome ?? "none" };
  return [
    gauge("run.info", "1", "What the run is.", [{ labels: info, value: 1 }]),
    gauge("run.duration", "s", "Since the run began, until it ended.", plain(seconds)),
    gauge("tasks", "{task}", "Tasks of the run.", plain(state.size)),
    gauge(
      "tasks.open",
      "{task}",
      "Tasks that have not ended, by phase.",
      phases.map((phase) => ({ labels: { phase: snake(phase) }, value: state.count(phase) })),
    ),
    gauge("queue.depth", "{task}", "Tasks that wait for a slot.", plain(state.count("Ready"))),
    gauge("slots", "{slot}", "Agents that may work at once.", plain(state.concurrency)),
    gauge("slots.busy", "{slot}", "Agents at work.", plain(state.atWork)),
    gauge(
      "slots.utilization",
      "1",
      "Time that agents worked, of the time that all slots were there.",
      plain(Health.utilisation(state, now)),
    ),
  ];
};

const snake = (phase: string): string => phase.replace(/(?!^)[A-Z]/g, "_$&").toLowerCase();

const ofServices = ({ github, requests = [] }: Beside): ReadonlyArray<MetricFamily> => {
  const sent = requests.map(({ count, host, method, status }) => ({
    labels: { host, method, status },
    value: count,
  }));
  const http = counter("http.requests", "{request}", "Requests of adapters, by answer.", {
    points: sent,
  });
  return github === undefined ? [http] : [http, ...ofGitHub(github)];
};

const ofGitHub = (github: Statement): ReadonlyArray<MetricFamily> => {
  const each = (value: (account: Statement["operations"][number]) => number) =>
    github.operations.map((account) => ({
      labels: { operation: account.operation },
      value: value(account),
    }));
  const points = (["rest", "graphql"] as const).map((resource) => ({
    labels: { resource },
    value: github[resource],
  }));
  const left = github.remaining.map(({ remaining, resource }) => ({
    labels: { resource },
    value: remaining,
  }));
  const waited = plain(github.waitedMillis / 1000);
  return [
    counter("github.requests", "{request}", "Requests to GitHub, by operation.", {
      points: each(({ requests }) => requests),
    }),
    counter("github.points", "{point}", "Points of GitHub's budgets that were used.", { points }),
    gauge("github.points.remaining", "{point}", "Points that were left, last time.", left),
    counter("github.wait", "s", "Time spent waiting for GitHub's limits.", { points: waited }),
  ];
};

const labelled = (family: MetricFamily, run: string): MetricFamily => {
  const named = <P extends { readonly labels: Labels }>(point: P): P => ({
    ...point,
    labels: { run, ...point.labels },
  });
  return family.type === "histogram"
    ? { ...family, points: family.points.map(named) }
    : { ...family, points: family.points.map(named) };
};
