import { assert, describe, it } from "@effect/vitest";
import {
  Action,
  Agent,
  AgentPool,
  Failure,
  Journal,
  type Operator,
  Orchestrator,
  type RunEvent,
  type Task,
} from "@orchestrator/core";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";
import { engine, phases, run, settle, start } from "./support/engine.ts";

const performed: Array<unknown> = [];

const repeat = Action.make({
  name: "text.repeat",
  description: "Repeats a text.",
  input: Schema.Struct({ text: Schema.String, times: Schema.optionalKey(Schema.Int) }),
  output: Schema.Struct({ text: Schema.String }),
  repeatable: (input) => !JSON.stringify(input).includes("13"),
  run: ({ text, times = 1 }) =>
    Effect.sync(() => {
      performed.push(text);
      return { text: text.repeat(times) };
    }),
});

const liar = Action.make({
  name: "text.lie",
  description: "Answers with something else.",
  input: Schema.Struct({}),
  output: Schema.Struct({ text: Schema.String }),
  run: () => Effect.succeed({ text: 1 as unknown as string }),
});

const shell = Action.make({
  name: "shell.say",
  description: "Takes a program.",
  input: Schema.Struct({ line: Schema.String, words: Schema.Array(Schema.Json) }),
  output: Schema.Json,
  literal: ["line"],
  run: ({ words }) => Effect.succeed(words),
});

const approval = Action.make({
  name: "approval.wait",
  description: "Asks.",
  input: Schema.Struct({ question: Schema.String }),
  output: Schema.Json,
  repeatable: true,
  run: ({ question }) => Effect.fail(new Agent.Asked({ question, approval: true })),
});

const all = [repeat, liar, shell, approval];
const agent = Action.agent(Action.registry(all));
const actions = engine(agent);

const step = (id: string, uses: string, input?: Schema.Json): Task.Task => ({
  id,
  agent: "action",
  payload: { uses, ...(input === undefined ? {} : { with: input }) },
});

const outputOf = (state: Orchestrator.RunHandle["state"], id: string) =>
  state.get(id)!.attempts.at(-1)!.output;

const problemsOf = (uses: string, input: Schema.Json) =>
  Action.problems(all, { uses, with: input }).map(
    ({ message, path }) => `${path.join(".")}: ${message}`,
  );

describe("a step that is checked before anything runs", () => {
  it.each([
    [
      "text.repat",
      {},
      'uses: "text.repat" is no action; there are text.repeat, text.lie, shell.say, approval.wait; did you mean "text.repeat"?',
    ],
    ["text.repeat", {}, "with.text: is missing; add it"],
    ["text.repeat", { text: 5 }, "with.text: must be string, found 5"],
    [
      "text.repeat",
      { text: "a", tims: 2 },
      'with.tims: unknown key; allowed are text, times; did you mean "times"?',
    ],
    ["text.repeat", [], "with: must be a mapping, the input of text.repeat"],
    [
      "shell.say",
      { line: "echo {{ params.x }}", words: [] },
      'with.line: "{{ params.x }}" may not stand in a text that shell.say runs: pass the value by env, or as an item of an argument list',
    ],
  ])("%s with %j is told of as %j", (uses, input, told) => {
    assert.deepStrictEqual(problemsOf(uses, input), [told]);
  });

  it("has no problem where a reference stands for what is not known yet", () => {
    const input = { text: "{{ tasks.a.output.text }}", times: "{{ tasks.a.output.times }}" };
    assert.deepStrictEqual(problemsOf("text.repeat", input), []);
  });

  it.effect("keeps the plan from running, and what it finds is told", () =>
    Effect.gen(function* () {
      const before = performed.length;
      const stranger = step("c", "text.repeat", { text: "{{ tasks.b.output.text }}" });
      const plan = [step("a", "text.repeat", { text: "x" }), step("b", "text.repat"), stranger];
      const refused = yield* Effect.flip(run(plan));
      assert.strictEqual(refused._tag, "PlanInvalid");
      assert.include(refused.message, 'Task "b" cannot run: uses: "text.repat" is no action');
      assert.include(refused.message, '"b" must come first; add it to dependsOn');
      assert.strictEqual(performed.length, before);
    }).pipe(Effect.provide(actions)),
  );

  it("gives every action a name of its own that says its module", () => {
    assert.throws(() => Action.registry([repeat, repeat]), /Two actions are named text.repeat/);
    assert.throws(() => Action.signature({ ...liar, name: "lie" }), /named as module.action/);
  });

  it.effect("knows the actions of all layers", () =>
    Effect.gen(function* () {
      const { all: known } = yield* Action.Registry;
      assert.deepStrictEqual(
        known.map(({ name }) => name),
        ["text.repeat", "text.lie"],
      );
    }).pipe(Effect.provide(Action.layer([liar]).pipe(Layer.provide(Action.layer([repeat]))))),
  );
});

