/**
 * What the engine relies on in every agent.
 *
 * ```ts
 * const clauses = AgentContract.make({ capabilities, make: Effect.succeed(setup) });
 * for (const { name, check } of clauses) it.live(name, () => check);
 * ```
 */
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import type * as Scope from "effect/Scope";
import type { Agent, AgentReport, AgentRunEnd, AgentRunRef, LaunchRequest } from "../Agent.ts";
import type { Task } from "../Task.ts";
import * as Contract from "./Contract.ts";

/** An agent and the tasks that steer it. Their ids are replaced: every launch gets its own. */
export interface Setup {
  readonly agent: Agent;
  /** A task whose agent run succeeds by itself, soon. */
  readonly succeeding: Task;
  /** A task whose agent run fails by itself, soon. */
  readonly failing: Task;
  /** A task whose agent run works until it is cancelled; not launched if nothing can be cancelled. */
  readonly hanging: Task;
  /** How the agent run of `succeeding` ends; absent: in any success. */
  readonly success?: AgentRunEnd;
  /**
   * The agent as another process has it, over the same back-end: it knows only what outlives this
   * one. Needed for agents whose runs survive.
   */
  readonly reopened?: Effect.Effect<Agent, unknown, Scope.Scope>;
}

export interface Options extends Contract.Limits {
  /** A new agent for each clause. */
  readonly make: Effect.Effect<Setup, unknown, Scope.Scope>;
  /** What it promises: `agent.capabilities` of what `make` gives. */
  readonly capabilities: Agent["capabilities"];
  /** False for agents whose work is the watching itself, as functions in this process (default true). */
  readonly worksUnwatched?: boolean;
}

/** The clauses that hold for an agent with these promises. */
export const make = (options: Options): ReadonlyArray<Contract.Clause> => {
  const define = (name: string, rule: Rule) =>
    Contract.clauses(options)(
      name,
      Effect.flatMap(options.make, (setup) => rule(new Bench(setup))),
    );
  const all = [...always];
  if (options.capabilities.cancel) all.push(...cancelling);
  if (options.worksUnwatched !== false) all.push(...unwatched);
  if (options.capabilities.cancel && options.worksUnwatched !== false) all.push(...watchedCancel);
  if (options.capabilities.launch !== "blind") all.push(...finding);
  if (options.capabilities.launch === "idempotent") all.push(...idempotent);
  if (options.capabilities.survives) {
    all.push(...surviving);
    if (options.capabilities.cancel) all.push(...survivingCancel);
    if (options.capabilities.launch !== "blind") all.push(...survivingFind);
    if (options.capabilities.launch === "idempotent") all.push(...survivingLaunch);
  }
  return all.map(([name, rule]) => define(name, rule));
};

type Rule = (bench: Bench) => Effect.Effect<unknown, unknown, Scope.Scope>;
type Rules = ReadonlyArray<readonly [name: string, rule: Rule]>;

const ignored: AgentReport = {
  output: () => Effect.void,
  progress: () => Effect.void,
  discover: () => Effect.void,
  unknownStatus: () => Effect.void,
};

class Bench {
  readonly setup: Setup;
  #launches = 0;

  constructor(setup: Setup) {
    this.setup = setup;
  }

  get agent(): Agent {
    return this.setup.agent;
  }

  request(task: Task): LaunchRequest {
    const id = `${task.id}-${++this.#launches}`;
    return {
      run: "contract",
      task: { ...task, id },
      attempt: 1,
      key: `contract/${id}/launch/1`,
      dependencies: () => [],
      previousFailure: undefined,
    };
  }

  launch(task: Task) {
    return this.agent.launch(this.request(task));
  }

  observe(ref: AgentRunRef) {
    return this.agent.observe(ref, ignored);
  }

  work(task: Task) {
    return Effect.flatMap(this.launch(task), (ref) => this.observe(ref));
  }

