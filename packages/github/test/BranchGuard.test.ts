import { assert, describe, it } from "@effect/vitest";
import type { Agent, Task } from "@orchestrator/core";
import { ScriptedAgent } from "@orchestrator/core/testing";
import type { GitHub } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as Approval from "../src/Approval.ts";
import * as BranchGuard from "../src/BranchGuard.ts";
import { shop } from "./support/merging.ts";

type Shop = Effect.Success<ReturnType<typeof shop>>;

const task = (branch?: string): Task.Task => ({
  id: "acme/shop#9",
  payload: {
    github: { repository: "acme/shop", number: 9 },
    ...(branch === undefined ? {} : { branch }),
  },
});

const request = (more: Partial<Agent.LaunchRequest> = {}): Agent.LaunchRequest => ({
  run: "r",
  task: task("feature/cart"),
  attempt: 1,
  key: "r/9/launch/1",
  dependencies: () => [],
  previousFailure: undefined,
  ...more,
});

const onPull: Agent.StartFrom = {
  task: "acme/shop#1",
  attempt: 1,
  change: { branch: "refs/pull/1/head" },
};

const pulled = { issues: [{ pull: { head: "basket" } }] };

/** What a launch behind the guard gives, and what the agent was asked for. */
const launching = Effect.fnUntraced(function* (
  { client, fake, within }: Shop,
  asked: Agent.LaunchRequest,
  options: BranchGuard.Options = {},
) {
  const { agent } = ScriptedAgent.make({});
  const requests: Array<Agent.LaunchRequest> = [];
  const tips: Array<string | undefined> = [];
  const inner: Agent.Agent = {
    ...agent,
    launch: (given) => {
      requests.push(given);
      tips.push(tipOf(fake, "feature/cart"));
      return agent.launch(given);
    },
  };
  const launch = BranchGuard.guard(inner, client, options).launch(asked);
  const result = yield* within(300, Effect.result(launch));
  const error = result._tag === "Failure" ? result.failure : undefined;
  return { error, requests, tips };
});

const tipOf = (fake: GitHub.GitHub, branch: string): string | undefined =>
  fake.world.repo("acme/shop")?.git.tip(branch)?.sha;

const created = ({ fake }: Shop) =>
  fake.world.deeds.filter(({ isApi, what }) => isApi && what === "ref.created").length;

