/** A whole run of a backlog on the fake of GitHub, in virtual time, and what it cost there. */
import {
  type Agent,
  AgentPool,
  CodeHost,
  Journal,
  Orchestrator,
  Reporter,
  type RunState,
} from "@orchestrator/core";
import { GitHub } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as Approval from "../../src/Approval.ts";
import * as GitHubClient from "../../src/GitHubClient.ts";
import * as GitHubCodeHost from "../../src/GitHubCodeHost.ts";
import * as GitHubReporter from "../../src/GitHubReporter.ts";
import * as GitHubSource from "../../src/GitHubSource.ts";
import * as Lease from "../../src/Lease.ts";
import type { Statement } from "../../src/Ledger.ts";
import * as RateLimits from "../../src/RateLimits.ts";
import { listening } from "./traffic.ts";
import { type Outside, virtually } from "./virtualTime.ts";
import { type Delivered, workingAgent } from "./workingAgent.ts";

/** How much is to be done, by how many agents at once. */
export interface Shape {
  readonly issues: number;
  readonly slots: number;
  readonly seed?: number;
  /** Whether GitHub merges by itself where it is asked to (default true). */
  readonly autoMerge?: boolean;
}

/** Points by operation: GraphQL's begin with a capital. */
export type Costs = Readonly<Record<string, number>>;

/** What was done, as plain data. */
export interface Figures {
  readonly outcome: string;
  readonly tasks: number;
  readonly hours: number;
  readonly warnings: ReadonlyArray<string>;
  /** What the fake holds against what was asked or done. */
  readonly violations: ReadonlyArray<string>;
  readonly merges: number;
  /** Issues by how many comments they have. */
  readonly comments: Readonly<Record<number, number>>;
  readonly duplicates: number;
  /** What the fake counted. */
  readonly requests: Readonly<Record<string, number>>;
  readonly points: { readonly rest: number; readonly graphql: number };
  /** What the client counted. */
  readonly ledger: Statement;
  readonly perHour: ReadonlyArray<Costs>;
  /** Requests that a limit refused. */
  readonly refused: number;
  readonly readsAtOnce: number;
  readonly betweenChanges: number;
  /** The most comments in a minute and in an hour. */
  readonly created: { readonly minute: number; readonly hour: number };
  /** Seconds from green checks until it is merged, and until the run knows it, in ascending order. */
  readonly merged: ReadonlyArray<number>;
  readonly landed: ReadonlyArray<number>;
}

const repository = "acme/shop";
const hour = 3_600_000;

/** Every issue can run: it is open, its author is trusted, and it waits for nothing elsewhere. */
const worldOf = ({ autoMerge = true, issues, seed = 1 }: Shape): GitHub.WorldInput => {
  const world = GitHub.many({ issues, others: 0, board: true, seed });
  const open = (issue: GitHub.IssueInput): GitHub.IssueInput => ({
    ...issue,
    state: "open",
    author: "operator",
  });
  return {
    ...world,
    repos: (world.repos ?? []).map((repo) => ({
      ...repo,
      merging: { auto: autoMerge },
      protection: { main: { checks: ["build"] } },
      issues: (repo.issues ?? []).map(open),
    })),
    tokens: [
      {
        token: "fake-github-token",
        kind: "classic",
        user: "operator",
        scopes: ["repo", "read:org", "project"],
      },
    ],
  };
};

/** Runs all of it. */
export const backlogRun = (shape: Shape): Promise<Figures> =>
  virtually((time) => Effect.scoped(program(shape, time)));

const program = Effect.fnUntraced(function* (shape: Shape, time: Outside) {
  const startedAt = time.now();
  const fake = yield* Effect.acquireRelease(
    Effect.promise(() => GitHub.make({ clock: time, world: worldOf(shape), latency: 0.2 })),
    (made) => Effect.promise(() => made.close()),
  );
  const traffic = listening(fake.fetch, time);
  const client = yield* GitHubClient.make({
    credentials: { _tag: "Token", token: Redacted.make(fake.token) },
    baseUrl: fake.api,
    limits: RateLimits.make(),
    patienceSeconds: Infinity,
  }).pipe(Effect.provideService(FetchHttpClient.Fetch, traffic.fetch));
  const totals: Array<Costs> = [];
  const note = Effect.sync(() => void totals.push({ ...fake.summary().costs }));
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(hour), note)));
  const { seed = 1, slots } = shape;
  const { agent, delivered } = workingAgent(fake, repository, seed);
  // Giving the lease back belongs to what it costs.
  const { ended, landedAt, tasks } = yield* Effect.scoped(work(client, agent, slots, time));
  yield* note;
  const summary = fake.summary();
  const mergedAt = new Map(fake.judge.merges().map(({ at, pull }) => [pull, at]));
  return {
    outcome: ended.outcome,
    tasks,
    hours: (time.now() - startedAt) / hour,
    warnings: ended.state.warnings.map((warning) => JSON.stringify(warning)),
    violations: [...summary.violations, ...summary.forbidden],
    merges: summary.merges.length,
    comments: commentsOf(fake, shape.issues),
    duplicates: fake.judge.duplicatedComments(/<!-- orchestrator (.+?) -->/).size,
    requests: summary.requests,
    points: { rest: summary.points.core, graphql: summary.points.graphql },
    ledger: client.ledger.statement(),
    perHour: differences(totals),
    refused: summary.refused,
    readsAtOnce: traffic.readsAtOnce(),
    betweenChanges: traffic.betweenChanges(),
    created: { minute: busiest(fake, hour / 60), hour: busiest(fake, hour) },
    merged: lags(delivered, ({ pull }) => mergedAt.get(pull)),
    landed: lags(delivered, ({ task }) => landedAt.get(task)),
  } satisfies Figures;
});