  get reopened() {
    return (
      this.setup.reopened ?? Effect.fail("the setup of an agent that survives has no `reopened`")
    );
  }

  isSuccess(end: AgentRunEnd) {
    return this.setup.success === undefined
      ? Contract.expectEqual("the end", end._tag, "Succeeded")
      : Contract.expectEqual("the end", end, this.setup.success);
  }
}

const noSuccess = (exit: Exit.Exit<AgentRunEnd, unknown>) =>
  Contract.expect(
    Exit.isFailure(exit) || exit.value._tag !== "Succeeded",
    "a cancelled agent run was reported as a success",
  );

const always: Rules = [
  [
    "answers a launch with a reference that carries its name",
    Effect.fnUntraced(function* (bench: Bench) {
      const ref = yield* bench.launch(bench.setup.succeeding);
      yield* Contract.expectEqual("the agent of the reference", ref.agent, bench.agent.name);
      yield* Contract.expect(ref.id !== "", "the id of the reference is empty");
    }),
  ],
  [
    "gives two launches two references",
    Effect.fnUntraced(function* (bench: Bench) {
      const one = yield* bench.launch(bench.setup.succeeding);
      const other = yield* bench.launch(bench.setup.succeeding);
      yield* Contract.expect(one.id !== other.id, `both are ${one.id}`);
    }),
  ],
  [
    "reports the success of a run that succeeds",
    (bench) => Effect.flatMap(bench.work(bench.setup.succeeding), (end) => bench.isSuccess(end)),
  ],
  [
    "reports the failure of a run that fails, with a message for people",
    Effect.fnUntraced(function* (bench: Bench) {
      const end = yield* bench.work(bench.setup.failing);
      yield* Contract.expectEqual("the end", end._tag, "Failed");
      const isSaid = end._tag === "Failed" && end.failure.message.trim() !== "";
      yield* Contract.expect(isSaid, "the failure has no message");
    }),
  ],
  [
    "keeps the ends of runs apart that work at once",
    Effect.fnUntraced(function* (bench: Bench) {
      const { failing, succeeding } = bench.setup;
      const tasks = [succeeding, failing, succeeding, failing, succeeding];
      const refs = yield* Effect.forEach(tasks, (task) => bench.launch(task));
      const ends = yield* Effect.forEach(refs, (ref) => bench.observe(ref), {
        concurrency: "unbounded",
      });
      yield* Contract.expectEqual(
        "the ends",
        ends.map((end) => end._tag),
        tasks.map((task) => (task === succeeding ? "Succeeded" : "Failed")),
      );
    }),
  ],
  [
    "fails to observe a run that it never launched",
    Effect.fnUntraced(function* (bench: Bench) {
      const ref = { agent: bench.agent.name, id: "no-such-run" };
      const exit = yield* Effect.result(bench.observe(ref));
      yield* Contract.expect(exit._tag === "Failure", `it ends with ${Contract.shown(exit)}`);
      if (exit._tag === "Failure") {
        yield* Contract.expectEqual("the error", exit.failure._tag, "AgentError");
        yield* Contract.expectEqual("the operation", exit.failure.operation, "observe");
      }
    }),
  ],
];

const cancelling: Rules = [
  [
    "does not report the success of a run that was cancelled",
    Effect.fnUntraced(function* (bench: Bench) {
      const ref = yield* bench.launch(bench.setup.hanging);
      yield* bench.agent.cancel(ref);
      yield* noSuccess(yield* Effect.exit(bench.observe(ref)));
    }),
  ],
  [
    "accepts that a run is cancelled twice",
    Effect.fnUntraced(function* (bench: Bench) {
      const ref = yield* bench.launch(bench.setup.hanging);
      yield* bench.agent.cancel(ref);
      yield* bench.agent.cancel(ref);
    }),
  ],
  [
    "accepts that a run is cancelled which has ended",
    Effect.fnUntraced(function* (bench: Bench) {
      const ref = yield* bench.launch(bench.setup.succeeding);
      yield* bench.observe(ref);
      yield* bench.agent.cancel(ref);
    }),
  ],
  [
    "cancels one run and no other",
    Effect.fnUntraced(function* (bench: Bench) {
      const doomed = yield* bench.launch(bench.setup.hanging);
      const other = yield* bench.launch(bench.setup.succeeding);
      yield* bench.agent.cancel(doomed);
      yield* bench.isSuccess(yield* bench.observe(other));
    }),
  ],
];

