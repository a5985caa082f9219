/** Protocols that are wrong in one place, each to be caught by the simulation. */
import { fileURLToPath } from "node:url";
import type { JournalKind } from "./Scenario.ts";

/** A text of a source that is replaced as it is loaded; it must occur exactly once. */
export interface Patch {
  readonly file: string;
  readonly text: string;
  readonly replacement: string;
}

export interface Variant {
  readonly name: string;
  /** Where the events must be to show it; without it, the seed says. */
  readonly journal?: JournalKind;
  readonly patches: ReadonlyArray<Patch>;
}

/** The root of the repository. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** The files that were changed while they were loaded. */
export const applied: Array<string> = [];

const core = "packages/core/src/internal/";
const own = "simulation/src/";

type Change = readonly [file: string, text: string, replacement: string];

const variant = (name: string, ...patches: ReadonlyArray<Change>): Variant => ({
  name,
  patches: patches.map(([file, text, replacement]) => ({ file, text, replacement })),
});

/** A wrong variant of the journal of the product. */
const ofJournal = (name: string, ...patches: ReadonlyArray<Change>): Variant => ({
  ...variant(`SqlJournal: ${name}`, ...patches),
  journal: "sql",
});

export const variants: ReadonlyArray<Variant> = [
  variant("no fsync before the effect", [
    `${own}DiskJournal.ts`,
    "yield* wanted(run, yield* asked((answer) => disk.sync(process, answer)));",
    "",
  ]),
  variant("intent after the launch", [
    `${core}TaskExecutor.ts`,
    "{ ...intended, startFrom }, node);\n    log.afterwards(() => this.#launch(life));",
    "{ ...intended, startFrom }, node);\n    this.#launch(life);",
  ]),
  variant("effects before the append", [
    `${core}RunLog.ts`,
    "const effects = this.#effects;",
    "runAll(this.#effects);\n    const effects = [];",
  ]),
  variant("effects after a failed append", [
    `${core}RunLog.ts`,
    "Effect.flatMap(this.#writer.append(events),",
    "Effect.flatMap(Effect.catch(this.#writer.append(events), () => Effect.succeed(0)),",
  ]),
  variant("a frozen process acts on what it knew", [
    `${core}RunLog.ts`,
    "if (effects.length === 0 || now - this.#confirmedAt < patience) {",
    "if (effects.length === 0 || now - this.#confirmedAt < Infinity) {",
  ]),
  variant("no settle wait", [
    `${core}effects.ts`,
    "const ended = began > settledAt ? yield* conclude(creation) : undefined;",
    "const ended = yield* conclude(creation);",
  ]),
  variant("settle wait without the launch deadline", [
    `${core}attempt.ts`,
    "return Duration.toMillis(requestDeadline(agent, deadlines)) + settle;",
    "return settle / 2;",
  ]),
  variant(
    "settle wait on the wall clock",
    [`${core}Launches.ts`, "now: () => log.monotonicMillis(),", "now: () => log.present(),"],
    [
      `${core}Launches.ts`,
      "life.lastSent = log.monotonicMillis() + Attempt.patienceMillis(agent);",
      "life.lastSent = log.present() + Attempt.patienceMillis(agent);",
    ],
    [
      `${core}Launches.ts`,
      "until: Math.max(settledAt, log.monotonicMillis()) + patienceMillis,",
      "until: Math.max(settledAt, log.present()) + patienceMillis,",
    ],
    [
      `${core}TaskExecutor.ts`,
      "life.lastSent = log.monotonicMillis();",
      "life.lastSent = log.present();",
    ],
  ),
  variant("settle wait from the send after a restart", [
    `${core}TaskExecutor.ts`,
    "life.lastSent = log.monotonicMillis();",
    "life.lastSent = log.monotonicMillis() - (log.present() - attempt.startedAt);",
  ]),
  variant("absence without a control", [
    `${core}effects.ts`,
    "if (control === undefined) {",
    "if (control === undefined) return { _tag: 'Absent' };\n  if (control === undefined) {",
  ]),
  variant("absence although the control is not shown", [
    `${core}effects.ts`,
    "return shown.success",
    "return shown.success || true",
  ]),
  variant("a launch of a dead process counts as not sent", [
    `${core}TakeOvers.ts`,
    "this.#course.lost(life, message);",
    'this.#around.pool.release(life.slot);\n    this.#course.failed(life, { class: "infrastructure", message });',
  ]),
  variant("a launch without an answer counts as not sent", [
    `${core}attempt.ts`,
    'reason: "Ambiguous",',
    'reason: "NotSent",',
  ]),
  variant("a refused repetition counts for the launch", [
    `${core}TaskExecutor.ts`,
    'if (error.reason === "Ambiguous" || life.isUnclear)',
    'if (error.reason === "Ambiguous")',
  ]),
  variant("no timeout for what was found again", [
    `${core}TaskExecutor.ts`,
    "resumed: (life) => this.#resumed(life),",
    "resumed: () => undefined,",
  ]),
  variant("result stored after dependents start", [
    `${core}TaskExecutor.ts`,
    'log.record({ _tag: "AgentRunEnded", at: log.now(), task: task.id, attempt, end }, node);',
    'log.afterwards(() => this.#around.post(() => log.record({ _tag: "AgentRunEnded", at: log.now(), task: task.id, attempt, end }, node)));',
  ]),
  variant("gates count before they are reached", [
    `${core}Landings.ts`,
    'reached(node, "agent-ended");',
    'reached(node, "checks-green");',
  ]),
  variant("events applied twice", [
    "packages/core/src/internal/past.ts",
    "for (const { event } of entries) state.apply(event);",
    'for (const { event } of entries) { state.apply(event); if (event._tag !== "TasksAdded") state.apply(event); }',
  ]),
  variant("lock ignored", [
    `${own}DiskJournal.ts`,
    "if (!disk.lock(process)) return",
    "if (!disk.lock(process) && false) return",
  ]),
  variant("epoch not raised", [
    `${own}DiskJournal.ts`,
    "disk.raiseEpoch(process);",
    "if (disk.epoch === 0) disk.raiseEpoch(process);",
  ]),
  variant("launch retried by the client", [
    `${own}RemoteAgent.ts`,
    "return Effect.flatMap(created, (reply) => this.#launched(reply));",
    "return Effect.retry(Effect.flatMap(created, (reply) => this.#launched(reply)), { times: 2 });",
  ]),
  variant("500 counts as rejected", [
    `${own}RemoteAgent.ts`,
    "if (isClear && status >= 400 && status < 500) return",
    "if (status >= 400) return",
  ]),
  variant("a broken connection counts as not sent", [
    `${own}RemoteAgent.ts`,
    'notLaunched("Ambiguous", "the connection broke")',
    'notLaunched("NotSent", "the connection broke")',
  ]),
  variant("only the first page", [
    `${own}requests.ts`,
    "if (page.length < pageSize) return [...found.values()];",
    "return [...found.values()];",
  ]),
  variant("pages that do not overlap", [
    `${own}requests.ts`,
    "skip += pageSize - 1",
    "skip += pageSize, last = undefined",
  ]),
  variant("a failed page counts as empty", [
    `${own}requests.ts`,
    "if (page === undefined) return undefined;",
    "if (page === undefined) return [...found.values()];",
  ]),
  variant("401 counts as absent", [
    `${own}requests.ts`,
    "const body = reply?.status === 200 ? parse(reply.text) : undefined;",
    "const body = reply?.status === 401 ? { items: [] } : reply?.status === 200 ? parse(reply.text) : undefined;",
  ]),
  variant("an ambiguous report is created again", [
    `${core}Reports.ts`,
    'if (reason === "Ambiguous") return this.#search(node, log.monotonicMillis());',
    'if (reason === "Ambiguous") return this.#create(node);',
  ]),
  variant("the run ends before all is told", [
    `${core}Settlement.ts`,
    "if (reports?.isBusy === true) return;",
    "",
  ]),
  variant("an unknown status counts as done", [
    `${own}RemoteAgent.ts`,
    'if (shown.status !== "ACTIVE" && !hasWarned) {',
    'if (shown.status !== "ACTIVE") return { _tag: "Succeeded" };\n        if (!hasWarned) {',
  ]),
  variant("404 counts as gone", [
    `${own}RemoteAgent.ts`,
    "if (!isShown(shown)) return yield*",
    'if (reply?.status === 404) return { _tag: "Failed", failure: { class: "infrastructure", message: "gone" } };\n        if (!isShown(shown)) return yield*',
  ]),
  variant("a cancellation counts as confirmed", [
    `${own}RemoteAgent.ts`,
    'return yield* failed("cancel",',
    'return; yield* failed("cancel",',
  ]),
  variant(
    "landing without looking first",
    [
      `${own}RepositoryHost.ts`,
      "if (proposed.merged !== undefined) return { commit: proposed.merged };",
      "",
    ],
    [`${own}RepositoryHost.ts`, "if (merged !== undefined) return { commit: merged };", ""],
  ),
  ofJournal(
    "an append does not look at the epoch",
    [
      `${core}sql/store.ts`,
      "WHERE number = ? AND epoch = ? AND last = ? RETURNING number",
      "WHERE number = ? AND epoch >= ? AND last = ? RETURNING number",
    ],
    [`${core}sql/store.ts`, "AND epoch = NEW.epoch AND", "AND epoch >= NEW.epoch AND"],
  ),
  ofJournal(
    "an append goes on where the run was not moved",
    [`${core}sql/store.ts`, "if (moved.length !== 1) return false;", ""],
    [`${core}sql/store.ts`, "SELECT RAISE(IGNORE) WHERE changes() <> 1;", ""],
  ),
  ofJournal("the epoch is not raised", [
    "packages/core/src/SqlJournal.ts",
    "SET epoch = epoch + 1,",
    "SET epoch = epoch,",
  ]),
  ofJournal("nobody asks whether the run is still open", [
    `${core}sql/Appends.ts`,
    '"SELECT number FROM journal_run WHERE number = ? AND epoch = ?",',
    '"SELECT number FROM journal_run WHERE number = ? AND epoch >= ?",',
  ]),
  ofJournal(
    "an append is answered before its commit",
    [
      `${core}sql/Appends.ts`,
      "return atOnce !== undefined && this.#isAlone(encoded)",
      "return atOnce !== undefined && false",
    ],
    [
      `${core}sql/Appends.ts`,
      "return this.#storing(planned, stored, () => {\n        isComplete = true;\n      });",
      "answer(planned);\n      return Effect.asVoid(Effect.forkDetach(this.#storing(planned, stored, () => {})));",
    ],
  ),
  ofJournal(
    "a commit that failed counts as done",
    [
      `${core}sql/Appends.ts`,
      'request.answer = Exit.fail(database.failure("append", run)(error));',
      "request.answer = Exit.void;",
    ],
    [
      `${core}sql/Appends.ts`,
      'onFailure: (error) => Effect.fail(this.#options.database.failure("append", open.run)(error)),',
      "onFailure: () => Effect.succeed(open.monotonicMillis),",
    ],
  ),
  ofJournal("an append that added nothing counts as done", [
    `${core}sql/Appends.ts`,
    "(isAdded ? Effect.succeed(open.monotonicMillis) : this.#refuse(open))",
    "Effect.succeed(open.monotonicMillis)",
  ]),
  ofJournal("appends that share a transaction begin at the same place", [
    `${core}sql/Appends.ts`,
    "this.#commitAfter(heads.get(open) ?? open.head, open, encoded, time)",
    "this.#commitAfter(open.head, open, encoded, time)",
  ]),
  ofJournal("whoever waits has the answer of the first", [
    `${core}sql/Appends.ts`,
    "request.answer = exit;",
    "request.answer = requests[0]!.answer ?? exit;",
  ]),
  ofJournal("a big event counts as written although its file is not", [
    `${core}sql/Appends.ts`,
    "request.answer = Exit.fail(failed(request.open.run, message));\n          return false;",
    "void message;\n          return true;",
  ]),
  ofJournal("a transaction ends without a commit", [
    `${core}sql/Database.ts`,
    'yield* ask("COMMIT");',
    'yield* ask("ROLLBACK");',
  ]),
  ofJournal("events of a kind are packed without a look at their fields", [
    `${core}sql/packed.ts`,
    "if (shape[++field] !== name) break;",
    "if (field === shape.length - 1) continue;\n    field++;",
  ]),
];