describe("a step that runs", () => {
  it.effect("gets outputs with their types, and as text where it wants text", () =>
    Effect.gen(function* () {
      const { outcome, state } = yield* run([
        step("n", "shell.say", { line: "", words: [2, { a: 1 }] }),
        {
          ...step("twice", "text.repeat", {
            text: "{{ tasks.n.output.1 }}",
            times: "{{ tasks.n.output.0 }}",
          }),
          dependsOn: ["n"],
        },
        {
          id: "param",
          agent: "action",
          payload: {
            uses: "text.repeat",
            with: { text: "to {{ params.env }}" },
            params: { env: "prod" },
          },
        },
      ]);
      assert.strictEqual(outcome, "succeeded");
      assert.deepStrictEqual(outputOf(state, "twice"), { text: '{"a":1}{"a":1}' });
      assert.deepStrictEqual(outputOf(state, "param"), { text: "to prod" });
      assert.deepInclude(state.usage, { costUsd: 0, inputTokens: 0 });
    }).pipe(Effect.provide(actions)),
  );

  it.effect(
    "fails for good if its filled input does not fit, or its output is not what it says",
    () =>
      Effect.gen(function* () {
        const { state } = yield* run([
          step("n", "shell.say", { line: "", words: [] }),
          {
            ...step("late", "text.repeat", { text: "x", times: "{{ tasks.n.output }}" }),
            dependsOn: ["n"],
          },
          step("lie", "text.lie"),
        ]);
        const failures = ["late", "lie"].map((id) =>
          state.get(id)!.attempts.map((one) => one.failure),
        );
        // Of the value, and not of its text.
        assert.match(
          failures[0]![0]!.message,
          /with, the input of text\.repeat: times: .*found \[\]$/,
        );
        assert.include(failures[1]![0]!.message, "answered with something other than it says");
        assert.deepStrictEqual(
          failures.map((tries) => tries.map((failure) => failure?.class)),
          [["permanent"], ["permanent"]],
        );
      }).pipe(Effect.provide(actions)),
  );

  it.effect("is held if it is stopped after it may have had its effect", () =>
    Effect.gen(function* () {
      const sent = yield* Deferred.make<void>();
      const post = Action.make({
        name: "http.post",
        description: "Never answers.",
        input: Schema.Struct({}),
        output: Schema.Json,
        run: (_, context) =>
          context
            .unclear("nobody knows whether it arrived")
            .pipe(Effect.andThen(Deferred.succeed(sent, undefined)), Effect.andThen(Effect.never)),
      });
      const pool = engine(Action.agent(Action.registry([post])));
      yield* Effect.gen(function* () {
        const handle = yield* start([step("p", "http.post")]);
        yield* Deferred.await(sent);
        yield* handle.cancelTask("p");
        const { state } = yield* handle.result;
        assert.strictEqual(state.get("p")!.outcome, "Held");
        assert.include(JSON.stringify(state.get("p")!.reason), "nobody knows whether it arrived");
      }).pipe(Effect.provide(pool));
    }),
  );
});

const decide = (decision: RunEvent.Decision, note?: string) => ({
  _tag: "Decide" as const,
  task: "ok",
  decision,
  ...(note === undefined ? {} : { note }),
});

const release: ReadonlyArray<Task.Task> = [
  step("ok", "approval.wait", { question: "Release it?" }),
  {
    ...step("go", "text.repeat", { text: "{{ tasks.ok.output.note }}" }),
    dependsOn: ["ok"],
  },
];

/** Runs until the approval is asked for, and answers as `resume` would. */
const answered = (change: Operator.Change) =>
  Effect.gen(function* () {
    const service = yield* Orchestrator.Orchestrator;
    const { state } = yield* service.run(release, { run: "r" });
    assert.deepStrictEqual(phases({ state }), { ok: "Held", go: "Held" });
    return yield* Effect.flatMap(
      service.resume("r", { changes: [change] }),
      ({ result }) => result,
    );
  });

