import { assert, describe, it } from "@effect/vitest";
import { Action, Agent, type CodeHost, Journal, type Task } from "@orchestrator/core";
import {
  AgentContract,
  CodeHostContract,
  Contract,
  FailingJournal,
  JournalContract,
  MemoryCodeHost,
  MemoryReporter,
  MemoryTaskSource,
  ReporterContract,
  ScriptedAgent,
  TaskSourceContract,
} from "@orchestrator/core/testing";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import { TestClock } from "effect/testing";

const check = (name: string, clauses: ReadonlyArray<Contract.Clause>) =>
  describe(`${name}`, () => {
    for (const clause of clauses) it.live(clause.name, () => clause.check);
  });

const tasks = { succeeding: { id: "good" }, failing: { id: "bad" }, hanging: { id: "long" } };

const scripted = (launch: Agent.AgentCapabilities["launch"], worksMillis = 2) =>
  ScriptedAgent.make(
    ({ task }) => {
      if (task.id.startsWith("bad")) return ScriptedAgent.fails("broken", "agent", worksMillis);
      if (task.id.startsWith("long")) return ScriptedAgent.neverEnds;
      return ScriptedAgent.succeeds({ done: true }, worksMillis);
    },
    { capabilities: { launch } },
  ).agent;

const function_ = Agent.fromFunction((task) => {
  if (task.id.startsWith("bad")) return Effect.fail("broken");
  return task.id.startsWith("long") ? Effect.never : Effect.succeed({ done: true });
});

const actions = Action.agent(
  Action.registry(
    (
      [
        ["end.well", Effect.succeed({ done: true })],
        ["end.badly", Effect.fail("broken")],
        ["end.never", Effect.never],
      ] as const
    ).map(([name, work]) =>
      Action.make({
        name,
        description: "Ends.",
        input: Schema.Struct({}),
        output: Schema.Json,
        run: () => work,
      }),
    ),
  ),
);

const success = { _tag: "Succeeded", output: { done: true } } as const;

for (const launch of ["idempotent", "findable", "blind"] as const) {
  check(
    `a scripted agent that is ${launch}`,
    AgentContract.make({
      make: Effect.sync(() => ({ agent: scripted(launch), ...tasks, success })),
      capabilities: scripted(launch).capabilities,
    }),
  );
}

check(
  "a scripted agent that survives",
  AgentContract.make({
    make: Effect.sync(() => {
      const agent = scripted("idempotent");
      return { agent, reopened: Effect.sync(() => ({ ...agent })), ...tasks, success };
    }),
    capabilities: { ...scripted("idempotent").capabilities, survives: true },
  }),
);

check(
  "a function as an agent",
  AgentContract.make({
    make: Effect.succeed({ agent: function_, ...tasks, success }),
    capabilities: function_.capabilities,
    worksUnwatched: false,
  }),
);

check(
  "the agent of actions",
  AgentContract.make({
    make: Effect.succeed({
      agent: actions,
      succeeding: { id: "good", payload: { uses: "end.well" } },
      failing: { id: "bad", payload: { uses: "end.badly" } },
      hanging: { id: "long", payload: { uses: "end.never" } },
    }),
    capabilities: actions.capabilities,
    worksUnwatched: false,
  }),
);

check(
  "a journal in memory",
  JournalContract.make({
    make: Effect.sync(Journal.makeMemory),
    store: Effect.sync(() => Effect.succeed(Journal.makeMemory())),
  }),
);

const plan: ReadonlyArray<Task.Task> = [
  { id: "a" },
  { id: "b", dependsOn: ["a", { task: "c", until: "merged" }], payload: { x: [null] } },
  { id: "c", priority: 2 },
];

check(
  "a task source in memory",
  TaskSourceContract.make({
    make: Effect.sync(() => MemoryTaskSource.make(plan).source),
    expected: plan,
    empty: Effect.sync(() => MemoryTaskSource.make([]).source),
    broken: Effect.sync(() => MemoryTaskSource.make(plan, { failAfter: 1 }).source),
  }),
);

