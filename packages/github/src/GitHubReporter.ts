/**
 * Tells about tasks on their issues: a comment, created once and kept up to date, and beside it,
 * as far as they are wanted, the status label, the status on the board, and that it is done.
 *
 * Only the comment can be there twice, so only that is created once and looked for. Everything
 * else sets a state: what fails of it is told, and set by the next update.
 */
import { createHash } from "node:crypto";
import type { Reporter, Task } from "@orchestrator/core";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as Redacted from "effect/Redacted";
import * as BoardStatus from "./BoardStatus.ts";
import type { GitHubClient } from "./GitHubClient.ts";
import type { GitHubError } from "./GitHubError.ts";
import * as GitHubHost from "./GitHubHost.ts";
import { atOnce, type Seen } from "./internal/reports/atOnce.ts";
import { Comments, refOf } from "./internal/reports/Comments.ts";
import { type Change, together } from "./internal/reports/changes.ts";
import { close } from "./internal/reports/closing.ts";
import { type Entry, unknown } from "./internal/reports/entry.ts";
import { issueOf, type Place, placeOf } from "./internal/reports/place.ts";
import { type IsWaiting, queue } from "./internal/reports/queue.ts";
import { creationError } from "./internal/reports/reportError.ts";
import * as IssueId from "./IssueId.ts";
import * as ReportComment from "./ReportComment.ts";
import * as ReportMarker from "./ReportMarker.ts";
import * as StatusLabels from "./StatusLabels.ts";

/** What is written on issues, and as whom. */
export interface Options {
  /** What the marks of comments are made with. It stays on the operator's machine. */
  readonly secret: Redacted.Redacted;
  /** Whether comments are written (default true). */
  readonly comments?: boolean | undefined;
  /** Absent: no labels. */
  readonly labels?: StatusLabels.Options | undefined;
  /** Absent: no board. */
  readonly board?: BoardStatus.Options | undefined;
  /** Whether the issue of a task that succeeded is closed (default false). */
  readonly closeIssues?: boolean | undefined;
  /** Hosts beside GitHub's own that links in comments may lead to. */
  readonly linkHosts?: ReadonlyArray<string> | undefined;
  /** How long a change may wait for its turn, in seconds (default 300). */
  readonly patienceSeconds?: number | undefined;
}

/** The reporter of a run on GitHub, and what it is told besides the events of the run. */
export interface GitHubReporter {
  readonly reporter: Reporter.Reporter["Service"];
  /** Says what is known of a change on its way; it is written within a minute, many sayings as one. */
  readonly landing: (task: Task.TaskId, landing: ReportComment.Landing) => Effect.Effect<void>;
  /**
   * Labels the issues of tasks that wait as queued, as far as labels are wanted. `isWaiting` is
   * asked right before each request: what has begun by then is left to its report.
   */
  readonly queued: (tasks: Iterable<Task.Task>, isWaiting: IsWaiting) => Effect.Effect<void>;
}

const usualPatienceSeconds = 300;
/** A change with ten checks is told a few times, not ten times. */
const dueAfter = Duration.minutes(1);

