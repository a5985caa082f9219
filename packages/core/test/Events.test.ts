import { assert, describe, it } from "@effect/vitest";
import {
  Agent,
  AgentPool,
  EventName,
  Events,
  Journal,
  Operator,
  Orchestrator,
  RunState,
  type Task,
} from "@orchestrator/core";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Queue from "effect/Queue";
import * as Stream from "effect/Stream";

/** A run whose agent waits at tasks called `gate` until it is let go. */
const begun = Effect.fnUntraced(function* (
  tasks: ReadonlyArray<Task.Task>,
  options: Orchestrator.RunOptions = {},
) {
  const gate = yield* Deferred.make<void>();
  const agent = Agent.fromFunction(({ id }) =>
    id === "gate" ? Effect.as(Deferred.await(gate), id) : Effect.succeed(id),
  );
  const journal = Journal.makeMemory();
  const layer = Orchestrator.Orchestrator.layer.pipe(
    Layer.provide([
      AgentPool.AgentPool.layer({ agents: [{ agent }], slots: 2 }),
      Layer.succeed(Journal.Journal, journal),
    ]),
  );
  const services = yield* Layer.build(layer);
  const handle = yield* Effect.provideContext(
    Effect.flatMap(Orchestrator.Orchestrator, (one) => one.start(tasks, { run: "r", ...options })),
    services,
  );
  return { handle, journal, open: Deferred.succeed(gate, undefined) };
});

const gate: Task.Task = { id: "gate" };
const namesOf = (stream: Stream.Stream<Events.Entry<"Emitted">, Journal.JournalError>) =>
  Effect.map(Stream.runCollect(stream), (found) => found.map(({ event }) => event.name));

describe("an event of somebody's own", () => {
  it.effect("is in the journal, with what it holds and the task that it is about", () =>
    Effect.gen(function* () {
      const { handle, journal, open } = yield* begun([gate]);
      yield* handle.emit("deploy.done", { to: ["prod", null] }, "gate");
      yield* open;
      yield* handle.result;
      const found = yield* Stream.runCollect(journal.read("r"));
      const { at: _, ...event } = found.map((one) => one.event).find(isEmitted)!;
      assert.deepStrictEqual(event, {
        _tag: "Emitted",
        name: "deploy.done",
        data: { to: ["prod", null] },
        task: "gate",
      });
    }),
  );

  it.effect("is refused if it is badly named, too large, of an unknown task, or too late", () =>
    Effect.gen(function* () {
      const { handle, journal, open } = yield* begun([gate]);
      const refusal = (...of: Parameters<typeof handle.emit>) =>
        Effect.map(Effect.flip(handle.emit(...of)), ({ message }) => message);
      assert.include(yield* refusal("no spaces"), 'found "no spaces"');
      assert.include(yield* refusal("x".repeat(101)), "at most 100 letters");
      assert.include(yield* refusal("large", "x".repeat(70_000)), "at most 65536 are kept");
      assert.include(yield* refusal("odd", Number.NaN as never), "is no JSON");
      const deep = JSON.parse(`${"[".repeat(20_000)}${"]".repeat(20_000)}`);
      assert.include(yield* refusal("deep", deep), "more than 200 levels deep");
      assert.include(yield* refusal("done", 1, "gat"), "Did you mean gate?");
      yield* open;
      yield* handle.result;
      assert.include(yield* refusal("late"), "ended");
      assert.isFalse(
        (yield* Stream.runCollect(journal.read("r"))).some((one) => isEmitted(one.event)),
      );
    }),
  );

  it("cannot be recorded in a run that has ended, by whoever amends it", () => {
    const state = RunState.RunState.fold([
      {
        _tag: "RunStarted",
        at: 0,
        run: "r",
        plan: "p",
        mode: "parallel",
        concurrency: 1,
        failFast: false,
      },
      { _tag: "RunEnded", at: 1, outcome: "succeeded" },
    ]);
    assert.strictEqual(Operator.events(state, { _tag: "Emit", name: "late" }, 2)._tag, "Failure");
  });
});

const isEmitted = (event: { readonly _tag: string }): event is Events.Entry<"Emitted">["event"] =>
  event._tag === "Emitted";