const hostSetup = (after: number) =>
  Effect.sync((): CodeHostContract.Setup => {
    const rivals = [{ branch: "rival-1" }, { branch: "rival-2" }] as const;
    const isTaken = () => memory.landings.some(({ change }) => change.branch!.startsWith("rival"));
    const memory = MemoryCodeHost.make({
      gates: ["agent-ended", "pr-open", "merged"],
      script: ({ change }) =>
        change.branch!.startsWith("rival") && isTaken()
          ? { after, error: { reason: "Conflict", paths: ["src/a.ts"] } }
          : { after },
    });
    let changes = 0;
    return {
      host: memory.host,
      change: Effect.sync(() => ({ branch: `change-${++changes}` })),
      rivals: Effect.succeed(rivals),
      landed: Effect.sync(() => memory.landings.map(({ change }) => change.branch!)),
    };
  });

check("a code host in memory", CodeHostContract.make({ make: hostSetup(0) }));
check("a slow code host in memory", CodeHostContract.make({ make: hostSetup(1) }));

describe("a contract", () => {
  const clause = (name: string, clauses: ReadonlyArray<Contract.Clause>) =>
    clauses.find((candidate) => candidate.name === name)!.check;

  it.effect("says which clause an implementation breaks, and how", () =>
    Effect.gen(function* () {
      const journal = Journal.makeMemory();
      const forgetful: Journal.Journal["Service"] = {
        ...journal,
        open: (run) =>
          Effect.map(journal.open(run), (writer) => ({
            ...writer,
            append: () => Effect.succeed(0),
          })),
      };
      const name = "keeps events in the order in which they were appended, numbered from 1";
      const clauses = JournalContract.make({ make: Effect.succeed(forgetful) });
      const broken = yield* Effect.flip(clause(name, clauses));
      assert.strictEqual(broken._tag, "ContractViolation");
      assert.strictEqual(broken.clause, name);
      assert.match(broken.message, /^the entries: expected \[.*"sequence":1.*\], found \[\]$/);
    }),
  );

  it.effect("takes an error of the implementation for a violation", () =>
    Effect.gen(function* () {
      const { journal } = FailingJournal.make({ failAt: 1, message: "the disk is full" });
      const clauses = JournalContract.make({ make: Effect.succeed(journal) });
      const broken = yield* Effect.flip(clause("reads from a sequence number on", clauses));
      assert.include(broken.message, "the disk is full");
    }),
  );

  it.effect("takes an implementation that does not answer for a violation", () =>
    Effect.gen(function* () {
      const agent: Agent.Agent = { ...scripted("blind"), launch: () => Effect.never };
      const clauses = AgentContract.make({
        make: Effect.succeed({ agent, ...tasks }),
        capabilities: agent.capabilities,
        within: "5 seconds",
      });
      const checking = yield* Effect.forkChild(
        Effect.flip(clause("gives two launches two references", clauses)),
      );
      yield* TestClock.adjust("5 seconds");
      assert.include((yield* Fiber.join(checking)).message, "no end within 5s");
    }),
  );

  it("catches agents, journals and hosts that break a rule", async () => {
    const findsAll = scripted("findable");
    const agents: ReadonlyArray<readonly [string, Agent.Agent]> = [
      ["keeps the ends of runs apart that work at once", onlySucceeds(scripted("findable"))],
      ["finds a run by its key, and no other", { ...findsAll, find: () => Effect.succeed([]) }],
      ["accepts that a run is cancelled twice", cancelsOnce(scripted("findable"))],
      ["goes on with a run whose observation is interrupted", diesWithObserver()],
    ];
    for (const [name, agent] of agents) {
      const clauses = AgentContract.make({
        make: Effect.succeed({ agent, ...tasks, success }),
        capabilities: agent.capabilities,
        within: "1 second",
      });
      const exit = await Effect.runPromiseExit(Effect.scoped(clause(name, clauses)));
      assert.isTrue(Exit.isFailure(exit), name);
    }
    const twice = CodeHostContract.make({ make: Effect.map(hostSetup(0), landsTwice) });
    const name = "lands a change once, however often it is asked";
    const exit = await Effect.runPromiseExit(Effect.scoped(clause(name, twice)));
    assert.isTrue(Exit.isFailure(exit));
  });

  it("runs without a test runner that knows Effect", async () => {
    const [first] = JournalContract.make({ make: Effect.sync(Journal.makeMemory) });
    assert.isUndefined(await Contract.run(first!.check));
  });

  const onlySucceeds = (agent: Agent.Agent): Agent.Agent => ({
    ...agent,
    observe: () => Effect.succeed(success),
  });

  const cancelsOnce = (agent: Agent.Agent): Agent.Agent => {
    const cancelled = new Set<string>();
    const again = new Agent.AgentError({ operation: "cancel", message: "it is gone" });
    return {
      ...agent,
      cancel: (ref) =>
        cancelled.has(ref.id)
          ? Effect.fail(again)
          : Effect.tap(agent.cancel(ref), () => Effect.sync(() => cancelled.add(ref.id))),
    };
  };

  const diesWithObserver = (): Agent.Agent => {
    // Long enough to be at work still when its observer goes, however busy the machine is.
    const agent = scripted("findable", 500);
    return {
      ...agent,
      observe: (ref, report) =>
        Effect.onInterrupt(agent.observe(ref, report), () => Effect.ignore(agent.cancel(ref))),
    };
  };

  const landsTwice = (setup: CodeHostContract.Setup): CodeHostContract.Setup => {
    const landed: Array<string> = [];
    const land: CodeHost.CodeHost["Service"]["land"] = ({ change, reached }) =>
      Effect.andThen(
        Effect.sync(() => landed.push(change.branch!)),
        Effect.as(reached("merged"), { commit: undefined }),
      );
    return { ...setup, host: { ...setup.host, land }, landed: Effect.succeed(landed) };
  };
});

