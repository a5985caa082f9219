import { AgentPool, CodeHost, type Operator, Orchestrator, Reporter } from "@orchestrator/core";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import { BackEnd, type Row } from "./BackEnd.ts";
import { Checkers } from "./Checkers.ts";
import { type Comment, Comments } from "./Comments.ts";
import { Disk } from "./Disk.ts";
import { Network } from "./Network.ts";
import * as Person from "./Person.ts";
import { Process } from "./Process.ts";
import { Random } from "./Random.ts";
import * as RemoteAgent from "./RemoteAgent.ts";
import * as RemoteReporter from "./RemoteReporter.ts";
import { Repository } from "./Repository.ts";
import * as RepositoryHost from "./RepositoryHost.ts";
import type { JournalKind, Scenario } from "./Scenario.ts";
import { SqlDisk } from "./SqlDisk.ts";
import type { Store } from "./Store.ts";
import { type Fate, type Violation, World } from "./World.ts";

/** What became of one simulation. */
export interface Report {
  readonly seed: number;
  readonly violation: Violation | undefined;
  readonly hours: number;
  readonly processes: number;
  readonly crashes: number;
  readonly faults: ReadonlyMap<string, number>;
  readonly traceHash: number;
  readonly trace: ReadonlyArray<string>;
  readonly steps: number;
  readonly journal: JournalKind;
  /** What the product's journal has committed, and how much of that was of two runs. */
  readonly commits: number;
  readonly shared: number;
}

/** How often chance alone lets a process die. */
const mostCrashes = 6;

/** Virtual time after the faults in which everything must have come to its end, in milliseconds. */
const patience = 200 * 3_600_000;

/** More steps than any simulation needs: something turns in circles. */
const mostSteps = 2_000_000;

type Failure = Effect.Error<ReturnType<Simulation["program"]>>;

/** One run in one world, from its first process to its last. */
export class Simulation {
  readonly scenario: Scenario;
  readonly world: World;
  readonly random: Random;
  readonly network: Network;
  readonly backEnds: ReadonlyArray<BackEnd>;
  readonly repository: Repository | undefined;
  readonly comments: Comments | undefined;
  readonly disk: Store;
  readonly checkers: Checkers;
  readonly #handles = new Map<number, Orchestrator.RunHandle>();
  #processes = 0;
  crashes = 0;
  #restarting = false;
  #isFinished = false;
  #decisions = 0;
  /** Whether every death of a process is one of its machine. */
  losesPower = false;
  /** The tags of the errors with which processes ended. */
  readonly errors: Array<string> = [];

  constructor(scenario: Scenario) {
    const { troubles } = scenario;
    this.scenario = scenario;
    this.world = new World(scenario.seed);
    this.world.calmAt = scenario.calmAt;
    this.random = Random.of(scenario.seed, "simulation");
    this.world.crashPlan = () => this.#fate();
    this.world.freeze = (process) => this.#freeze(process);
    this.network = new Network(this.world, { any: troubles.network });
    this.backEnds = scenario.kinds.map((kind) => this.#backEnd(kind.name, kind.launch));
    this.repository = scenario.hasCodeHost ? this.#repository() : undefined;
    this.comments = scenario.hasReporter ? this.#comments() : undefined;
    this.checkers = new Checkers({
      world: this.world,
      backEnds: () => this.backEnds,
      repository: this.repository,
      comments: this.comments,
      defaultGate: scenario.hasCodeHost ? "merged" : "agent-ended",
    });
    this.disk = this.#store();
  }

  #store(): Store {
    const { checkers, scenario, world } = this;
    const { hasBlobs, hasNeighbour, isRemote, journal, troubles } = scenario;
    const faults = { fails: troubles.diskFails, slow: troubles.diskSlow };
    const lockPatience = troubles.isServer ? 30_000 : Infinity;
    return journal === "sql"
      ? new SqlDisk(world, faults, { lockPatience, isRemote, hasBlobs, hasNeighbour }, checkers)
      : new Disk(world, faults, lockPatience, checkers);
  }

