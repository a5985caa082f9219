import { assert, describe, it } from "@effect/vitest";
import { Session } from "@orchestrator/core";

describe("createSession", () => {
  it("runs workflows that record whose they are, and tells handlers of their events", async () => {
    const session = Session.createSession({
      name: "release",
      owner: "ada",
      metadata: { ticket: 7 },
      mode: "sequential",
      agent: ({ id }) => id,
    });
    const ended: Array<string> = [];
    session.registerEventHandler("TaskEnded", ({ task }) => void ended.push(task));
    assert.strictEqual(session.status(), "idle");
    const first = session.executeWorkflow({ name: "one", tasks: [{ id: "a" }] });
    assert.strictEqual(session.status(), "active");
    const { state } = await first;
    await session.executeWorkflow({ name: "two", tasks: [{ id: "b" }] });
    assert.deepStrictEqual(state.session, {
      name: "release",
      owner: "ada",
      metadata: { ticket: 7 },
    });
    assert.strictEqual(state.mode, "sequential");
    assert.deepStrictEqual(ended, ["a", "b"]);
    assert.lengthOf(session.runs(), 2);
  });

  it("records events in the runs at work, and nowhere if there are none", async () => {
    const names: Array<string> = [];
    const session = Session.createSession({
      agent: async () => session.emitEvent("half-way", { percent: 50 }),
    });
    session.registerEventHandler("Emitted", ({ data, name }) =>
      names.push(`${name} ${JSON.stringify(data)}`),
    );
    await session.executeWorkflow({ name: "one", tasks: [{ id: "a" }] });
    assert.deepStrictEqual(names, ['half-way {"percent":50}']);
    const error = await session.emitEvent("late").catch((reason: unknown) => reason);
    assert.include(String(error), "nobody would hear of late");
  });

  it("rejects a workflow that cannot run, and calls the other handlers when one fails", async () => {
    const heard: Array<string> = [];
    let warned = (): void => undefined;
    const isWarned = new Promise<void>((resolve) => {
      warned = resolve;
    });
    const session = Session.createSession({
      agent: ({ id }) => (id === "b" ? isWarned.then(() => id) : id),
    });
    session.registerEventHandler("Warning", () => warned());
    session.registerEventHandler("TaskReady", () => Promise.reject(new Error("nobody is there")));
    session.registerEventHandler("TaskReady", ({ task }, run) =>
      heard.push(`${run !== ""} ${task}`),
    );
    const broken = session.executeWorkflow({
      name: "broken",
      tasks: [{ id: "a", dependsOn: ["b"] }],
    });
    assert.include(String(await broken.catch((reason: unknown) => reason)), '"b"');
    assert.strictEqual(session.status(), "idle");
    const { outcome, state } = await session.executeWorkflow({
      name: "one",
      tasks: [{ id: "a" }, { id: "b", dependsOn: ["a"] }],
    });
    assert.strictEqual(outcome, "succeeded");
    assert.deepStrictEqual(heard, ["true a", "true b"]);
    assert.deepStrictEqual(state.warnings, [
      "a handler failed, at event 3 (TaskReady): nobody is there",
    ]);
  });

  it("cancels what runs when it is closed, and takes no more", async () => {
    const session = Session.createSession({
      agent: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(new Error("stopped")));
        }),
    });
    const running = session.executeWorkflow({ name: "endless", tasks: [{ id: "a" }] });
    await session.close();
    assert.strictEqual((await running).outcome, "cancelled");
    assert.strictEqual(session.status(), "closed");
    const refused = session.executeWorkflow({ name: "more", tasks: [{ id: "b" }] });
    assert.include(String(await refused.catch((reason: unknown) => reason)), "is closed");
  });
});