/** Tells with this client. Closing its scope ends what it has not said yet of landings. */
export const make = Effect.fn("GitHubReporter.make")(function* (
  client: GitHubClient,
  options: Options,
) {
  const { comments: isWritten = true, patienceSeconds = usualPatienceSeconds } = options;
  const { board, closeIssues = false, labels, linkHosts = [], secret } = options;
  const scope = yield* Effect.scope;
  const entries = new Map<Task.TaskId, Entry>();
  const comments = new Comments(client, Duration.seconds(patienceSeconds));
  const statusLabels = labels === undefined ? undefined : StatusLabels.make(client, labels);
  const boardStatus = board === undefined ? undefined : BoardStatus.make(client, board);
  const seen: Seen = new Map();
  const setAtOnce = statusLabels && atOnce(client, statusLabels, boardStatus, seen);
  const hosts = [GitHubHost.hostOf(client.host).replace(/:\d+$/, ""), ...linkHosts];

  const entryOf = (task: Task.TaskId): Entry => {
    const known = entries.get(task) ?? unknown();
    entries.set(task, known);
    return known;
  };

  const textOf = (report: Reporter.Report, issue: IssueId.Parts): string => {
    const { landing } = entryOf(report.state.task.id);
    return ReportComment.make(report, { secret, issue, hosts, landing });
  };

  const create = Effect.fn("GitHubReporter.create")(function* (report: Reporter.Report) {
    const { issue } = yield* placeOf(report);
    // Without comments there is nothing to create or to find: the issue itself is told.
    if (!isWritten) return { id: IssueId.of(issue) };
    const text = textOf(report, issue);
    const comment = yield* comments.create(issue, text);
    entryOf(report.state.task.id).written = hashOf(text);
    return refOf(comment);
  });

  const find = Effect.fn("GitHubReporter.find")(function* (report: Reporter.Report) {
    const { issue } = yield* placeOf(report);
    if (!isWritten) return [{ id: IssueId.of(issue) }];
    const { key, run } = report;
    const repository = `${issue.owner}/${issue.repository}`;
    const subject = { run, key, repository, number: issue.number };
    const own = yield* Effect.mapError(comments.own(issue), creationError);
    const found = own.filter(({ body }) => ReportMarker.isOn(body ?? "", secret, subject));
    entryOf(report.state.task.id).written = found[0] && hashOf(found[0].body ?? "");
    return found.map(refOf);
  });

  /** What is being changed is not known until that is answered. */
  const write = Effect.fnUntraced(function* (
    entry: Entry,
    { id }: Reporter.ReportRef,
    report: Reporter.Report,
    issue: IssueId.Parts,
  ) {
    const text = textOf(report, issue);
    const hash = hashOf(text);
    if (!isWritten || entry.isDeleted || !/^\d+$/.test(id) || entry.written === hash) return;
    entry.written = undefined;
    yield* Effect.tapError(comments.edit(issue, id, text), ({ _tag }) =>
      Effect.sync(() => void (entry.isDeleted = _tag === "NotFound")),
    );
    entry.written = hash;
  });

  /** Everything beside the comment that the state of a task asks for. */
  const wanted = ({ issue, nodeId }: Place, state: StatusLabels.State): ReadonlyArray<Wanted> => [
    ...(statusLabels === undefined
      ? []
      : [["label", "the label", statusLabels.set(issue, state)] as const]),
    ...(boardStatus === undefined || nodeId === undefined
      ? []
      : [
          [
            "status",
            "the board",
            boardStatus.set({ id: IssueId.of(issue), nodeId }, state),
          ] as const,
        ]),
    ...(closeIssues && state === "completed"
      ? [["closed", "the issue", close(client, issue)] as const]
      : []),
  ];

  /** What is not set by this is set one by one, and fails by name there. */
  const setTogether = (entry: Entry, place: Place, state: StatusLabels.State) =>
    Effect.suspend(() => {
      const { label, status } = entry.set;
      if (setAtOnce === undefined || label === state || status === state) return Effect.void;
      entry.set.label = entry.set.status = undefined;
      const done = Effect.orElseSucceed(setAtOnce(place, state), () => []);
      return Effect.map(done, (keys) => {
        for (const key of keys) entry.set[key] = state;
      });
    });

  const update = Effect.fn("GitHubReporter.update")(function* (
    ref: Reporter.ReportRef,
    report: Reporter.Report,
  ) {
    const place = yield* placeOf(report);
    const { phase, task } = report.state;
    const entry = entryOf(task.id);
    entry.last = { ref, report };
    const state = StatusLabels.stateOf(phase);
    const comment = ["the comment", write(entry, ref, report, place.issue)] as const;
    const others = wanted(place, state).map((one) => unlessSet(entry, state, one));
    // Of a landing there is more to tell at once.
    const isSoonTold = isWritten && phase === "Landing";
    if (isSoonTold) yield* tellSoon(task.id, entry);
    const changes = together(isSoonTold ? others : [comment, ...others]);
    yield* entry.oneAtATime.withPermit(Effect.andThen(setTogether(entry, place, state), changes));
  });

  /** The comment as it is to be now, if nothing has overtaken it. */
  const refresh = Effect.fnUntraced(function* (entry: Entry) {
    yield* Effect.sleep(dueAfter);
    entry.isDue = false;
    const { last } = entry;
    const place = last === undefined ? undefined : issueOf(last.report.state.task);
    if (last === undefined || place === undefined) return;
    yield* entry.oneAtATime.withPermit(
      Effect.suspend(() =>
        entry.last === last ? write(entry, last.ref, last.report, place.issue) : Effect.void,
      ),
    );
  });

  const tellSoon = (task: Task.TaskId, entry: Entry): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (entry.isDue) return Effect.void;
      entry.isDue = true;
      const told = Effect.catch(refresh(entry), ({ message }) =>
        Effect.logWarning(`${task} could not be reported for now: ${message}`),
      );
      return Effect.asVoid(Effect.forkIn(told, scope));
    });

  const landing = (task: Task.TaskId, said: ReportComment.Landing): Effect.Effect<void> =>
    Effect.suspend(() => {
      const entry = entryOf(task);
      entry.landing = said;
      return entry.last?.report.state.phase === "Landing" ? tellSoon(task, entry) : Effect.void;
    });

  const queued: GitHubReporter["queued"] = (tasks, isWaiting) => {
    if (statusLabels === undefined) return Effect.void;
    const isUntold = (task: Task.TaskId) => isWaiting(task) && !entries.has(task);
    return Effect.catch(queue(client, statusLabels, seen)(tasks, isUntold), ({ message }) =>
      Effect.logWarning(`Not all issues whose tasks wait are labelled as queued: ${message}`),
    );
  };

  const made: GitHubReporter = {
    landing,
    queued,
    reporter: {
      patienceSeconds,
      covers: ({ task }) => issueOf(task) !== undefined,
      create,
      find,
      update,
    },
  };
  return made;
});

/** What is to be so, under which name that is remembered, and what it is called. */
type Wanted = readonly [
  key: "label" | "status" | "closed",
  what: string,
  change: Effect.Effect<void, GitHubError>,
];

/** The change, unless it was made for this state before. */
const unlessSet = (
  entry: Entry,
  state: StatusLabels.State,
  [key, what, change]: Wanted,
): Change => [
  what,
  Effect.suspend(() => {
    if (entry.set[key] === state) return Effect.void;
    entry.set[key] = undefined;
    return Effect.tap(change, () => Effect.sync(() => void (entry.set[key] = state)));
  }),
];

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");