  #fate(): Fate {
    const { deadly, freezing } = this.scenario.troubles;
    if (this.world.isCalm) return "lives";
    if (this.crashes < mostCrashes && this.random.chance(deadly)) return "dies";
    return this.random.chance(freezing) ? "freezes" : "lives";
  }

  #backEnd(name: string, launch: string): BackEnd {
    const { isForgetful, lag, othersPerHour } = this.scenario.troubles;
    return new BackEnd(
      this.world,
      name,
      { isIdempotent: launch === "idempotent", isForgetful, lag, othersPerHour },
      (task) => this.scenario.workOf(task, this.#rowsOf(task).length + 1),
      (row) => this.#created(row),
    );
  }

  #created(row: Row): void {
    this.checkers.created(
      this.backEnds.find(({ name }) => name === row.backEnd)!,
      row,
    );
    // Clocks are wrong just when somebody waits.
    if (this.scenario.troubles.clockJumps === 0 || !this.random.chance(0.3)) return;
    this.world.after(this.random.between(0, 60_000), () => this.world.isCalm || this.#jump());
  }

  #rowsOf(task: string): ReadonlyArray<Row> {
    return this.backEnds.flatMap(({ rows }) => rows.filter((row) => row.task === task));
  }

  #repository(): Repository {
    const { conflicts, seed } = this.scenario;
    return new Repository(this.world, Random.of(seed, "repository"), conflicts);
  }

  #comments(): Comments {
    const { lag, othersPerHour } = this.scenario.troubles;
    const written = (comment: Comment) => this.checkers.commented(comment);
    return new Comments(this.world, lag, othersPerHour > 0, written);
  }

  /** Lets the world go on until the run has ended for good, or a rule is broken. */
  run(): Report {
    const { world } = this;
    this.#begin();
    this.#trouble();
    const end = this.scenario.calmAt + patience;
    world.run(() => this.#isFinished || world.now > end || world.steps > mostSteps);
    if (world.violation === undefined && !this.#isFinished) this.#stuck();
    else if (world.violation === undefined) {
      world.run(() => this.network.inFlight === 0 && world.processes.length === 0);
      if (world.violation === undefined) this.checkers.final();
    }
    this.disk.close();
    return this.#report();
  }

  #stuck(): void {
    const open = [...this.checkers.state.tasks()].filter(({ outcome }) => outcome === undefined);
    const what = open.map(({ phase, task }) => `${task.id} ${phase}`).join(", ");
    this.world.violate("ends", `the run does not end: ${what}`);
  }

  #report(): Report {
    const { crashes, scenario, world } = this;
    return {
      seed: scenario.seed,
      violation: world.violation,
      hours: world.now / 3_600_000,
      processes: this.#processes,
      crashes,
      faults: world.faults,
      traceHash: world.traceHash,
      trace: world.trace ?? [],
      steps: world.steps,
      journal: scenario.journal,
      ...this.disk.commits,
    };
  }

  #begin(changes: ReadonlyArray<Operator.Change> = []): Process {
    const process = new Process(this.world, ++this.#processes, (dead) => this.#died(dead));
    this.world.note(`process ${process.id} begins`);
    const program = this.program(process, changes);
    process.main(program, (exit) => this.#ended(process, exit));
    return process;
  }

  /** What a process does: start the run, or go on with it. */
  program(process: Process, changes: ReadonlyArray<Operator.Change>) {
    const { scenario } = this;
    const isNew = this.disk.last === 0;
    const program = Effect.gen({ self: this }, function* () {
      const orchestrator = yield* Orchestrator.Orchestrator;
      const handle = isNew
        ? yield* orchestrator.start(scenario.tasks, scenario.options)
        : yield* orchestrator.resume("run", { changes });
      this.#handles.set(process.id, handle);
      yield* handle.result;
      this.checkers.compare(process, handle.state);
    });
    return Effect.provide(Effect.scoped(program), this.#layer(process), { local: true });
  }

  #layer(process: Process) {
    const { kinds, slots } = this.scenario;
    const agents = kinds.map(({ launch, name }) => ({
      agent: RemoteAgent.make({
        process,
        network: this.network,
        backEnd: this.backEnds.find((backEnd) => backEnd.name === name)!,
        launch,
        watcher: {
          launches: (key, task, attempt) =>
            this.checkers.launches(process, key, task, attempt, launch === "idempotent"),
          cancels: (id) => this.checkers.cancels(process, id),
        },
      }),
    }));
    const pool = AgentPool.AgentPool.layer({ agents: [agents[0]!, ...agents.slice(1)], slots });
    const journal = this.disk.journal(process);
    return Orchestrator.Orchestrator.layer.pipe(
      Layer.provide([pool, journal, this.#host(process), this.#reporter(process)]),
    );
  }

  #host(process: Process): Layer.Layer<never> {
    const { network, repository } = this;
    if (repository === undefined) return Layer.empty;
    const lands = (branch: string) => this.checkers.lands(process, branch);
    const host = RepositoryHost.make({ process, network, repository, lands });
    return Layer.succeed(CodeHost.CodeHost, host) as Layer.Layer<never>;
  }

  #reporter(process: Process): Layer.Layer<never> {
    const { checkers, comments, disk, network } = this;
    if (comments === undefined) return Layer.empty;
    const reporter = RemoteReporter.make({
      process,
      network,
      comments,
      creates: (key, task) => checkers.comments(process, key, task),
      speaks: () => disk.isOpenedBy(process),
    });
    return Layer.succeed(Reporter.Reporter, reporter) as Layer.Layer<never>;
  }

  /** The program has come to its end by itself. */
  #ended(process: Process, exit: Exit.Exit<void, Failure>): void {
    this.#handles.delete(process.id);
    this.world.note(`process ${process.id} ended: ${exit._tag}`);
    if (Exit.isFailure(exit)) {
      const error = Cause.findErrorOption(exit.cause);
      if (error._tag === "None") this.world.violate("no bugs", Cause.pretty(exit.cause));
      else this.#failed(process, error.value);
    }
    process.exit();
  }

  #failed(process: Process, error: Failure): void {
    this.errors.push(error._tag);
    this.world.note(`process ${process.id} failed: ${error.message}`);
  }

  /** How often a person had to decide. */
  get decisions(): number {
    return this.#decisions;
  }

  #died(process: Process): void {
    this.#handles.delete(process.id);
    this.disk.died(process);
    if (!process.hasExited) this.#crashed();
    if (this.world.processes.length === 0) this.#restart();
  }

  #crashed(): void {
    this.crashes++;
    const { random, world } = this;
    const isAlone = world.processes.length === 0;
    // Machines that start again have their clock set.
    if (this.scenario.troubles.clockJumps > 0) this.#jump();
    const isDark = this.losesPower || random.chance(this.scenario.troubles.powerFails);
    if (isAlone && isDark) this.disk.losePower();
  }

  /** Somebody notices that nothing works on the run. */
  #restart(): void {
    if (this.#restarting || this.#isFinished) return;
    this.#restarting = true;
    const { random, world } = this;
    const longest = random.pick([100, 100, 100, 20_000, 1_800_000]);
    world.after(random.between(70, longest), () => {
      this.#restarting = false;
      if (world.processes.length > 0) return;
      const { state } = this.checkers;
      if (state.outcome === undefined) return void this.#begin();
      const changes = Person.afterwards(this, this.#decisions);
      if (changes === "wait") return this.#restart();
      this.#decisions += changes.length;
      if (changes.length === 0) this.#isFinished = true;
      else this.#begin(changes);
    });
  }

  /** Lets things happen at moments that nobody chose. */
  #trouble(): void {
    const { troubles } = this.scenario;
    this.#sometimes(troubles.crashes, (process) => this.#crash(process));
    this.#sometimes(troubles.freezes, (process) => this.#freeze(process));
    this.#sometimes(troubles.rivals, () => this.#rival());
    this.#sometimes(troubles.clockJumps, () => this.#jump());
    this.#sometimes(troubles.requests, (process) => this.#ask(process));
  }

  #sometimes(times: number, happen: (process: Process) => void): void {
    const { random, world } = this;
    for (let time = 0; time < times; time++) {
      const at = this.scenario.calmAt * random.next() * random.next();
      world.after(at, () => {
        const [process] = world.processes;
        if (process !== undefined && !world.isCalm) happen(process);
      });
    }
  }

  #crash(process: Process): void {
    this.world.count("killed");
    process.crash("any moment");
  }

  #freeze(process: Process): void {
    this.world.count("frozen");
    process.freeze();
    const length = this.random.between(0, this.random.pick([5_000, 120_000, 1_200_000]));
    this.world.after(length, () => process.thaw());
    // Somebody who sees that nothing happens starts the program again.
    if (length > 40_000 && this.random.chance(0.5)) {
      this.world.after(this.random.between(31_000, length), () => this.#rival());
    }
  }

  /** Somebody starts the program a second time; with the first one at work that must be refused. */
  #rival(): void {
    if (this.world.isCalm || this.world.processes.length > 2 || this.#isFinished) return;
    this.world.count("second process");
    const holder = this.disk.holder;
    const process = this.#begin();
    this.world.after(10_000, () => {
      const isLet = this.#handles.has(process.id) && holder !== undefined;
      if (isLet && !holder.isDead && holder.state === "running" && this.disk.holder === holder) {
        this.world.violate("one process", `${process.id} works beside ${holder.id}`);
      }
    });
  }

  #jump(): void {
    const { random, world } = this;
    world.count("clock jumped");
    const longest = random.pick([600_000, 86_400_000]);
    world.wallOffset += random.pick([-1, 1]) * random.between(0, longest);
  }

  #ask(process: Process): void {
    const handle = this.#handles.get(process.id);
    if (handle === undefined || process.state !== "running") return;
    this.world.count("asked by a person");
    process.main(Person.request(this, handle), () => undefined);
  }

  /** Whether an agent works on a task, or a request for one is still on its way. */
  worksOn(task: string): Row | undefined {
    return this.backEnds
      .flatMap((backEnd) => backEnd.rows.filter((row) => backEnd.isWorking(row)))
      .find((row) => row.task === task);
  }

  /** The agent run of an attempt, if there is one. */
  rowOf(task: string, attempt: number): Row | undefined {
    return this.#rowsOf(task).find((row) => row.attempt === attempt);
  }
}