/** The run itself, with everything on. */
const work = Effect.fnUntraced(function* (
  client: GitHubClient.GitHubClient,
  agent: Agent.Agent,
  slots: number,
  time: Outside,
) {
  const run = "run-1";
  const sources = [{ issues: { owner: "acme", repository: "shop" } }];
  const { tasks } = yield* GitHubSource.make({ client, sources }).plan;
  const holder = { run, host: "here", process: "1" };
  const lease = yield* Lease.make(client, { repository, holder });
  const told = yield* GitHubReporter.make(client, {
    secret: Redacted.make("secret"),
    labels: {},
    board: { owner: "acme", number: 1 },
  });
  const host = yield* GitHubCodeHost.make(client, {
    mode: "auto",
    onNews: (news) => told.landing(news.task, noteOf(news)),
  });
  const landedAt = new Map<string, number>();
  const land: CodeHost.CodeHost["Service"]["land"] = (request) =>
    Effect.tap(host.land(request), () =>
      Effect.sync(() => void landedAt.set(request.task.id, time.now())),
    );
  const guarded = Approval.guard(lease.guard(agent), client);
  const layer = Orchestrator.Orchestrator.layer.pipe(
    Layer.provideMerge(
      Layer.mergeAll(
        AgentPool.AgentPool.layer({ agents: [{ agent: guarded }], slots }),
        Journal.Journal.layerMemory,
        Layer.succeed(CodeHost.CodeHost, { gates: host.gates, land }),
        Layer.succeed(Reporter.Reporter, told.reporter),
      ),
    ),
  );
  const options = { run, timeout: "2 hours", defaultGate: "merged" } as const;
  const ended = yield* Effect.provide(
    Effect.gen(function* () {
      const handle = yield* (yield* Orchestrator.Orchestrator).start(tasks, options);
      yield* Effect.forkChild(told.queued(tasks, (task) => isWaiting(handle.state, task)));
      return yield* handle.result;
    }).pipe(Effect.scoped),
    layer,
  );
  return { ended, landedAt, tasks: tasks.length };
});

const isWaiting = (state: RunState.RunState, task: string): boolean =>
  ["Pending", "Ready"].includes(state.get(task)?.phase ?? "");

/** What becomes of a pull request, for the comment on its issue. */
const noteOf = ({ step, view }: GitHubCodeHost.News) => ({
  pullRequest: { url: view.url, number: view.number },
  checks: view.checks.map(({ name, state }) => ({ name, state })),
  ...(step._tag === "Wait" ? { waitsFor: step.why } : {}),
});

const commentsOf = (fake: GitHub.GitHub, issues: number): Record<number, number> => {
  const found: Record<number, number> = {};
  for (let number = 1; number <= issues; number++) {
    const own = fake.judge
      .commentsOf(`${repository}#${number}`)
      .filter(({ body }) => body.startsWith("<!-- orchestrator "));
    found[own.length] = (found[own.length] ?? 0) + 1;
  }
  return found;
};

/** The most comments that were written within any such time. */
const busiest = ({ audit }: GitHub.GitHub, millis: number): number => {
  const written = audit.entries.filter(({ endpoint }) => endpoint === "comments.create");
  const times = written.map(({ at }) => at);
  return Math.max(
    0,
    ...times.map((from, index) => times.slice(index).filter((at) => at < from + millis).length),
  );
};

const lags = (
  delivered: ReadonlyArray<Delivered>,
  at: (one: Delivered) => number | undefined,
): ReadonlyArray<number> =>
  delivered
    .flatMap((one) => {
      const then = at(one);
      return then === undefined ? [] : [(then - one.greenAt) / 1000];
    })
    .sort((one, other) => one - other);

/** What each has more than the one before it. */
const differences = (totals: ReadonlyArray<Costs>): ReadonlyArray<Costs> =>
  totals.map((total, index) => {
    const before = totals[index - 1] ?? {};
    const more = Object.entries(total).map(
      ([name, points]) => [name, points - (before[name] ?? 0)] as const,
    );
    return Object.fromEntries(more.filter(([, points]) => points > 0));
  });