/** Starts watching and lets go of it at once. */
const glance = Effect.fnUntraced(function* (bench: Bench, ref: AgentRunRef) {
  const watching = yield* Effect.forkChild(bench.observe(ref), { startImmediately: true });
  yield* Effect.yieldNow;
  yield* Fiber.interrupt(watching);
});

const unwatched: Rules = [
  [
    "goes on with a run whose observation is interrupted",
    Effect.fnUntraced(function* (bench: Bench) {
      const ref = yield* bench.launch(bench.setup.succeeding);
      yield* glance(bench, ref);
      yield* bench.isSuccess(yield* bench.observe(ref));
    }),
  ],
  [
    "tells two observers of a run the same end",
    Effect.fnUntraced(function* (bench: Bench) {
      const ref = yield* bench.launch(bench.setup.failing);
      const both = Effect.all([bench.observe(ref), bench.observe(ref)], { concurrency: 2 });
      const [one, other] = yield* both;
      yield* Contract.expectEqual("the end that the second observer hears", other, one);
    }),
  ],
  [
    "tells the end of a run that has ended again",
    Effect.fnUntraced(function* (bench: Bench) {
      const ref = yield* bench.launch(bench.setup.succeeding);
      const first = yield* bench.observe(ref);
      yield* Contract.expectEqual("the end", yield* bench.observe(ref), first);
    }),
  ],
];

const watchedCancel: Rules = [
  [
    "ends the observation of a run that is cancelled meanwhile",
    Effect.fnUntraced(function* (bench: Bench) {
      const ref = yield* bench.launch(bench.setup.hanging);
      const watching = yield* Effect.forkChild(bench.observe(ref), { startImmediately: true });
      yield* Effect.yieldNow;
      yield* bench.agent.cancel(ref);
      yield* noSuccess(yield* Fiber.await(watching));
    }),
  ],
  [
    "cancels a run whose observation was interrupted",
    Effect.fnUntraced(function* (bench: Bench) {
      const ref = yield* bench.launch(bench.setup.hanging);
      yield* glance(bench, ref);
      yield* bench.agent.cancel(ref);
      yield* noSuccess(yield* Effect.exit(bench.observe(ref)));
    }),
  ],
];

const ids = (refs: ReadonlyArray<AgentRunRef>) => refs.map(({ id }) => id);

const finding: Rules = [
  [
    "finds a run by its key, and no other",
    Effect.fnUntraced(function* (bench: Bench) {
      const request = bench.request(bench.setup.succeeding);
      const ref = yield* bench.agent.launch(request);
      yield* bench.launch(bench.setup.succeeding);
      const found = yield* bench.agent.find(request.key);
      yield* Contract.expectEqual("the runs with the key", ids(found), [ref.id]);
      yield* Contract.expectEqual("the agent of the reference", found[0]?.agent, ref.agent);
    }),
  ],
  [
    "finds a run that has ended",
    Effect.fnUntraced(function* (bench: Bench) {
      const request = bench.request(bench.setup.failing);
      const ref = yield* bench.agent.launch(request);
      yield* bench.observe(ref);
      const found = yield* bench.agent.find(request.key);
      yield* Contract.expectEqual("the runs with the key", ids(found), [ref.id]);
    }),
  ],
  [
    "finds nothing by a key that was never launched",
    Effect.fnUntraced(function* (bench: Bench) {
      yield* bench.launch(bench.setup.succeeding);
      const found = yield* bench.agent.find("contract/nothing/launch/1");
      yield* Contract.expectEqual("the runs with the key", ids(found), []);
    }),
  ],
];

