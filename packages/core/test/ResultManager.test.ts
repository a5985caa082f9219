import { assert, describe, it } from "@effect/vitest";
import { ResultManager, type RunEvent, RunState, type Task } from "@orchestrator/core";
import * as fc from "fast-check";
import { history, startedAt } from "./support/history.ts";

const fold = RunState.RunState.fold;
const at = (seconds: number) => startedAt + seconds * 1000;

const begun = (tasks: ReadonlyArray<Task.Task>): ReadonlyArray<RunEvent.RunEvent> => [
  {
    _tag: "RunStarted",
    at: at(0),
    run: "r",
    plan: "p",
    mode: "parallel",
    concurrency: 2,
    failFast: false,
  },
  { _tag: "TasksAdded", at: at(0), tasks },
];

/** One attempt from its beginning to its end. */
const attempt = (
  task: string,
  number: number,
  from: number,
  to: number,
  error?: string,
): ReadonlyArray<RunEvent.RunEvent> => [
  { _tag: "TaskReady", at: at(from), task },
  {
    _tag: "LaunchIntended",
    at: at(from),
    task,
    attempt: number,
    agent: "local",
    slot: `local-${number}`,
  },
  {
    _tag: "AgentRunStarted",
    at: at(from),
    task,
    attempt: number,
    ref: { agent: "local", id: `${task}#${number}`, url: `https://example.org/${task}` },
  },
  {
    _tag: "AgentRunEnded",
    at: at(to),
    task,
    attempt: number,
    end:
      error === undefined
        ? { _tag: "Succeeded", output: { of: task }, summary: `did ${task}` }
        : { _tag: "Failed", failure: { class: "agent", message: error } },
  },
];

const ended = (
  task: string,
  seconds: number,
  outcome: Task.Outcome,
  reason?: RunEvent.EndReason,
): RunEvent.RunEvent => ({
  _tag: "TaskEnded",
  at: at(seconds),
  task,
  outcome,
  ...(reason && { reason }),
});

const because = (dependency: string, root: string, outcome: Task.Outcome = "Skipped") =>
  ({ _tag: "DependencyFailed", dependency, outcome, root }) as const;

