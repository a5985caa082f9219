import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Command from "./support/Command.ts";
import * as Gate from "./support/Gate.ts";
import * as Journals from "./support/Journals.ts";
import * as Scene from "./support/Scene.ts";
import * as Screens from "./support/Screens.ts";

const plan = `name: shop
isolation: none
concurrency: 2
resources: { gpu: 1 }
tasks:
  - { id: core, run: "true" }
  - { id: schema, title: Write the schema, run: "true", dependsOn: [core] }
  - { id: api, run: "true", dependsOn: [schema] }
  - { id: deploy, run: "true", dependsOn: [api] }
`;

const working = `name: shop
isolation: none
concurrency: 3
resources: { gpu: 1 }
tasks:
  - { id: train, priority: 2, run: '${Gate.closed("train")}', resources: { gpu: 1 } }
  - { id: tune, run: "true", resources: { gpu: 1 } }
  - { id: bad, priority: 3, run: exit 3, retry: { attempts: 1 } }
  - { id: behind, run: "true", dependsOn: [bad] }
  - { id: asks, run: "true", dependsOn: [{ task: bad, onFailure: hold }] }
`;

/** A run in which `train` works, and all else that can happen without it has happened. */
const atWork = Effect.gen(function* () {
  const folder = yield* Gate.folder({ "plan.yaml": working }, ["train"]);
  const started = yield* folder.start("run");
  yield* folder.reached("train");
  yield* started.saw(/\? asks held/);
  const [run] = yield* folder.names(".orchestrator/runs");
  return { folder, started, run: run! };
});

