/** Changes that stand on other changes: pull requests against the branch of another one, until that is merged. */
import { assert, describe, it } from "@effect/vitest";
import { type CodeHost, type Task } from "@orchestrator/core";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as FastCheck from "fast-check";
import * as Fiber from "effect/Fiber";
import * as LandingPolicy from "../src/LandingPolicy.ts";
import { asked, merges, shop } from "./support/merging.ts";
import { anyMemory, anyOptions, anyView, situation } from "./support/views.ts";

type Shop = Effect.Success<ReturnType<typeof shop>>;

const name = (number: number) => `acme/shop#${number}`;

/** The second pull request is to be merged into the branch of the first. */
const stack = { issues: [{ pull: { head: "api" } }, { pull: { head: "page", base: "api" } }] };

/** What becomes of the change below, as the test says. */
const below = (change: CodeHost.Stacked["change"] = { branch: "refs/pull/1/head" }) => {
  let standing: CodeHost.Standing = { _tag: "Open" };
  const settled = Deferred.makeUnsafe<void>();
  const stacked: CodeHost.Stacked = {
    task: name(1),
    attempt: 1,
    change,
    standing: () => standing,
    settled: Deferred.await(settled),
  };
  const becomes = (now: CodeHost.Standing) =>
    Effect.suspend(() => {
      standing = now;
      return Deferred.succeed(settled, undefined);
    });
  return { stacked, becomes };
};

/** Begins to land the second pull request. */
const landing = Effect.fnUntraced(function* (
  { host, within }: Shop,
  stacked: CodeHost.Stacked,
  given: Parameters<Shop["host"]>[0] = {},
) {
  const { gates, request } = asked(2);
  const made = yield* host(given);
  const fiber = yield* Effect.forkChild(Effect.result(made.land({ ...request, stack: stacked })), {
    startImmediately: true,
  });
  return { gates, fiber, end: within(3600, Fiber.join(fiber)) };
});

const pass = ({ step }: Shop, seconds: number) =>
  Effect.forEach(Array.from({ length: seconds * 4 }), () => step, { discard: true });

const mergesInto = ({ fake }: Shop) => merges(fake).map(({ more, on }) => [on, more?.["base"]]);

const requests = ({ fake }: Shop, operation: string) => fake.summary().requests[operation] ?? 0;

describe("a pull request that stands on another one", () => {
  for (const deleteBranch of [false, true]) {
    const what = deleteBranch ? "although the branch below is deleted with its merge" : "";
    it.effect(`is merged after that, into the branch that changes land on ${what}`.trim(), () =>
      Effect.gen(function* () {
        const simulation = yield* shop({ ...stack, merging: { deleteBranch } });
        const { fake } = simulation;
        const { becomes, stacked } = below();
        const { end, gates } = yield* landing(simulation, stacked);
        yield* pass(simulation, 60);
        assert.deepStrictEqual(gates, ["pr-open", "checks-green"]);
        assert.deepStrictEqual(merges(fake), []);
        fake.people.merge(name(1));
        yield* becomes({ _tag: "Landed" });
        assert.strictEqual((yield* end)._tag, "Success");
        assert.deepStrictEqual(mergesInto(simulation), [
          [name(1), "main"],
          [name(2), "main"],
        ]);
        assert.strictEqual(requests(simulation, "pulls.update"), deleteBranch ? 0 : 1);
        assert.strictEqual(requests(simulation, "pulls.updateBranch"), 1);
        assert.deepStrictEqual(fake.violations(), []);
      }),
    );
  }

  for (const effect of ["done", "none"] as const) {
    it.effect(`is merged once if answers on the way are lost and the effect is ${effect}`, () =>
      Effect.gen(function* () {
        const fault = { kind: "reset" as const, effect };
        const on = ["pulls.update", "pulls.updateBranch", "pulls.merge"];
        const faults = on.map((operation) => ({ on: operation, calls: 1, fault }));
        const simulation = yield* shop(stack, { faults });
        const { becomes, stacked } = below();
        const { end } = yield* landing(simulation, stacked);
        simulation.fake.people.merge(name(1));
        yield* becomes({ _tag: "Landed" });
        assert.strictEqual((yield* end)._tag, "Success");
        assert.strictEqual(merges(simulation.fake).length, 2);
        assert.strictEqual(simulation.fake.world.issue(name(2))!.pull!.base, "main");
      }),
    );
  }

  it.effect("is given its base by the process that comes after the one that saw the merge", () =>
    Effect.gen(function* () {
      const simulation = yield* shop(stack);
      const { becomes, stacked } = below();
      const first = yield* landing(simulation, stacked);
      yield* pass(simulation, 30);
      simulation.fake.people.merge(name(1));
      yield* Fiber.interrupt(first.fiber);
      assert.strictEqual(requests(simulation, "pulls.update"), 0);
      yield* becomes({ _tag: "Landed" });
      const { end } = yield* landing(simulation, stacked);
      assert.strictEqual((yield* end)._tag, "Success");
      assert.strictEqual(merges(simulation.fake).length, 2);
    }),
  );

  it.effect("is known by the pull request below where the agent did not tell its branch", () =>
    Effect.gen(function* () {
      const simulation = yield* shop(stack);
      const url = "https://github.com/acme/shop/pull/1";
      const { stacked } = below({ pullRequests: [url] });
      const { gates } = yield* landing(simulation, stacked);
      yield* pass(simulation, 30);
      assert.deepStrictEqual(gates, ["pr-open", "checks-green"]);
    }),
  );

  it.effect("waits with people where the one below was not merged", () =>
    Effect.gen(function* () {
      const simulation = yield* shop(stack);
      const { becomes, stacked } = below();
      const { end } = yield* landing(simulation, stacked);
      simulation.fake.people.close(name(1));
      yield* becomes({ _tag: "Ended", outcome: "Held" });
      const result = yield* end;
      assert.isTrue(result._tag === "Failure" && result.failure.reason === "Undecided");
      assert.deepStrictEqual(merges(simulation.fake), []);
      assert.strictEqual(requests(simulation, "pulls.update"), 0);
    }),
  );

  it.effect("gets its base from the program also where people merge", () =>
    Effect.gen(function* () {
      const simulation = yield* shop(stack);
      const { fake } = simulation;
      const { becomes, stacked } = below();
      const { end } = yield* landing(simulation, stacked, { mode: "manual" });
      fake.people.merge(name(1));
      yield* becomes({ _tag: "Landed" });
      yield* pass(simulation, 60);
      assert.strictEqual(fake.world.issue(name(2))!.pull!.base, "main");
      assert.strictEqual(merges(fake).length, 1);
      fake.people.merge(name(2));
      assert.strictEqual((yield* end)._tag, "Success");
    }),
  );
});