/** The records of a CSV text, read as RFC 4180 has it and no other way. */
const parse = (text: string): Array<Array<string>> => {
  const records: Array<Array<string>> = [];
  let [record, cell, index]: [Array<string>, string, number] = [[], "", 0];
  while (index < text.length) {
    if (text[index] === '"') {
      for (index++; ; index++) {
        if (text[index] === undefined) throw new Error("a quote is not closed");
        if (text[index] !== '"') cell += text[index];
        else if (text[++index] === '"') cell += '"';
        else break;
      }
    } else {
      const [plain] = /^[^",\r\n]*/.exec(text.slice(index))!;
      cell += plain;
      index += plain.length;
    }
    record.push(cell);
    cell = "";
    if (text[index] === ",") index++;
    else if (text.startsWith("\r\n", index)) {
      records.push(record);
      record = [];
      index += 2;
    } else throw new Error(`unexpected ${JSON.stringify(text[index])} at ${index}`);
  }
  if (record.length > 0) throw new Error("the last line does not end");
  return records;
};

describe("CSV", () => {
  it("begins with the columns that everybody relies on", () => {
    const [header] = parse(ResultManager.toCsv(fold(begun([]))));
    assert.strictEqual(
      header!.slice(0, 7).join(","),
      "task_id,status,start_time,end_time,duration_seconds,agent_id,error",
    );
    assert.isTrue(
      ResultManager.toCsv(fold(begun([]))).startsWith(
        "task_id,status,start_time,end_time,duration_seconds,agent_id,error",
      ),
    );
  });

  it("has one record a task, of the same length as the header", () => {
    const state = fold([
      ...begun([{ id: "a", title: "One, two" }, { id: "b" }, { id: "c" }]),
      ...attempt("a", 1, 1, 3, "first\r\nsecond"),
      { _tag: "RetryScheduled", at: at(3), task: "a", attempt: 1, class: "agent", delayMillis: 1 },
      ...attempt("a", 2, 5, 6.5),
      { _tag: "LandingEnded", at: at(7), task: "a", attempt: 2, commit: "abc" },
      ended("a", 7, "Succeeded"),
      ...attempt("b", 1, 1, 2, 'says "no"'),
      ended("b", 2, "Failed", {
        _tag: "AttemptFailed",
        failure: { class: "agent", message: 'says "no"' },
      }),
    ]);
    const time = (seconds: number) => new Date(at(seconds)).toISOString();
    const a = ["a", "succeeded", time(1), time(7), "6", "local-2", "", "One, two", "local", "2"];
    const b = ["b", "failed", time(1), time(2), "1", "local-1", 'says "no"', "b", "local", "1"];
    assert.deepStrictEqual(parse(ResultManager.toCsv(state)).slice(1), [
      [...a, "did a", "abc"],
      [...b, "", ""],
      ["c", "pending", "", "", "", "", "", "c", "", "0", "", ""],
    ]);
  });

  const awkward = fc.oneof(
    fc.string(),
    fc.string({
      unit: fc.constantFrom("=", "+", "-", "@", '"', ",", "\r", "\n", "\t", "'", " ", "a"),
    }),
  );

  it("gives every text back, and none that a spreadsheet would run", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ title: awkward, message: awkward }), { maxLength: 5 }),
        (drawn) => {
          const events = drawn.flatMap(({ message }, index) =>
            ended(`${index}`, 1, "Failed", {
              _tag: "AttemptFailed",
              failure: { class: "agent", message },
            }),
          );
          const tasks = drawn.map(({ title }, index) => ({ id: `${index}`, title }));
          const text = ResultManager.toCsv(fold([...begun(tasks), ...events]));
          const records = parse(text).slice(1);
          assert.strictEqual(records.length, drawn.length);
          for (const [index, { message, title }] of drawn.entries()) {
            const shown = [records[index]![6]!, records[index]![7]!];
            for (const [which, original] of [message, title].entries()) {
              const isFormula = /^[=+\-@\t\r]/.test(original);
              assert.strictEqual(shown[which], isFormula ? `'${original}` : original);
              assert.notMatch(shown[which]!, /^[=+\-@\t\r]/);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("neutralises ids that look like formulas", () => {
    const state = fold(begun([{ id: '=HYPERLINK("https://example.org")' }]));
    assert.strictEqual(
      parse(ResultManager.toCsv(state))[1]![0],
      `'=HYPERLINK("https://example.org")`,
    );
  });
});

describe("JSON", () => {
  it("holds the run, its summary, its warnings and its tasks with every attempt", () => {
    const state = fold([
      ...begun([{ id: "a" }]),
      { _tag: "Warning", at: at(0), message: "odd" },
      ...attempt("a", 1, 0, 2, "no"),
      { _tag: "RetryScheduled", at: at(2), task: "a", attempt: 1, class: "agent", delayMillis: 1 },
      ...attempt("a", 2, 3, 4),
      ended("a", 4, "Succeeded"),
      { _tag: "RunEnded", at: at(4), outcome: "succeeded" },
    ]);
    const text = ResultManager.toJson(state, 2);
    assert.isTrue(text.endsWith("}\n"));
    const written = JSON.parse(text);
    assert.deepInclude(written, { run: "r", plan: "p", outcome: "succeeded", warnings: ["odd"] });
    assert.deepStrictEqual(written.summary, ResultManager.summary(state, 2));
    assert.deepInclude(written.tasks[0], {
      task_id: "a",
      status: "succeeded",
      duration_seconds: 4,
      output: { of: "a" },
      summary: "did a",
      error: null,
      commit: null,
    });
    assert.deepStrictEqual(
      written.tasks[0].attempts.map((one: ResultManager.AttemptRow) => [
        one.attempt,
        one.slot,
        one.agent_run,
        one.url,
        one.error,
      ]),
      [
        [1, "local-1", "a#1", "https://example.org/a", "no"],
        [2, "local-2", "a#2", "https://example.org/a", null],
      ],
    );
  });

  it("can be written at any moment of a run", () => {
    fc.assert(
      fc.property(history, ({ events }) => {
        const state = fold(events);
        const written = JSON.parse(ResultManager.toJson(state, 3));
        assert.strictEqual(written.outcome, "running");
        assert.strictEqual(written.tasks.length, state.size);
        assert.strictEqual(parse(ResultManager.toCsv(state)).length, state.size + 1);
      }),
      { numRuns: 60 },
    );
  });
});

describe("the reason of a task", () => {
  const chain = (length: number) => {
    const tasks = Array.from({ length }, (_, index) => ({
      id: `t${index}`,
      dependsOn: index === 0 ? [] : [`t${index - 1}`],
    }));
    return fold([
      ...begun(tasks),
      ...attempt("t0", 1, 0, 1, "the root failed"),
      ended("t0", 1, "Failed", {
        _tag: "AttemptFailed",
        failure: { class: "agent", message: "the root failed" },
      }),
      ...tasks
        .slice(1)
        .map(({ id }, index) =>
          ended(id, 1, "Skipped", because(`t${index}`, "t0", index === 0 ? "Failed" : "Skipped")),
        ),
    ]);
  };
  const idsOf = (chained: ReadonlyArray<RunState.TaskState>) => chained.map(({ task }) => task.id);

  it("leads from the nearest task to the root", () => {
    const state = chain(4);
    assert.deepStrictEqual(idsOf(ResultManager.reasonChain(state, state.get("t3")!)), [
      "t2",
      "t1",
      "t0",
    ]);
    assert.deepStrictEqual(ResultManager.reasonChain(state, state.get("t0")!), []);
  });

  it("is cut in the middle when it is long, and ends with the root all the same", () => {
    const state = chain(1000);
    for (const limit of [1, 2, 5, 20]) {
      const found = idsOf(ResultManager.reasonChain(state, state.get("t999")!, limit));
      assert.strictEqual(found.length, limit);
      assert.strictEqual(found.at(-1), "t0");
      assert.strictEqual(found[0], limit === 1 ? "t0" : "t998");
    }
  });

  it("is said in one sentence with the outcome of each and the words of the root", () => {
    const state = chain(3);
    assert.strictEqual(
      ResultManager.error(state, state.get("t2")!),
      "depends on t1 (skipped) ← t0 (failed): the root failed",
    );
    assert.strictEqual(ResultManager.error(state, state.get("t0")!), "the root failed");
  });

  it("says where a long chain is cut", () => {
    const state = chain(10);
    assert.strictEqual(
      ResultManager.error(state, state.get("t9")!),
      "depends on t8 (skipped) ← t7 (skipped) ← t6 (skipped) ← … ← t0 (failed): the root failed",
    );
  });

  it("is what stopped it, what is asked, or nothing", () => {
    const state = fold([
      ...begun([{ id: "stopped" }, { id: "asked" }, { id: "well" }, { id: "open" }]),
      ended("stopped", 1, "Cancelled", { _tag: "Stopped", message: "on request" }),
      ended("asked", 1, "Held", { _tag: "NeedsDecision", question: "which one?" }),
      ended("well", 1, "Succeeded"),
    ]);
    assert.deepStrictEqual(
      Array.from(state.tasks(), (task) => ResultManager.error(state, task)),
      ["on request", "which one?", undefined, undefined],
    );
  });
});

describe("the summary", () => {
  it("adds up, for any run", () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 5 }), ({ events }, slots) => {
        const state = fold(events);
        const summary = ResultManager.summary(state, slots);
        const { cancelled, failed, held, skipped, succeeded, total } = summary;
        assert.strictEqual(total, state.size);
        assert.strictEqual(succeeded + failed + skipped + cancelled + held, state.ended);
        assert.strictEqual(summary.success_rate, total === 0 ? 1 : succeeded / total);
        const launches = events.filter(({ _tag }) => _tag === "LaunchIntended").length;
        assert.strictEqual(summary.attempts, launches);
        assert.isTrue(summary.parallel_efficiency >= 0 && summary.parallel_efficiency <= 1);
        assert.isAtLeast(summary.wall_seconds, 0);
      }),
      { numRuns: 100 },
    );
  });

  it("of a run knows the chain that took longest, and how well its slots were used", () => {
    const state = fold([
      ...begun([
        { id: "a" },
        { id: "b" },
        { id: "c", dependsOn: ["a", "b"] },
        { id: "d", dependsOn: ["b"] },
      ]),
      ...attempt("a", 1, 0, 2),
      ended("a", 2, "Succeeded"),
      ...attempt("b", 1, 0, 4),
      ended("b", 4, "Succeeded"),
      ...attempt("c", 1, 4, 7),
      ended("c", 7, "Succeeded"),
      ...attempt("d", 1, 4, 5, "no"),
      ended("d", 5, "Failed"),
      { _tag: "RunEnded", at: at(8), outcome: "failed" },
    ]);
    assert.deepStrictEqual(ResultManager.summary(state, 2), {
      total: 4,
      succeeded: 3,
      failed: 1,
      skipped: 0,
      cancelled: 0,
      held: 0,
      success_rate: 0.75,
      attempts: 4,
      wall_seconds: 8,
      critical_path: ["b", "c"],
      critical_path_seconds: 7,
      parallel_efficiency: 10 / 16,
    });
  });

  it("of an empty run is a success that took no time", () => {
    const state = fold([...begun([]), { _tag: "RunEnded", at: at(0), outcome: "succeeded" }]);
    assert.deepInclude(ResultManager.summary(state, 10), {
      total: 0,
      success_rate: 1,
      wall_seconds: 0,
      critical_path: [],
      parallel_efficiency: 0,
    });
  });

  it("is computed when somebody asks for it, once", () => {
    const state = fold([...begun([]), { _tag: "RunEnded", at: at(1), outcome: "succeeded" }]);
    const result = ResultManager.make(state, 1);
    assert.strictEqual(result.outcome, "succeeded");
    assert.strictEqual(result.summary, result.summary);
  });
});