describe("Events.subscribe", () => {
  it.effect("gives the kinds and tasks that are meant, from the beginning or from now", () =>
    Effect.gen(function* () {
      const { handle, open } = yield* begun([{ id: "a" }, gate]);
      yield* handle.emit("first");
      const later = yield* Effect.forkChild(
        namesOf(Events.subscribe({ handle }, { kinds: ["Emitted"], from: "now" })),
        { startImmediately: true },
      );
      yield* handle.emit("second", undefined, "a");
      yield* open;
      assert.deepStrictEqual(yield* Fiber.join(later), ["second"]);
      const all = Events.subscribe({ handle }, { kinds: ["Emitted"] });
      assert.deepStrictEqual(yield* namesOf(all), ["first", "second"]);
      const ofTask = Events.subscribe({ handle }, { tasks: ["a"] });
      const kinds = (yield* Stream.runCollect(ofTask)).map(({ event }) => event._tag);
      assert.includeMembers(kinds, ["TasksAdded", "LaunchIntended", "Emitted", "TaskEnded"]);
      assert.isEmpty(yield* Stream.runCollect(Events.subscribe({ handle }, { runs: ["other"] })));
    }),
  );

  it.effect("follows the journal of a run that somebody else works on, until it ends", () =>
    Effect.gen(function* () {
      const { handle, journal, open } = yield* begun([gate]);
      yield* handle.emit("before");
      const changes = yield* Queue.unbounded<void>();
      const source = { journal, changes: Stream.fromQueue(changes) };
      const filter = { kinds: ["Emitted"], runs: ["r"] } as const;
      const all = yield* Effect.forkChild(namesOf(Events.subscribe(source, filter)));
      const fresh = Events.subscribe(source, { ...filter, from: handle.recorded() + 1 });
      yield* handle.emit("during");
      yield* open;
      yield* handle.result;
      yield* Queue.offer(changes, undefined);
      assert.deepStrictEqual(yield* Fiber.join(all), ["before", "during"]);
      assert.deepStrictEqual(yield* namesOf(fresh), ["during"]);
      // A run that ended before is read to its end, without anything that would change.
      assert.isEmpty(yield* namesOf(Events.subscribe(source, { ...filter, from: "now" })));
    }),
  );
});

describe("Events.handle", () => {
  it.effect("tells of a handler that fails, not of every failure, and hurts nothing", () =>
    Effect.gen(function* () {
      const { handle, open } = yield* begun([gate]);
      const seen: Array<string> = [];
      const handling = yield* Effect.forkChild(
        Events.handle(
          { handle },
          { kinds: ["Emitted"] },
          ({ event }) => {
            seen.push(event.name);
            return seen.length % 2 === 0 ? Effect.fail("no") : Effect.die("worse");
          },
          { name: "notifier" },
        ),
      );
      for (let index = 1; index <= 12; index++) yield* handle.emit(`e${index}`);
      yield* Effect.yieldNow;
      yield* Effect.repeat(Effect.yieldNow, { until: () => handle.state.warnings.length === 2 });
      yield* open;
      const { outcome, state } = yield* handle.result;
      yield* Fiber.join(handling);
      assert.strictEqual(outcome, "succeeded");
      assert.lengthOf(seen, 12);
      assert.match(state.warnings[0]!, /^notifier failed, at event \d+ \(Emitted\): worse$/);
      assert.match(state.warnings[1]!, /^notifier failed for the 10th time, at event \d+ .*: no$/);
    }),
  );
});

describe("EventName", () => {
  it("names the kind of an event, how a task or run ended, and events of somebody's own", () => {
    const at = 0;
    assert.deepStrictEqual(EventName.of({ _tag: "TaskEnded", at, task: "a", outcome: "Failed" }), [
      "task-ended",
      "task-failed",
    ]);
    assert.deepStrictEqual(EventName.of({ _tag: "RunEnded", at, outcome: "held" }), [
      "run-ended",
      "run-held",
    ]);
    assert.deepStrictEqual(EventName.of({ _tag: "Emitted", at, name: "x" }), [
      "emitted",
      "emitted.x",
    ]);
    assert.includeMembers([...EventName.all], ["landing-failed", "run-cancelled", "task-held"]);
  });

  it("says of any other name what may have been meant", () => {
    assert.isUndefined(EventName.problem("emitted.deploy"));
    assert.include(EventName.problem("task-faild"), "did you mean task-failed?");
    assert.include(EventName.problem("zzz"), "Some are task-ended");
  });
});
