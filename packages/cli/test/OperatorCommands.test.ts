import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Command from "./support/Command.ts";
import * as Gate from "./support/Gate.ts";

/** Runs to its end: `a` fails until the file `ok` is there, `b` asks a person, `c` waits for both. */
const held = `isolation: none
tasks:
  - { id: a, run: echo a >> order; test -e ok, retry: { attempts: 1 } }
  - { id: b, run: echo b >> order, dependsOn: [{ task: a, onFailure: hold }] }
  - { id: c, run: echo c >> order, dependsOn: [b] }
`;

/** The same, and a task that works meanwhile. */
const heldAtWork = `${held}  - { id: works, run: '${Gate.closed("works")}' }\n`;

const working = `isolation: none
concurrency: 2
tasks:
  - { id: one, run: '${Gate.closed("one")}' }
  - { id: two, run: '${Gate.closed("two")}' }
  - { id: after, run: echo after >> order, dependsOn: [one] }
`;

const lines = (text: string) => text.trimEnd().split("\n").toSorted();

/** A run with two agents at work. */
const atWork = Effect.gen(function* () {
  const folder = yield* Gate.folder({ "plan.yaml": working }, ["one", "two"]);
  const started = yield* folder.start("run");
  yield* Effect.all([folder.reached("one"), folder.reached("two")], { concurrency: 2 });
  const [run] = yield* folder.names(".orchestrator/runs");
  return { folder, started, run: run! };
});

describe("orchestrator cancel", () => {
  it.live("has the process that works on a run stop one task", () =>
    Effect.gen(function* () {
      const { folder, started } = yield* atWork;
      const { code, out } = yield* folder.run("cancel", "one");
      expect({ code, out }).toEqual({ code: 0, out: "one is being cancelled.\n" });
      yield* folder.open("two");
      const ended = yield* started.ended;
      expect(ended.code).toBe(1);
      expect(ended.out).toMatch(/■ one cancelled[^]*1 succeeded, 1 skipped, 1 cancelled/);
      expect(lines(yield* folder.read("order"))).toEqual(["one", "two"]);
    }),
  );

  it.live("has the process that works on a run stop all of it", () =>
    Effect.gen(function* () {
      const { folder, run, started } = yield* atWork;
      const { code, out } = yield* folder.run("cancel", run);
      expect(code).toBe(0);
      expect(out).toContain(`The run ${run} is being cancelled by the process that works on it.`);
      expect((yield* started.ended).out).toContain("■ cancelled: 0 of 3 tasks succeeded");
    }),
  );

  it.live("ends a run that nobody works on, stops its agents and starts nothing", () =>
    Effect.gen(function* () {
      const { folder, run, started } = yield* atWork;
      yield* started.signal("SIGKILL");
      yield* started.ended;
      const task = yield* folder.run("cancel", "one");
      expect(task.code).toBe(0);
      expect(task.out).toBe(`one: cancelled. Go on with the run: orchestrator resume ${run}\n`);
      const { code, out } = yield* folder.run("cancel", run);
      expect(code).toBe(0);
      expect(out).toMatch(/■ two cancelled[^]*■ cancelled: 0 of 3 tasks succeeded/);
      expect(lines(yield* folder.read("order"))).toEqual(["one", "two"]);
      const again = yield* folder.run("cancel", run);
      expect(again.code).toBe(65);
      expect(again.error).toContain("The run has ended already: cancelled.");
    }),
  );

  it.live("says what it looked for when there is neither such a run nor such a task", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": held });
      yield* folder.run("run");
      const { code, error } = yield* folder.run("cancel", "no\u001b[2Jne");
      expect(code).toBe(65);
      expect(error).toMatch(
        /^error: There is no run and, in the run \S+, no task "none"\. \[change-refused\]\n$/,
      );
    }),
  );
});