const quiet: Agent.AgentReport = {
  output: () => Effect.void,
  progress: () => Effect.void,
  discover: () => Effect.void,
  unknownStatus: () => Effect.void,
};

const request = (id: string, attempt = 1): Agent.LaunchRequest => ({
  run: "r",
  task: { id },
  attempt,
  key: `r/${id}/launch/${attempt}`,
  dependencies: () => [],
  previousFailure: undefined,
});

describe("a scripted agent", () => {
  it.effect("follows the steps of a task, the last one for all that follow", () =>
    Effect.gen(function* () {
      const { agent, launches } = ScriptedAgent.make({
        a: [ScriptedAgent.refuses("NotSent"), ScriptedAgent.fails("no"), ScriptedAgent.asks("so?")],
      });
      assert.strictEqual((yield* Effect.flip(agent.launch(request("a")))).reason, "NotSent");
      const ends: Array<string> = [];
      for (const attempt of [2, 3, 4]) {
        const ref = yield* agent.launch(request("a", attempt));
        ends.push((yield* agent.observe(ref, quiet))._tag);
      }
      assert.deepStrictEqual(ends, ["Failed", "Waiting", "Waiting"]);
      assert.strictEqual(launches.length, 4);
    }),
  );

  it.effect("ends by the clock, whether or not somebody watches", () =>
    Effect.gen(function* () {
      const { agent } = ScriptedAgent.make({ a: ScriptedAgent.succeeds("done", "10 seconds") });
      const ref = yield* agent.launch(request("a"));
      const early = yield* Effect.forkChild(agent.observe(ref, quiet));
      yield* TestClock.adjust("9 seconds");
      assert.isUndefined(early.pollUnsafe());
      yield* Fiber.interrupt(early);
      yield* TestClock.adjust("1 second");
      assert.deepStrictEqual(yield* agent.observe(ref, quiet), {
        _tag: "Succeeded",
        output: "done",
      });
    }),
  );

  it.effect("counts the runs that work at once", () =>
    Effect.gen(function* () {
      const scriptedAgent = ScriptedAgent.make(() => ScriptedAgent.succeeds(null, "1 second"));
      const { agent } = scriptedAgent;
      for (const id of ["a", "b", "c"]) yield* agent.launch(request(id));
      yield* TestClock.adjust("2 seconds");
      yield* agent.launch(request("d"));
      const cancelled = yield* agent.launch(request("e"));
      yield* agent.cancel(cancelled);
      yield* agent.launch(request("f"));
      assert.strictEqual(scriptedAgent.highWater, 3);
      assert.deepStrictEqual(scriptedAgent.cancels, [cancelled]);
    }),
  );

  it.effect("does not count a run whose end somebody saw", () =>
    Effect.gen(function* () {
      const scriptedAgent = ScriptedAgent.make();
      for (const id of ["a", "b", "c"]) {
        const ref = yield* scriptedAgent.agent.launch(request(id));
        yield* scriptedAgent.agent.observe(ref, quiet);
      }
      assert.strictEqual(scriptedAgent.highWater, 1);
    }),
  );

  it.effect("loses the answer of a launch and finds the run again", () =>
    Effect.gen(function* () {
      const { agent } = ScriptedAgent.make({
        kept: ScriptedAgent.refuses("Ambiguous", true),
        lost: ScriptedAgent.refuses("Ambiguous"),
      });
      yield* Effect.flip(agent.launch(request("kept")));
      yield* Effect.flip(agent.launch(request("lost")));
      const [found] = yield* agent.find(request("kept").key);
      assert.strictEqual((yield* agent.observe(found!, quiet))._tag, "Succeeded");
      assert.deepStrictEqual(yield* agent.find(request("lost").key), []);
    }),
  );

  it.effect("tells the first observer what the script says", () =>
    Effect.gen(function* () {
      const refused = new Agent.DiscoveryRejected({ problems: ["no"] });
      const scriptedAgent = ScriptedAgent.make({
        a: {
          output: ["1", "2"],
          progress: ["reads"],
          unknownStatus: "ODD",
          discover: [{ id: "b" }],
        },
      });
      const heard: Array<unknown> = [];
      const hear = (what: unknown) => Effect.sync(() => void heard.push(what));
      const ref = yield* scriptedAgent.agent.launch(request("a"));
      const report = {
        output: hear,
        progress: hear,
        unknownStatus: hear,
        discover: () => Effect.fail(refused),
      };
      yield* scriptedAgent.agent.observe(ref, report);
      yield* scriptedAgent.agent.observe(ref, report);
      assert.deepStrictEqual(heard, ["1", "2", "reads", "ODD"]);
      assert.deepStrictEqual(scriptedAgent.rejections, [refused]);
    }),
  );

  it.effect("loses sight of a run as often as the script says", () =>
    Effect.gen(function* () {
      const { agent } = ScriptedAgent.make({ a: { lost: 2 } });
      const ref = yield* agent.launch(request("a"));
      assert.strictEqual((yield* Effect.flip(agent.observe(ref, quiet))).operation, "observe");
      yield* Effect.flip(agent.observe(ref, quiet));
      assert.strictEqual((yield* agent.observe(ref, quiet))._tag, "Succeeded");
    }),
  );

  it.effect("fails to cancel, or never answers, as the script says", () =>
    Effect.gen(function* () {
      const { agent } = ScriptedAgent.make({
        fails: { ...ScriptedAgent.neverEnds, cancel: "fails" },
        hangs: { ...ScriptedAgent.neverEnds, cancel: "hangs", answersAfter: "1 minute" },
      });
      const stubborn = yield* agent.launch(request("fails"));
      assert.strictEqual((yield* Effect.flip(agent.cancel(stubborn))).operation, "cancel");
      const launching = yield* Effect.forkChild(agent.launch(request("hangs")));
      yield* TestClock.adjust("59 seconds");
      assert.isUndefined(launching.pollUnsafe());
      yield* TestClock.adjust("1 second");
      const cancelling = yield* Effect.forkChild(agent.cancel(yield* Fiber.join(launching)));
      yield* TestClock.adjust("1 day");
      assert.isUndefined(cancelling.pollUnsafe());
    }),
  );
});