describe("an approval", () => {
  it.effect("that is given ends its task, and what depends on it reads the note", () =>
    Effect.gen(function* () {
      const { outcome, state } = yield* answered(decide("approve", "after the demo"));
      assert.strictEqual(outcome, "succeeded");
      assert.deepStrictEqual(outputOf(state, "ok"), { approved: true, note: "after the demo" });
      assert.deepStrictEqual(outputOf(state, "go"), { text: "after the demo" });
      assert.strictEqual(state.get("ok")!.attempts.length, 1);
    }).pipe(Effect.provide(actions)),
  );

  it.effect("that is refused fails its task for good", () =>
    Effect.gen(function* () {
      const { outcome, state } = yield* answered(decide("reject", "too early"));
      assert.strictEqual(outcome, "failed");
      assert.deepStrictEqual(phases({ state }), { ok: "Failed", go: "Skipped" });
      assert.strictEqual(state.get("ok")!.attempts[0]!.failure!.message, "rejected: too early");
    }).pipe(Effect.provide(actions)),
  );

  it.effect("is given while the run goes on", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>();
      const slow = {
        ...repeat,
        name: "text.wait",
        run: () => Effect.as(Deferred.await(gate), { text: "" }),
      };
      yield* Effect.gen(function* () {
        const handle = yield* start([...release, step("w", "text.wait", { text: "" })]);
        yield* settle;
        yield* handle.change(decide("approve"));
        yield* settle;
        assert.strictEqual(handle.state.get("go")!.outcome, "Succeeded");
        yield* Deferred.succeed(gate, undefined);
        assert.strictEqual((yield* handle.result).outcome, "succeeded");
      }).pipe(Effect.provide(engine(Action.agent(Action.registry([...all, slow])))));
    }),
  );

  it.effect("is an answer to nothing else, and nothing else answers it", () =>
    Effect.gen(function* () {
      const service = yield* Orchestrator.Orchestrator;
      yield* service.run([...release, step("other", "shell.say", { line: "", words: [] })], {
        run: "r",
      });
      const refusal = (...changes: ReadonlyArray<Operator.Change>) =>
        Effect.map(
          Effect.flip(Effect.scoped(service.resume("r", { changes }))),
          ({ message }) => message,
        );
      assert.strictEqual(
        yield* refusal(decide("wait")),
        "ok waits for yes or no: decide approve or reject, or skip.",
      );
      assert.strictEqual(
        yield* refusal(decide("skip", "why")),
        "A note is said to an approval or a rejection, not to skip.",
      );
      assert.strictEqual(
        yield* refusal({ ...decide("approve"), task: "other" }),
        "other is not held: it is Succeeded.",
      );
    }).pipe(Effect.provide(actions)),
  );
});

const crashed = Effect.fnUntraced(function* (task: Task.Task) {
  const journal = Journal.makeMemory();
  const attempt = { at: 0, task: task.id, attempt: 1 };
  const ref = { agent: "action", id: "1" };
  yield* Effect.scoped(
    Effect.flatMap(journal.open("r"), (writer) =>
      writer.append([
        {
          _tag: "RunStarted",
          at: 0,
          run: "r",
          plan: "plan",
          mode: "parallel",
          concurrency: 1,
          failFast: false,
        },
        { _tag: "TasksAdded", at: 0, tasks: [task] },
        { _tag: "TaskReady", at: 0, task: task.id },
        { _tag: "LaunchIntended", ...attempt, agent: "action", slot: "action-1" },
        { _tag: "AgentRunStarted", ...attempt, ref },
      ]),
    ),
  );
  return Orchestrator.Orchestrator.layer.pipe(
    Layer.provide([
      AgentPool.AgentPool.layer({ agents: [{ agent }] }),
      Layer.succeed(Journal.Journal, journal),
    ]),
  );
});

describe("a step whose process died meanwhile", () => {
  it.effect.each([
    [{ text: "x", times: 2 }, "Succeeded"],
    [{ text: "x", times: 13 }, "Held"],
  ] as const)("with the input %j is %s", ([input, outcome]) =>
    Effect.gen(function* () {
      const before = performed.length;
      const layer = yield* crashed(step("s", "text.repeat", input));
      const { state } = yield* Effect.flatMap(Orchestrator.Orchestrator, (service) =>
        Effect.flatMap(service.resume("r"), ({ result }) => result),
      ).pipe(Effect.provide(layer));
      assert.strictEqual(state.get("s")!.outcome, outcome);
      assert.strictEqual(performed.length - before, outcome === "Held" ? 0 : 1);
    }),
  );

  it.effect("asks again where it had asked a person", () =>
    Effect.gen(function* () {
      const layer = yield* crashed(step("s", "approval.wait", { question: "Well?" }));
      const { state } = yield* Effect.flatMap(Orchestrator.Orchestrator, (service) =>
        Effect.flatMap(service.resume("r"), ({ result }) => result),
      ).pipe(Effect.provide(layer));
      assert.deepStrictEqual(state.get("s")!.reason, { _tag: "NeedsDecision", question: "Well?" });
    }),
  );
});

describe("a function that asks", () => {
  it.effect("has its task held with the question", () =>
    Effect.gen(function* () {
      const { outcome, state } = yield* run([{ id: "a" }, { id: "b" }]);
      assert.strictEqual(outcome, "failed");
      assert.deepInclude(state.get("a")!.reason!, { question: "Which colour?" });
    }).pipe(
      Effect.provide(
        engine(
          Agent.fromFunction(({ id }) =>
            Effect.gen(function* () {
              if (id === "a") return yield* new Agent.Asked({ question: "Which colour?" });
              return yield* Failure.make("permanent", "no");
            }),
          ),
        ),
      ),
    ),
  );
});
