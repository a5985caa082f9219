import { assert, describe, it } from "@effect/vitest";
import { orchestrate } from "@orchestrator/core";

describe("orchestrate", () => {
  it("runs tasks with a function and resolves to the result", async () => {
    const order: Array<string> = [];
    const run = orchestrate({
      tasks: [{ id: "b", dependsOn: ["a"] }, { id: "a" }],
      agent: async (task, { dependencies }) => {
        order.push(task.id);
        return { saw: dependencies.map(({ output }) => output ?? null) };
      },
    });
    const { outcome, state } = await run.result;
    assert.strictEqual(outcome, "succeeded");
    assert.deepStrictEqual(order, ["a", "b"]);
    assert.deepStrictEqual(state.get("b")!.attempts[0]!.output, { saw: [{ saw: [] }] });
  });

  it("gives every event to whoever iterates, from the first one", async () => {
    const run = orchestrate({ tasks: [{ id: "a" }], agent: () => "done" });
    await run.result;
    const kinds: Array<string> = [];
    for await (const event of run.events) kinds.push(event._tag);
    assert.strictEqual(kinds[0], "RunStarted");
    assert.strictEqual(kinds.at(-1), "RunEnded");
  });

  it("takes a rejection for a failed attempt and tells the next one", async () => {
    const run = orchestrate({
      tasks: [{ id: "a" }],
      retry: { attempts: 2, delay: 0 },
      agent: async (_, { attempt, previousFailure }) => {
        if (attempt === 1) throw new Error("first try");
        return previousFailure?.message;
      },
    });
    const { state } = await run.result;
    assert.strictEqual(state.get("a")!.attempts[1]!.output, "first try");
  });

  it("rejects with every problem of a plan that cannot run", async () => {
    const { result } = orchestrate({
      tasks: [{ id: "a", dependsOn: ["b"] }],
      agent: () => undefined,
    });
    const error = await result.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.include(String(error), '"b"');
  });

  it("ends the run when its signal is aborted, and aborts the signal of the work", async () => {
    const abort = new AbortController();
    const aborted: Array<string> = [];
    const run = orchestrate({
      tasks: [{ id: "a" }, { id: "b", dependsOn: ["a"] }],
      signal: abort.signal,
      agent: (task, { signal }) =>
        new Promise<void>((resolve) => {
          signal.addEventListener("abort", () => {
            aborted.push(task.id);
            resolve();
          });
          abort.abort();
        }),
    });
    const { outcome } = await run.result;
    assert.strictEqual(outcome, "cancelled");
    assert.deepStrictEqual(aborted, ["a"]);
  });

  it("adds tasks while it runs, from outside and from the work", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const run = orchestrate({
      tasks: [{ id: "a" }],
      agent: async (task, { discover }) => {
        if (task.id === "a") {
          await discover([{ id: "c", dependsOn: ["a"] }]);
          await held;
        }
      },
    });
    await run.add([{ id: "b", dependsOn: ["a"] }]);
    release();
    const { state } = await run.result;
    assert.deepStrictEqual(
      Array.from(state.tasks(), ({ outcome, task }) => `${task.id} ${outcome}`).toSorted(),
      ["a Succeeded", "b Succeeded", "c Succeeded"],
    );
    assert.strictEqual((await run.progress()).completed, 3);
  });

  it("cancels one task on request", async () => {
    const run = orchestrate({
      tasks: [{ id: "a" }, { id: "b" }],
      agent: (task, { signal }) =>
        task.id === "a"
          ? new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()))
          : undefined,
    });
    assert.isTrue(await run.cancelTask("a"));
    const { state } = await run.result;
    assert.strictEqual(state.get("a")!.outcome, "Cancelled");
    assert.strictEqual(state.get("b")!.outcome, "Succeeded");
  });
});