describe("a task that wants a branch", () => {
  it.effect("finds it at the base when its agent is launched", () =>
    Effect.gen(function* () {
      const simulation = yield* shop();
      const { tips } = yield* launching(simulation, request());
      assert.deepStrictEqual(tips, [tipOf(simulation.fake, "main")]);
      assert.strictEqual(created(simulation), 1);
    }),
  );

  it.effect("has nothing made where it wants the one that changes land on", () =>
    Effect.gen(function* () {
      const simulation = yield* shop();
      const asked = request({ task: task("main") });
      const { error, requests } = yield* launching(simulation, asked, { base: "main" });
      assert.deepStrictEqual([error, requests.length], [undefined, 1]);
      assert.strictEqual(created(simulation), 0);
    }),
  );

  it.effect("finds it at the change that it stands on, whose branch is told", () =>
    Effect.gen(function* () {
      const simulation = yield* shop(pulled);
      const { requests, tips } = yield* launching(simulation, request({ startFrom: onPull }));
      assert.deepStrictEqual(tips, [tipOf(simulation.fake, "basket")]);
      assert.strictEqual(requests[0]!.startFrom!.change.branch, "basket");
    }),
  );

  for (const effect of ["done", "none"] as const) {
    it.effect(`has one made once if the answer is lost and the effect is ${effect}`, () =>
      Effect.gen(function* () {
        const fault = { kind: "reset" as const, effect };
        const simulation = yield* shop({}, { faults: [{ on: "refs.create", calls: 1, fault }] });
        const { requests } = yield* launching(simulation, request());
        assert.strictEqual(requests.length, 1);
        assert.strictEqual(created(simulation), 1);
      }),
    );
  }

  it.effect("shares it with whoever makes it at the same moment at the same commit", () =>
    Effect.gen(function* () {
      const simulation = yield* shop();
      const launches = ["a", "b"].map((key) => {
        const { agent } = ScriptedAgent.make({});
        return BranchGuard.guard(agent, simulation.client).launch(request({ key }));
      });
      yield* simulation.within(300, Effect.all(launches, { concurrency: 2 }));
      assert.strictEqual(created(simulation), 1);
      assert.strictEqual(simulation.fake.summary().requests["refs.create"], 2);
    }),
  );

  it.effect("is refused one that points elsewhere, until an attempt goes on with it", () =>
    Effect.gen(function* () {
      const simulation = yield* shop();
      simulation.fake.people.pushTo("acme/shop", "feature/cart");
      const tip = tipOf(simulation.fake, "feature/cart");
      const first = yield* launching(simulation, request());
      assert.strictEqual(first.error?.reason, "Rejected");
      assert.match(first.error!.message, /is there already.*1 commit ahead/);
      assert.deepStrictEqual(first.requests, []);
      const unsent = request({ attempt: 2, mayHaveWorked: false });
      assert.strictEqual((yield* launching(simulation, unsent)).error?.reason, "Rejected");
      const second = yield* launching(simulation, request({ attempt: 2, mayHaveWorked: true }));
      assert.deepStrictEqual(second.tips, [tip]);
    }),
  );

  it.effect("finds the one that it had made before its base moved on", () =>
    Effect.gen(function* () {
      const simulation = yield* shop();
      yield* launching(simulation, request());
      const tip = tipOf(simulation.fake, "feature/cart");
      simulation.fake.people.pushTo("acme/shop", "main");
      const again = request({ attempt: 2, mayHaveWorked: false });
      assert.deepStrictEqual((yield* launching(simulation, again)).tips, [tip]);
    }),
  );

  it.effect("is refused one for which another branch leaves no place", () =>
    Effect.gen(function* () {
      const simulation = yield* shop();
      simulation.fake.people.pushTo("acme/shop", "feature");
      const { error, requests } = yield* launching(simulation, request());
      assert.strictEqual(error?.reason, "Rejected");
      assert.match(error!.message, /beside the branch feature/);
      assert.deepStrictEqual(requests, []);
    }),
  );

  it.effect("is launched later where GitHub does not answer", () =>
    Effect.gen(function* () {
      const fault = { kind: "status" as const, status: 503 };
      const simulation = yield* shop({}, { faults: [{ on: "refs.create", fault }] });
      const { error, requests } = yield* launching(simulation, request(), { patienceSeconds: 20 });
      assert.strictEqual(error?.reason, "Exhausted");
      // It is no fault of the task, which waits as long as it takes.
      assert.isNumber(error?.until);
      assert.deepStrictEqual(requests, []);
    }),
  );
});

describe("a task that wants none", () => {
  it.effect("is still looked at by its agent when it is planned", () =>
    Effect.gen(function* () {
      const { client } = yield* shop();
      const { agent } = ScriptedAgent.make({});
      const check = () => ["It asks for too much."];
      const guarded = BranchGuard.guard({ ...agent, check }, client);
      assert.deepStrictEqual(Approval.guard(guarded, client).check?.(task()), check());
    }),
  );

  it.effect("goes through as it is", () =>
    Effect.gen(function* () {
      const simulation = yield* shop();
      const elsewhere = { branch: "feature/cart" };
      const asked = [request({ task: task() }), request({ task: { id: "x", payload: elsewhere } })];
      for (const one of asked) {
        const { requests } = yield* launching(simulation, one);
        assert.strictEqual(requests[0], one);
      }
      assert.strictEqual(created(simulation), 0);
    }),
  );

  it.effect("is launched later where the branch it stands on has just gone", () =>
    Effect.gen(function* () {
      const simulation = yield* shop(pulled);
      simulation.fake.people.merge("acme/shop#1");
      simulation.fake.people.deleteBranch("acme/shop", "basket");
      const asked = request({ task: task(), startFrom: onPull });
      const { error, requests } = yield* launching(simulation, asked);
      assert.strictEqual(error?.reason, "NotSent");
      assert.match(error!.message, /change of acme\/shop#1.*basket, which is not there/);
      assert.deepStrictEqual(requests, []);
    }),
  );
});
