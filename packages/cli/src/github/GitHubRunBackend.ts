/**
 * GitHub as the place where the work of a run lands and where people are told of it.
 *
 * Whoever needs this module imports it when it is needed: nothing of it is loaded for help,
 * plans and runs of plan files.
 */
import { hostname } from "node:os";
import { type Agent, CodeHost, Reporter, type RunState, type Task } from "@orchestrator/core";
import * as Approval from "@orchestrator/github/Approval";
import * as BranchGuard from "@orchestrator/github/BranchGuard";
import * as ForeignMarkers from "@orchestrator/github/ForeignMarkers";
import type { GitHubClient } from "@orchestrator/github/GitHubClient";
import type { Settings } from "@orchestrator/github/GitHubConfig";
import * as GitHubCodeHost from "@orchestrator/github/GitHubCodeHost";
import * as GitHubReporter from "@orchestrator/github/GitHubReporter";
import * as Lease from "@orchestrator/github/Lease";
import type { Statement } from "@orchestrator/github/Ledger";
import * as RunComment from "@orchestrator/github/RunComment";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { Automation } from "../config/Automation.ts";
import { unreadable } from "./GitHubBackend.ts";
import * as LandingNews from "./LandingNews.ts";
import type { OnGitHub } from "../run/RunSetup.ts";
import * as Secret from "../run/Secret.ts";
import * as TrackingIssue from "./TrackingIssue.ts";

export interface Options {
  readonly run: string;
  readonly client: GitHubClient;
  readonly settings: Settings;
  /** For people: where the token is from. */
  readonly from: string;
  readonly automation: Automation;
  readonly setup: OnGitHub;
  /** `owner/name` of what a bare number means; undefined if that is not known. */
  readonly repository: string | undefined;
  /** Whether an earlier process worked on the run. */
  readonly isResumed: boolean;
  /** Whether agents are launched: only then the repositories are kept from other orchestrators. */
  readonly launches: boolean;
  /** What this process can be told by on its machine; undefined where that is not known. */
  readonly mark: string | undefined;
  /** Whether the holder of a lease, on this machine, works no more. */
  readonly isGone: (holder: Lease.Holder) => Effect.Effect<boolean>;
  /** The folder of the project. */
  readonly root: string;
  /** Hosts beside GitHub's that links in comments may lead to. */
  readonly linkHosts: ReadonlyArray<string>;
}

export interface GitHubRunBackend {
  /** The same agent, which launches only what was approved, and only while nobody else works on its repository. */
  readonly guard: (agent: Agent.Agent) => Agent.Agent;
  readonly codeHost: Layer.Layer<CodeHost.CodeHost>;
  /** Undefined if nothing is told. */
  readonly reporter: Layer.Layer<Reporter.Reporter> | undefined;
  /** Comes when another orchestrator took a repository over. */
  readonly lost: Effect.Effect<Lease.LeaseLost>;
  /**
   * Tells how the run stands where nothing but its beginning is the news: labels of what waits, and
   * the tracking issue, if there is one, now and when the scope closes.
   */
  readonly summarise: (
    ledger: () => Statement,
  ) => (state: RunState.RunState) => Effect.Effect<void>;
}