describe("orchestrator held and decide", () => {
  it.live("show what a run asks, take the decision, and the run goes on with it", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": held });
      expect((yield* folder.run("run")).code).toBe(1);
      const asked = yield* folder.run("held");
      expect(asked.code).toBe(3);
      expect(asked.out).toMatch(
        /\? b: a ended as Failed: run b all the same\?\n +held since \S+\n +1 task waits for it\n/,
      );
      const commands = [...asked.out.matchAll(/orchestrator (decide .*)$/gm)].map(
        ([, one]) => one!,
      );
      expect(commands.map((one) => one.split(" ")[2])).toEqual(["relaunch", "skip"]);
      const wrong = yield* folder.run("decide", "b", "adopt");
      expect(wrong.code).toBe(65);
      expect(wrong.error).toBe(
        "error: b has no agent run to go on with: decide relaunch or skip. [change-refused]\n",
      );
      const decided = yield* folder.run(...commands[0]!.split(" "));
      expect(decided.code).toBe(0);
      const resume = /Go on with the run: orchestrator (.*)\n$/.exec(decided.out)![1]!;
      expect((yield* folder.run("held")).code).toBe(0);
      yield* folder.run(...resume.split(" "));
      expect(yield* folder.read("order")).toBe("a\nb\nc\n");
    }),
  );

  it.live("give a program the same, and nothing held is an empty list", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": held });
      yield* folder.run("run");
      const asked = yield* folder.run("held", "--json");
      expect(asked.code).toBe(3);
      const [first] = JSON.parse(asked.out);
      expect(first).toMatchObject({ task: "b", agent_run: null, waiting: 1 });
      yield* folder.run("decide", "b", "skip");
      const none = yield* folder.run("held", "--json");
      expect({ code: none.code, out: none.out }).toEqual({ code: 0, out: "[]\n" });
    }),
  );

  it.live("reach the process that works on the run", () =>
    Effect.gen(function* () {
      const folder = yield* Gate.folder({ "plan.yaml": heldAtWork }, ["works"]);
      const started = yield* folder.start("run");
      yield* folder.reached("works");
      yield* started.saw(/\? b held/);
      const decided = yield* folder.run("decide", "b", "relaunch");
      expect(decided.code).toBe(0);
      expect(decided.out).toContain("The process that works on the run has recorded it.");
      const again = yield* folder.run("decide", "b", "relaunch");
      expect(again.code).toBe(65);
      expect(again.error).toMatch(/^error: b is not held: it is \w+\. \[change-refused\]\n$/);
      yield* started.saw(/✓ c succeeded/);
      yield* folder.open("works");
      expect((yield* started.ended).code).toBe(1);
      expect(lines(yield* folder.read("order"))).toEqual(["a", "b", "c", "works"]);
    }),
  );
});

describe("orchestrator retry", () => {
  it.live("shows what would run again, and runs it only if that is said", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": held.replace("onFailure: hold", "") });
      yield* folder.run("run");
      yield* folder.write("ok", "");
      const asked = yield* folder.run("retry", "--failed");
      expect(asked.code).toBe(2);
      expect(asked.out).toMatch(
        /^3 tasks of the run \S+ would run again:\n {2}✗ a failed: .*\n {2}− b skipped: .*\n {2}− c skipped: .*\n$/,
      );
      const command = /To run them again: orchestrator (.*)\n$/.exec(asked.error)![1]!;
      expect(yield* folder.read("order")).toBe("a\n");
      const { code, out } = yield* folder.run(...command.split(" "));
      expect(code).toBe(0);
      expect(out).toContain("✓ 3 tasks succeeded");
      expect(yield* folder.read("order")).toBe("a\na\nb\nc\n");
      const nothing = yield* folder.run("retry", "--failed");
      expect(nothing).toMatchObject({ code: 0, error: "" });
      expect(nothing.out).toMatch(/^Nothing failed in the run \S+\.\n$/);
    }),
  );

  it.live("has the process that works on the run do it", () =>
    Effect.gen(function* () {
      const folder = yield* Gate.folder(
        { "plan.yaml": heldAtWork.replace("onFailure: hold", "") },
        ["works"],
      );
      const started = yield* folder.start("run");
      yield* folder.reached("works");
      yield* started.saw(/− c skipped/);
      yield* folder.write("ok", "");
      expect((yield* folder.run("retry", "a", "--yes")).code).toBe(0);
      yield* started.saw(/✓ c succeeded/);
      yield* folder.open("works");
      expect((yield* started.ended).code).toBe(0);
    }),
  );

  it.live("says what it needs, and why a task cannot run again", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": held });
      yield* folder.run("run");
      const refusals = [
        [["retry"], 2, /name the tasks, or say --failed/],
        [["retry", "a", "--failed"], 2, /name the tasks, or say --failed/],
        [["retry", "nope"], 65, /The run has no task "nope"/],
        [["retry", "b"], 65, /b is held and needs a decision/],
      ] as const;
      for (const [args, expected, message] of refusals) {
        const { code, error } = yield* folder.run(...args);
        expect(code).toBe(expected);
        expect(error).toMatch(message);
      }
    }),
  );
});