describe("orchestrator why", () => {
  it.live("goes down three levels in a plan before it runs", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": plan });
      const { code, error, out } = yield* folder.run("why", "deploy");
      expect({ code, error }).toEqual({ code: 0, error: "" });
      expect(out.split("\n")).toEqual([
        "· deploy",
        "  waits for 1 of 1 dependency: api",
        "  plan plan.yaml",
        "",
        "Waits for",
        "· api (plan.yaml:9): waits for 1 of 1 dependency: schema",
        "  · schema (plan.yaml:8): waits for 1 of 1 dependency: core",
        "    ○ core (plan.yaml:7): ready, starts at once",
        "",
        "Begins with",
        "○ core, 3 tasks wait for it: ready, starts at once",
        "",
        "Next",
        "run the plan:  orchestrator run plan.yaml",
        "",
      ]);
    }),
  );

  it.live(
    "tells of a run at work what waits for a resource, is held or behind a failed task, and of its end",
    () =>
      Effect.gen(function* () {
        const { folder, run, started } = yield* atWork;
        const why = (task: string) => Effect.map(folder.run("why", task), ({ out }) => out);
        expect(yield* why("tune")).toMatch(
          /^○ tune\n {2}ready, 1st in the queue; needs 1 of gpu, 0 of 1 free \(train\)\n[^]*\nTaken\ngpu, needs 1, 0 of 1 free: train\n$/,
        );
        expect(yield* why("asks")).toContain(
          `  held: bad ended as Failed: run asks all the same?\n  run ${run}, running\n`,
        );
        expect(yield* why("behind")).toMatch(
          /^− behind\n {2}skipped because bad failed\n[^]*\nBegins with\n✗ bad, 1 task waits for it: failed: [^]*\ntry bad again: +orchestrator retry bad --run \S+\n$/,
        );
        yield* folder.open("train");
        yield* started.ended;
        expect(yield* why("tune")).toMatch(/^✓ tune\n {2}succeeded at \S+\n {2}run \S+, failed\n/);
      }),
  );

  it.live("gives programs the same answer", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      yield* Journals.write(folder.path, "r1", [
        ...Journals.begun("r1"),
        ...Scene.failed("b", "boom"),
      ]);
      const { code, out } = yield* folder.run("why", "b", "--json");
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({
        id: "b",
        state: "Failed",
        summary: "failed: boom",
        halted: "the process that worked on the run is gone",
        dependencies: [],
        causes: [],
        roots: [{ id: "b", waiting: 0 }],
        queue: null,
        slots: { total: 4, takenBy: [] },
        from: { kind: "run", name: "r1", standing: "interrupted" },
        trust: null,
        steps: [
          { command: "orchestrator retry b --run r1" },
          { command: "orchestrator resume r1" },
          { command: "orchestrator log r1 --task b" },
        ],
      });
    }),
  );

  it.live(
    "looks at the latest run that has the task, else at the plan; --run and --plan choose",
    () =>
      Effect.gen(function* () {
        const folder = yield* Command.folder({ "plan.yaml": plan });
        const shop = Scene.added([{ id: "core" }, { id: "api", dependsOn: ["core"] }]);
        yield* Journals.write(folder.path, "r1", [Scene.started({ run: "r1" }), shop]);
        yield* Journals.write(folder.path, "r2", [
          Scene.started({ run: "r2" }),
          shop,
          ...Scene.succeeded("core"),
        ]);
        const place = (...args: ReadonlyArray<string>) =>
          Effect.map(
            folder.run("why", ...args),
            ({ out }) => /\n {2}((?:run|plan) \S+)/.exec(out)?.[1],
          );
        expect(yield* place("api")).toBe("run r2,");
        expect(yield* place("deploy")).toBe("plan plan.yaml");
        expect(yield* place("api", "--run", "r1")).toBe("run r1,");
        expect(yield* place("api", "--plan", "plan.yaml")).toBe("plan plan.yaml");
      }),
  );

  it.live("takes an issue by its number or its address", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const issues = Scene.added([
        { id: "acme/shop#1" },
        { id: "acme/shop#23" },
        { id: "acme/api#23" },
      ]);
      yield* Journals.write(folder.path, "r1", [Scene.started({ run: "r1" }), issues]);
      const { out } = yield* folder.run("why", "#1");
      expect(out).toMatch(/^· acme\/shop#1\n/);
      const url = yield* folder.run("why", "https://github.com/acme/api/issues/23");
      expect(url.out).toMatch(/^· acme\/api#23\n/);
      const { code, error } = yield* folder.run("why", "23", "--run", "r1");
      expect(code).toBe(65);
      expect(error).toBe(
        'error: "23" can be acme/shop#23, acme/api#23 in the run r1. Name one of them. [task-not-found]\n',
      );
    }),
  );

  it.live("asks back for a task that neither the run nor the plan has", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": plan });
      yield* Journals.write(folder.path, "r1", Journals.begun("r1"));
      const { code, error, out } = yield* folder.run("why", "dpeloy");
      expect({ code, out }).toEqual({ code: 65, out: "" });
      expect(error).toBe(
        'error: there is no task "dpeloy" in plan.yaml or the run r1. Did you mean deploy? [task-not-found]\n',
      );
    }),
  );

  it.live("asks back in a folder with runs and without a plan", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const tasks = Scene.added([{ id: "build" }]);
      yield* Journals.write(folder.path, "r1", [Scene.started({ run: "r1" }), tasks]);
      const { code, error } = yield* folder.run("why", "biuld");
      expect({ code, error }).toEqual({
        code: 65,
        error:
          'error: there is no task "biuld" in the run r1. Did you mean build? [task-not-found]\n',
      });
    }),
  );

  it.live("explains tasks of a plan that has errors, its cycles among them", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({
        "plan.yaml":
          "tasks:\n  - { id: a, run: x, dependsOn: [b] }\n  - { id: b, run: x, dependsOn: [a] }\n  - { id: c, run: x, agent: nobody }\n  - { id: d, run: x, dependsOn: [c, a, e] }\n",
      });
      const { code, error, out } = yield* folder.run("why", "d");
      expect({ code, error }).toEqual({ code: 0, error: "" });
      expect(out).toContain("nothing starts: the plan has 3 errors, so nothing of it runs\n");
      expect(out).toMatch(
        /\nBegins with\n! c, 1 task waits for it: cannot run: Task "c" wants the agent "nobody"[^\n]*\n∞ a, 1 task waits for it: waits for itself: a → b → a\n! e, 1 task waits for it: does not exist\n/,
      );
      expect(out).toMatch(/\nsee what is wrong with the plan: +orchestrator plan plan\.yaml\n$/);
    }),
  );

  it.live("says what is wrong with a file that is no plan, as plan does", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": "tasks:\n  - { id: 5, run: x }\n" });
      const [why, checked] = [yield* folder.run("why", "a"), yield* folder.run("plan")];
      expect(why).toEqual({ code: 65, out: "", error: checked.error });
    }),
  );

  it.live("fails as elsewhere where there is nothing to look at", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const nothing = yield* folder.run("why", "a");
      expect(nothing.code).toBe(66);
      expect(nothing.error).toContain(`error: there is no plan in ${folder.path}.`);
      const run = yield* folder.run("why", "a", "--run", "r1");
      expect(run.code).toBe(66);
      expect(run.error).toContain("there are no runs in");
      const file = yield* folder.run("why", "a", "--plan", "no.yaml");
      expect(file).toMatchObject({ code: 66, error: expect.stringContaining("no.yaml") });
      const both = yield* folder.run("why", "a", "--run", "r1", "--repo", "acme/shop");
      expect(both.code).toBe(2);
      expect(both.error).toContain("name one of them");
      const name = yield* folder.run("why", "");
      expect(name.code).toBe(2);
      expect(name.error).toContain("a name that is not empty");
    }),
  );

  it.live("says of an approval that is answered that it waits for somebody to resume the run", () =>
    Effect.gen(function* () {
      const place = yield* Screens.make({ files: { "plan.yaml": plan } });
      const question = { _tag: "NeedsDecision", question: "Publish?" } as const;
      yield* Journals.write(place.folder, "r1", [
        Scene.started({ run: "r1" }),
        Scene.added([{ id: "ask" }, { id: "ship", dependsOn: ["ask"] }]),
        ...Scene.launched("ask"),
        { _tag: "TaskEnded", at: Scene.now, task: "ask", outcome: "Held", reason: question },
        { _tag: "HeldDecided", at: Scene.now, task: "ask", decision: "approve" },
      ]);
      const told = "decided: approved; takes effect when the run is resumed";
      yield* place.call("why", "ask");
      expect(place.out()).toContain(`ask\n  ${told}\n`);
      yield* place.call("why", "ship");
      expect(place.out()).toContain(`ask, 1 task waits for it: ${told}\n`);
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  );
});