const idempotent: Rules = [
  [
    "answers a second launch of a key with the run of the first",
    Effect.fnUntraced(function* (bench: Bench) {
      const request = bench.request(bench.setup.succeeding);
      const [first, second] = [
        yield* bench.agent.launch(request),
        yield* bench.agent.launch(request),
      ];
      yield* Contract.expectEqual("the second reference", second.id, first.id);
      const found = yield* bench.agent.find(request.key);
      yield* Contract.expectEqual("the runs with the key", ids(found), [first.id]);
    }),
  ],
];

const surviving: Rules = [
  [
    "reports the end of a run that another process launched",
    Effect.fnUntraced(function* (bench: Bench) {
      const { failing, succeeding } = bench.setup;
      const good = yield* bench.launch(succeeding);
      const bad = yield* bench.launch(failing);
      const reopened = yield* bench.reopened;
      yield* bench.isSuccess(yield* reopened.observe(good, ignored));
      const end = yield* reopened.observe(bad, ignored);
      yield* Contract.expectEqual("the end of the failing run", end._tag, "Failed");
    }),
  ],
  [
    "tells the end of a run again that another process has heard",
    Effect.fnUntraced(function* (bench: Bench) {
      for (const task of [bench.setup.succeeding, bench.setup.failing]) {
        const ref = yield* bench.launch(task);
        const first = yield* bench.observe(ref);
        const reopened = yield* bench.reopened;
        yield* Contract.expectEqual("the end", yield* reopened.observe(ref, ignored), first);
      }
    }),
  ],
  [
    "fails to observe, in another process too, a run that was never launched",
    Effect.fnUntraced(function* (bench: Bench) {
      const ref = { agent: bench.agent.name, id: "no-such-run" };
      const reopened = yield* bench.reopened;
      const exit = yield* Effect.result(reopened.observe(ref, ignored));
      yield* Contract.expect(exit._tag === "Failure", `it ends with ${Contract.shown(exit)}`);
    }),
  ],
];

const survivingCancel: Rules = [
  [
    "cancels a run that another process launched",
    Effect.fnUntraced(function* (bench: Bench) {
      const ref = yield* bench.launch(bench.setup.hanging);
      const reopened = yield* bench.reopened;
      yield* reopened.cancel(ref);
      yield* noSuccess(yield* Effect.exit(reopened.observe(ref, ignored)));
    }),
  ],
  [
    "accepts that a run is cancelled which another process has seen ended",
    Effect.fnUntraced(function* (bench: Bench) {
      const ref = yield* bench.launch(bench.setup.succeeding);
      yield* bench.observe(ref);
      yield* (yield* bench.reopened).cancel(ref);
    }),
  ],
];

const survivingFind: Rules = [
  [
    "finds a run that another process launched",
    Effect.fnUntraced(function* (bench: Bench) {
      const request = bench.request(bench.setup.succeeding);
      const ref = yield* bench.agent.launch(request);
      const found = yield* (yield* bench.reopened).find(request.key);
      yield* Contract.expectEqual("the runs with the key", ids(found), [ref.id]);
    }),
  ],
];

const survivingLaunch: Rules = [
  [
    "answers a second launch of a key, by another process, with the run of the first",
    Effect.fnUntraced(function* (bench: Bench) {
      const request = bench.request(bench.setup.succeeding);
      const first = yield* bench.agent.launch(request);
      const reopened = yield* bench.reopened;
      const second = yield* reopened.launch(request);
      yield* Contract.expectEqual("the second reference", second.id, first.id);
      const found = yield* reopened.find(request.key);
      yield* Contract.expectEqual("the runs with the key", ids(found), [first.id]);
      yield* bench.isSuccess(yield* reopened.observe(second, ignored));
    }),
  ],
];