/** Makes all of it, until the scope closes. */
export const make = Effect.fn("GitHubRunBackend.make")(function* (options: Options) {
  const { automation, client, settings, setup } = options;
  const tracking = yield* TrackingIssue.make;
  const leases = automation.hasLease && options.launches ? yield* leasesOf(options) : [];
  const told = yield* reporterOf(options);
  const comment = yield* commentOf(options);
  const says = new LandingNews.LandingNews(
    (task, note) => told?.landing(task, note) ?? Effect.void,
  );
  const host = yield* GitHubCodeHost.make(client, {
    ...automation.landing,
    base: setup.base,
    onNews: (news) => says.tell(news),
  });
  const scope = yield* Effect.scope;
  const guard = (agent: Agent.Agent): Agent.Agent => {
    const leased = leases.reduce((inner, lease) => lease.guard(inner), agent);
    // Whoever is asked last is asked nearest to the launch.
    const branched = BranchGuard.guard(leased, client, { base: setup.base });
    return Approval.guard(branched, client, { trust: settings.trust });
  };
  return {
    guard,
    codeHost: Layer.succeed(CodeHost.CodeHost, says.listening(host)),
    reporter: told === undefined ? undefined : Layer.succeed(Reporter.Reporter, told.reporter),
    lost: Effect.raceAll([Effect.never, ...leases.map(({ lost }) => lost)]),
    summarise: (ledger) => (state) =>
      Effect.andThen(
        told === undefined || !options.launches
          ? Effect.void
          : Effect.forkIn(told.queued(tasksOf(state), isWaitingIn(state)), scope),
        comment === undefined ? Effect.void : tracking.follow({ comment, state, ledger }),
      ),
  } satisfies GitHubRunBackend;
});

const tasksOf = (state: RunState.RunState): ReadonlyArray<Task.Task> =>
  Array.from({ length: state.size }, (_, node) => state.table.task(node));

/** Whether a task has not begun, nor was told of before. */
const isWaitingIn = (state: RunState.RunState) => (task: Task.TaskId) => {
  const node = state.table.numberOf(task);
  if (node === undefined || state.report(node) !== undefined) return false;
  const phase = state.phase(node);
  return phase === "Pending" || phase === "Ready";
};

/** One for each repository; where one is taken, those taken before are given back. */
const leasesOf = ({ client, from, isGone, mark, run, setup }: Options) => {
  const host = hostname();
  const told = mark === undefined ? {} : { mark };
  const holder = { run, host, process: String(process.pid), ...told };
  return Effect.forEach(setup.repositories, (repository) =>
    Lease.make(client, {
      repository,
      holder,
      isGone: (other) => (other.host === host ? isGone(other) : Effect.succeed(false)),
      onNote: (sentence) => Effect.logWarning(sentence),
      foreignMarkers: ForeignMarkers.list(client, { repository, run }),
    }).pipe(
      Effect.mapError((error) => (error._tag === "LeaseHeld" ? error : unreadable(error, from))),
    ),
  );
};

const reporterOf = Effect.fnUntraced(function* (options: Options) {
  const { automation, client, linkHosts, root, setup } = options;
  const { closesIssues: closeIssues, comments, labelPrefix: prefix } = automation;
  const board = automation.movesItems ? boardOf(options) : undefined;
  const isSilent = !comments && prefix === undefined && board === undefined && !closeIssues;
  if (setup.isSilent || isSilent) return undefined;
  const labels = prefix === undefined ? undefined : { prefix };
  return yield* GitHubReporter.make(client, {
    secret: yield* Secret.of(root),
    comments,
    labels,
    board,
    closeIssues,
    linkHosts,
  });
});

/** The summary of the run on the issue that is named for it; undefined if none is. */
const commentOf = Effect.fnUntraced(function* (options: Options) {
  const { automation, client, isResumed, linkHosts, repository, root, run, setup } = options;
  const named = automation.trackingIssue;
  if (setup.isSilent || named === undefined) return undefined;
  const issue = TrackingIssue.issueOf(named, repository);
  if (issue === undefined) {
    const { number } = named;
    yield* TrackingIssue.warn(
      `the run is in several repositories. Name the one that is meant: OWNER/REPOSITORY#${number}`,
    );
    return undefined;
  }
  const secret = yield* Secret.of(root);
  return yield* RunComment.make(client, { secret, run, issue, isResumed, linkHosts });
});

/** The board that issues are taken from. */
const boardOf = ({ automation, settings }: Options) => {
  const [project] = settings.sources.flatMap((source) =>
    "project" in source ? [source.project] : [],
  );
  if (project === undefined) return undefined;
  const { number, owner, statusField: field } = project;
  return {
    owner,
    number,
    ...(field === undefined ? {} : { field }),
    names: automation.columns,
  };
};