describe("a code host in memory", () => {
  it.effect("follows the steps of a task", () =>
    Effect.gen(function* () {
      const memory = MemoryCodeHost.make({
        script: { a: [{ error: { reason: "Unavailable" } }, { after: "1 minute" }] },
      });
      const land = memory.host.land({
        run: "r",
        task: { id: "a" },
        attempt: 1,
        change: { branch: "b" },
        reached: () => Effect.void,
      });
      assert.strictEqual((yield* Effect.flip(land)).reason, "Unavailable");
      const landing = yield* Effect.forkChild(land);
      yield* TestClock.adjust("59 seconds");
      assert.strictEqual(memory.landings.length, 0);
      yield* TestClock.adjust("1 second");
      assert.deepStrictEqual(yield* Fiber.join(landing), { commit: "base-1" });
      assert.strictEqual(memory.requests.length, 2);
    }),
  );

  it.effect("has one landing at a time on its way", () =>
    Effect.gen(function* () {
      const doors = yield* Effect.all([Deferred.make<void>(), Deferred.make<void>()]);
      const entered: Array<number> = [];
      const { host } = MemoryCodeHost.make();
      const land = (index: number) =>
        host.land({
          run: "r",
          task: { id: `${index}` },
          attempt: 1,
          change: { branch: `${index}` },
          reached: () =>
            Effect.andThen(
              Effect.sync(() => void entered.push(index)),
              Deferred.await(doors[index]!),
            ),
        });
      const landings = yield* Effect.forkChild(
        Effect.all([land(0), land(1)], { concurrency: "unbounded" }),
      );
      yield* TestClock.adjust("1 second");
      assert.deepStrictEqual(entered, [0]);
      yield* Deferred.succeed(doors[0]!, undefined);
      yield* Deferred.succeed(doors[1]!, undefined);
      yield* Fiber.join(landings);
      assert.deepStrictEqual(entered, [0, 0, 1, 1]);
    }),
  );
});

