import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Command from "./support/Command.ts";
import * as Gate from "./support/Gate.ts";

const three = `isolation: none
tasks:
  - { id: a, run: echo a >> order }
  - { id: b, run: echo b >> order, dependsOn: [a] }
  - { id: c, run: echo c >> order, dependsOn: [b] }
`;

const limited = "limits:\n  launches: 2\n  launches_per_task: 5\n";

describe("a limit that a run reaches", () => {
  it.live("leaves the run with the command that allows more, which goes on with it", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": three, "orchestrator.yaml": limited });
      const plan = yield* folder.run("plan");
      expect(plan.out).toContain(
        "Limits         2 launches a run, 5 launches a task\n" +
          "               the plan takes at least 3 launches of 2 launches: it will pause before its end\n",
      );
      const first = yield* folder.run("run", "--plain");
      expect(first.code).toBe(3);
      const [run] = yield* folder.names(".orchestrator/runs");
      const message = "launches pause: 2 of the 2 launches of the run are used";
      expect(first.out).toContain(`• ${message}\n`);
      expect(first.out).toContain(
        `■ left: 2 of 3 tasks succeeded; no agent is at work\n  ${message}\n` +
          `Next     go on and allow more:   orchestrator resume ${run} --max-launches 4\n`,
      );
      const status = JSON.parse((yield* folder.run("status", "--json")).out);
      expect(status).toMatchObject({
        paused: [{ cause: "budget", limit: { scope: "run", what: "launches", value: 2 } }],
        usage: { launches: 2 },
        limits: { run: { launches: 2 }, task: { launches: 5 } },
      });
      const text = (yield* folder.run("status")).out;
      expect(text).toContain(`used 2 of 2 launches\n${message}\n`);
      const refused = yield* folder.run("unpause");
      expect(refused.code).toBe(65);
      expect(refused.error).toContain(`orchestrator unpause ${run} --max-launches 4`);
      const second = yield* folder.run("resume", "--max-launches", "4");
      expect(second.code).toBe(0);
      expect(yield* folder.read("order")).toBe("a\nb\nc\n");
    }),
  );

  it.live("is refused before anything runs where the agent does not tell what is limited", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": three });
      const { code, error } = yield* folder.run("run", "--max-cost", "5");
      expect(code).toBe(78);
      expect(error).toContain(
        "There is a limit on cost, and the agent local does not say what its work costs",
      );
      const wrong = yield* folder.run("run", "--limit", "launches_per_week=5");
      expect(wrong.code).toBe(2);
      expect(wrong.error).toContain("launches_per_day");
    }),
  );
});

describe("orchestrator pause and unpause", () => {
  it.live("ask the process that works on a run, and are kept where nobody does", () =>
    Effect.gen(function* () {
      const plan = `isolation: none
tasks:
  - { id: one, run: '${Gate.closed("one")}' }
  - { id: two, run: echo two >> order, dependsOn: [one] }
`;
      const folder = yield* Gate.folder({ "plan.yaml": plan }, ["one"]);
      const started = yield* folder.start("run", "--plain");
      yield* folder.reached("one");
      const paused = yield* folder.run("pause", "-m", "lunch");
      expect(paused.out).toBe("The process that works on the run has recorded it.\n");
      yield* folder.open("one");
      yield* started.saw(/launches pause: lunch[^]*✓ one succeeded/);
      yield* started.signal("SIGINT");
      expect((yield* started.ended).out).toContain("launches pause: lunch");
      const [run] = yield* folder.names(".orchestrator/runs");
      const { code, out } = yield* folder.run("unpause");
      expect({ code, out }).toEqual({
        code: 0,
        out: `Launches go on in the run ${run}. Go on with the run: orchestrator resume ${run}\n`,
      });
      expect((yield* folder.run("resume")).code).toBe(0);
      expect(yield* folder.read("order")).toContain("two\n");
    }),
  );
});
