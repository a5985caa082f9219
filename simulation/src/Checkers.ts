import { type Agent, RunState, Task } from "@orchestrator/core";
import type { BackEnd, Row } from "./BackEnd.ts";
import type { Comment, Comments } from "./Comments.ts";
import { entriesOf } from "./DiskJournal.ts";
import type { Process } from "./Process.ts";
import type { Repository } from "./Repository.ts";
import type { Frame } from "./Store.ts";
import type { World } from "./World.ts";

/** What the checkers look at. */
export interface Evidence {
  readonly world: World;
  readonly backEnds: () => ReadonlyArray<BackEnd>;
  readonly repository: Repository | undefined;
  readonly comments: Comments | undefined;
  readonly defaultGate: Task.Gate;
}

/**
 * The rules that no world may break, checked from outside: against the durable
 * part of the disk, the back-ends' books and the repository.
 */
export class Checkers {
  readonly #evidence: Evidence;
  /** The fold of everything that is durable. */
  readonly state = new RunState.RunState();
  #last = 0;
  /** Per epoch, the process that wrote in it. */
  readonly #writers = new Map<number, number>();
  /** The last epoch of which the store has told. */
  #opened = 0;
  /** The agent runs that the journal knows. */
  readonly #refs = new Set<string>();
  /** Tasks about which a person decided. */
  readonly #decided = new Set<string>();
  /** When tasks were last ready, and given back to the run, as numbers of events. */
  readonly #ready = new Map<string, number>();
  readonly #reopened = new Map<string, number>();
  #events = 0;
  /** The epochs in which the comments about tasks were last given up, and in which the run ended. */
  readonly #givenUp = new Map<string, number>();
  #endedIn = 0;
  /** Tasks whose comment is intended, and not yet asked for. */
  readonly #toComment = new Set<string>();
  readonly #requests = new Map<string, number>();

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
  }

  /** A process has made itself the only writer, by its epoch. */
  opened(epoch: number): void {
    this.#opened = epoch;
  }

  /** Something has become durable. */
  durable(frame: Frame): void {
    if (frame.first !== this.#last + 1) {
      this.#violate("sequence", `event ${frame.first} follows event ${this.#last}`);
    }
    const writer = this.#writers.get(frame.epoch);
    const latest = Math.max(this.#opened, ...this.#writers.keys());
    if (writer !== undefined && writer !== frame.process) {
      this.#violate("epochs", `processes ${writer} and ${frame.process} share ${frame.epoch}`);
    } else if (frame.epoch < latest) this.#violate("epochs", `${frame.epoch} after ${latest}`);
    this.#writers.set(frame.epoch, frame.process);
    for (const { event } of entriesOf("run", frame)) this.#apply(event, frame.epoch);
    this.#last = frame.first + frame.events.length - 1;
  }

  #apply(event: Parameters<RunState.RunState["apply"]>[0], epoch: number): void {
    const { state } = this;
    if ("task" in event && event._tag !== "Warning") {
      const task = state.get(event.task!);
      if (task === undefined) return this.#violate("fold", `unknown task ${event.task}`);
      const last = task.attempts.at(-1);
      if (event._tag === "TaskEnded" && task.outcome !== undefined) {
        this.#violate("one end", `${event.task} ends as ${event.outcome} after ${task.outcome}`);
      }
      if (event._tag === "AgentRunEnded" && last?.end !== undefined) {
        this.#violate("one result", `${event.task} has two results of attempt ${event.attempt}`);
      }
      if (event._tag === "HeldDecided") this.#decided.add(event.task);
    }
    if (event._tag === "AgentRunStarted") this.#refs.add(event.ref.id);
    if (event._tag === "LaunchDuplicated") for (const { id } of event.refs) this.#refs.add(id);
    if (event._tag === "ReportIntended") this.#toComment.add(event.task);
    if (event._tag === "Warning" && / reported/.test(event.message)) {
      this.#givenUp.set(event.task!, epoch);
    }
    if (event._tag === "RunEnded") this.#endedIn = epoch;
    this.#events++;
    if (event._tag === "TaskReady") this.#ready.set(event.task, this.#events);
    if (event._tag === "HeldDecided") this.#reopened.set(event.task, this.#events);
    if (event._tag === "TasksReopened") {
      for (const task of event.tasks) this.#reopened.set(task, this.#events);
    }
    state.apply(event);
  }

  /** A launch is about to be sent. */
  launches(process: Process, key: string, id: string, attempt: number, mayRepeat: boolean): void {
    this.#acts(process, `launch of ${key}`);
    const task = this.state.get(id);
    const last = task?.attempts.at(-1);
    const isOpen = last?.endedAt === undefined || (mayRepeat && last.isUnclear);
    if (task === undefined || last?.number !== attempt || !isOpen) {
      return this.#violate("intent first", `${key} is launched without a durable intent`);
    }
    const before = this.#requests.get(key) ?? 0;
    this.#requests.set(key, before + 1);
    if (before > 0 && !mayRepeat) this.#violate("one request", `${key} is sent again`);
    const node = this.state.table.numberOf(id)!;
    const isFirst = attempt === this.state.forgiven(node) + 1;
    if (!isFirst || this.state.isAllowed(node)) return;
    for (const dependency of Task.dependencies(task.task)) this.#checkEdge(task.task, dependency);
  }

  #checkEdge(task: Task.Task, dependency: Task.Dependency): void {
    const before = this.state.get(dependency.task)!;
    const gate = dependency.until ?? this.#evidence.defaultGate;
    // What was ready stays so when a person lets its dependency run again.
    const reopened = this.#reopened.get(dependency.task) ?? 0;
    if (reopened > (this.#ready.get(task.id) ?? 0)) return;
    const { attempts, gate: reached, outcome } = before;
    const what = `${task.id} starts before ${dependency.task} is ${gate}`;
    // A gate that an earlier attempt has reached stays reached.
    const isReached =
      reached !== undefined && Task.gates.indexOf(reached) >= Task.gates.indexOf(gate);
    if (outcome === "Held" && !isReached) return this.#violate("gates", `${what}: it is held`);
    if (outcome !== undefined && outcome !== "Succeeded") return;
    const delivered = attempts.filter(({ end }) => end?._tag === "Succeeded");
    if (delivered.length === 0) return this.#violate("result first", `${what}: no durable result`);
    if (delivered.every(({ ref }) => this.#works(ref))) {
      return this.#violate("gates", `${what}: its agent run still works`);
    }
    const { repository } = this.#evidence;
    const isThere = (branch: string) =>
      gate === "merged" ? repository!.isMerged(branch) : repository!.proposed.has(branch);
    if (repository === undefined || gate === "agent-ended") return;
    if (delivered.some(({ change }) => change === undefined || isThere(change.branch!))) return;
    this.#violate("gates", `${what} in the repository`);
  }

  #works(ref: Agent.AgentRunRef | undefined): boolean {
    const backEnd = this.#evidence.backEnds().find(({ name }) => name === ref?.agent);
    const row = ref === undefined ? undefined : backEnd?.find(ref.id);
    return row !== undefined && backEnd!.isWorking(row);
  }

  cancels(process: Process, id: string): void {
    this.#acts(process, `cancellation of ${id}`);
    if (this.hasLost(process)) return;
    for (const { attempts } of this.state.tasks()) {
      const attempt = attempts.find(({ ref }) => ref?.id === id);
      if (attempt !== undefined && attempt.cancelAsked === undefined) {
        this.#violate("intent first", `${id} is cancelled without a durable intent`);
      }
    }
  }

  lands(process: Process, branch: string): void {
    this.#acts(process, `landing of ${branch}`);
    if (this.hasLost(process)) return;
    const task = [...this.state.tasks()].find(
      ({ attempts }) => attempts.at(-1)?.change?.branch === branch,
    );
    if (task?.phase !== "Landing") {
      this.#violate("intent first", `${branch} lands without a durable intent`);
    }
  }

  /** Whoever has lost the run without knowing it may go on with what can be repeated freely. */
  hasLost(process: Process): boolean {
    const latest = Math.max(0, ...this.#writers.keys());
    return this.#writers.get(latest) !== process.id;
  }

  #acts(process: Process, what: string): void {
    if (process.knowsOfFailedWrite) this.#violate("no effect after a failed write", what);
  }

  /** A comment is about to be asked for. */
  comments(process: Process, key: string, task: string): void {
    this.#acts(process, `comment ${key}`);
    const report = this.state.report(this.state.table.numberOf(task)!);
    if (report === undefined || report.failed !== undefined || !this.#toComment.delete(task)) {
      this.#violate("intent first", `${key} is asked for without a durable intent of its own`);
    }
  }

  /** A comment was written. */
  commented({ key }: Comment): void {
    const same = this.#evidence.comments!.all.filter((comment) => comment.key === key);
    if (same.length > 1) this.#violate("told once", `${key} has ${same.length} comments`);
  }

  /** Whoever reads the comment of a task knows how it ended, unless the journal says that it was given up. */
  #told(comments: Comments, task: string, phase: string): void {
    const node = this.state.table.numberOf(task)!;
    const isRefused = this.state.report(node)?.failed === "Rejected";
    const givenUp = this.#givenUp.get(task);
    // Who opens a run that has ended tells what is overdue, and may give it up as well.
    if (givenUp !== undefined && (isRefused || givenUp >= this.#endedIn)) return;
    const says = comments.all.find((comment) => comment.task === task)?.phase;
    if (says !== phase) {
      this.#violate("told in the end", `${task} is ${phase}, its comment says ${says}`);
    }
  }

  /** A back-end has created an agent run. */
  created(backEnd: BackEnd, row: Row): void {
    const same = backEnd.rows.filter(({ key }) => key === row.key);
    if (same.length > 1) this.#violate("paid once", `${row.key} has ${same.length} agent runs`);
    for (const other of this.#evidence.backEnds()) {
      for (const earlier of other.rows) {
        if (earlier !== row && earlier.task === row.task && other.isWorking(earlier)) {
          this.#violate(
            "one agent at a time",
            `${row.key} starts while ${earlier.key} still works on ${row.task}`,
          );
        }
      }
    }
  }

  merged(branch: string, times: number): void {
    if (times > 1) this.#violate("landed once", `${branch} was merged ${times} times`);
  }

  /** Two folds of the same events, one of a process and one of the disk. */
  compare(process: Process, state: RunState.RunState): void {
    if (this.hasLost(process)) return;
    const [theirs, ours] = [snapshot(state), snapshot(this.state)];
    if (theirs !== ours) {
      const at = [...theirs].findIndex((letter, index) => letter !== ours[index]);
      const part = (text: string) => text.slice(Math.max(0, at - 60), at + 60);
      this.#violate("state is the fold", `process: ${part(theirs)} disk: ${part(ours)}`);
    }
  }

  /** What must be so when nothing is left to happen. */
  final(): void {
    const { world } = this.#evidence;
    if (this.state.outcome === undefined) this.#violate("ends", "the run has not ended");
    for (const { outcome, phase, task } of this.state.tasks()) {
      if (outcome === undefined) this.#violate("ends", `${task.id} is ${phase} for ever`);
    }
    for (const backEnd of this.#evidence.backEnds()) {
      for (const row of backEnd.rows.filter(({ key }) => key !== "")) {
        if (backEnd.isWorking(row)) this.#violate("nothing lost", `${row.id} works for nobody`);
        const isKnown = this.#refs.has(row.id) || this.#decided.has(row.task);
        if (!isKnown) this.#violate("nothing lost", `${row.id} for ${row.key} is not known`);
      }
    }
    const { comments, repository } = this.#evidence;
    for (const { phase, task } of comments === undefined ? [] : this.state.tasks()) {
      if (!task.id.includes("+")) this.#told(comments!, task.id, phase);
    }
    for (const { branch } of repository?.merges ?? []) {
      this.merged(branch, repository!.merges.filter((merge) => merge.branch === branch).length);
    }
    world.note("final checks are done");
  }

  #violate(checker: string, message: string): void {
    this.#evidence.world.violate(checker, message);
  }
}

/** All that can be seen of a state, as text. */
export const snapshot = (state: RunState.RunState): string =>
  JSON.stringify({
    tasks: [...state.tasks()].map(({ attempts, ...task }) => ({
      ...task,
      attempts: attempts.map(({ endedAt, failure, isUnclear, number, output, ref, startedAt }) => ({
        endedAt,
        failure,
        isUnclear,
        number,
        output,
        ref,
        startedAt,
      })),
    })),
    outcome: state.outcome,
    busyMillis: state.busyMillis,
    warnings: state.warnings,
    duplicates: state.duplicates,
  });