check(
  "a reporter in memory keeps the contract of reporters",
  ReporterContract.make({
    make: Effect.sync(() => {
      const memory = MemoryReporter.make();
      const written = Effect.sync(() => memory.reports.length);
      return { reporter: memory.reporter, tasks: [{ id: "a" }, { id: "b" }], written };
    }),
  }),
);

describe("a task source in memory", () => {
  it.effect("counts its readings and takes other tasks", () =>
    Effect.gen(function* () {
      const memory = MemoryTaskSource.make([{ id: "a" }]);
      yield* Stream.runDrain(memory.source.tasks);
      memory.set([{ id: "b" }]);
      assert.deepStrictEqual(yield* Stream.runCollect(memory.source.tasks), [{ id: "b" }]);
      assert.strictEqual(memory.reads, 2);
    }),
  );
});

describe("a failing journal", () => {
  const append = (writer: Journal.JournalWriter, task: string) =>
    Effect.exit(writer.append([{ _tag: "TaskReady", at: 0, task }]));

  it.effect("fails from the chosen append on", () =>
    Effect.gen(function* () {
      const failing = FailingJournal.make({ failAt: 2 });
      const writer = yield* failing.journal.open("r");
      const exits = [];
      for (const task of ["a", "b", "c"]) exits.push((yield* append(writer, task))._tag);
      assert.deepStrictEqual(exits, ["Success", "Failure", "Failure"]);
      assert.strictEqual((yield* Stream.runCollect(failing.journal.read("r"))).length, 1);
      assert.strictEqual(failing.appends, 3);
    }),
  );

  it.effect("stores the events whose answer it loses, if asked to", () =>
    Effect.gen(function* () {
      const failing = FailingJournal.make({ failAt: 2, stored: true });
      const writer = yield* failing.journal.open("r");
      for (const task of ["a", "b", "c"]) yield* append(writer, task);
      const found = yield* Stream.runCollect(failing.journal.read("r"));
      assert.deepStrictEqual(
        found.map(({ event }) => event),
        [
          { _tag: "TaskReady", at: 0, task: "a" },
          { _tag: "TaskReady", at: 0, task: "b" },
        ],
      );
    }),
  );
});