const footing = (told: Partial<LandingPolicy.Footing> = {}): LandingPolicy.Footing => ({
  task: "api",
  hasLanded: true,
  against: undefined,
  isUpToDate: true,
  ...told,
});

const onApi = { branch: "api", isDefault: false, tip: "ba5e", checks: undefined } as const;

describe("the policy for what stands on another change", () => {
  const decide = (
    told: Parameters<typeof situation>[0],
    stacked: Partial<LandingPolicy.Footing>,
    given: Parameters<typeof situation>[1] = {},
  ) => {
    const one = situation(told, given);
    const options = { ...one.options, stackedOn: "api" };
    return LandingPolicy.decide({ ...one, options, stack: footing(stacked) });
  };

  it("leaves it alone while a label holds it", () => {
    const told = { base: onApi, labels: ["hold"] };
    assert.deepInclude(decide(told, {}), { _tag: "Wait", why: "it has the label hold" });
    assert.deepInclude(decide({ base: onApi }, {}), { _tag: "Retarget", to: undefined });
  });

  it("brings it up to date once, unless people do that", () => {
    assert.strictEqual(decide({}, { isUpToDate: false })._tag, "Update");
    assert.strictEqual(decide({}, {})._tag, "Merge");
    assert.strictEqual(decide({}, { isUpToDate: false }, { updateBehind: false })._tag, "Merge");
  });

  it("sends it back when it no longer fits", () => {
    assert.deepInclude(decide({ fits: "no", mergeState: "dirty" }, { isUpToDate: false }), {
      _tag: "Refuse",
      isConflict: true,
    });
  });

  it("says against which branches it may be", () => {
    const told = { base: { ...onApi, branch: "old" } };
    const step = decide(told, { hasLanded: false });
    assert.isTrue(step._tag === "Refuse" && step.message.includes("this one first on api"));
  });

  it("merges nothing before that has landed, and nothing into its branch", () =>
    FastCheck.assert(
      FastCheck.property(
        FastCheck.record({
          view: anyView,
          options: anyOptions,
          memory: anyMemory,
          isOnStack: FastCheck.boolean(),
          hasLanded: FastCheck.boolean(),
          isUpToDate: FastCheck.boolean(),
        }),
        ({ hasLanded, isOnStack, isUpToDate, memory, options, view }) => {
          const step = LandingPolicy.decide({
            view: isOnStack ? { ...view, base: onApi } : view,
            options: { ...options, stackedOn: "api" },
            memory,
            stack: footing({ hasLanded, isUpToDate }),
          });
          const merging: ReadonlyArray<LandingPolicy.Step["_tag"]> = [
            "Merge",
            "EnableAutoMerge",
            "Enqueue",
          ];
          if (!merging.includes(step._tag)) return;
          assert.isTrue(hasLanded);
          assert.isFalse(isOnStack);
        },
      ),
      { numRuns: 3000 },
    ));

  it("counts the gates that it passes on the branch below, merged apart", () => {
    const gatesOf = (told: Parameters<typeof situation>[0]): ReadonlyArray<Task.Gate> => {
      const one = situation(told);
      const options = { ...one.options, stackedOn: "api" };
      return LandingPolicy.gates({ ...one, options, stack: footing({ hasLanded: false }) });
    };
    assert.deepStrictEqual(gatesOf({ base: onApi }), ["pr-open", "checks-green"]);
    assert.deepStrictEqual(gatesOf({ base: onApi, state: "merged" }), []);
  });
});
