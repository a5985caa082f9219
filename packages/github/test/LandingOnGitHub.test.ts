import { assert, describe, it } from "@effect/vitest";
import { GitHub } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import { asked, done, merges, shop } from "./support/merging.ts";

type Rule = ReturnType<typeof GitHub.everyFault>[number];
type Shop = Effect.Success<ReturnType<typeof shop>>;

const name = (number: number) => `acme/shop#${number}`;

/** Begins to land a pull request. */
const landing = Effect.fnUntraced(function* (
  { host, within }: Shop,
  number: number,
  given: Parameters<Shop["host"]>[0] = {},
) {
  const { gates, request } = asked(number);
  const made = yield* host(given);
  const fiber = yield* Effect.forkChild(Effect.result(made.land(request)), {
    startImmediately: true,
  });
  const end = within(3600, Fiber.join(fiber));
  /** Why it did not land. */
  const failure = Effect.flatMap(end, (result) =>
    result._tag === "Failure"
      ? Effect.succeed(result.failure)
      : Effect.die(new Error("it has landed")),
  );
  /** The commit it landed as, which is the tip of the base. */
  const commit = Effect.flatMap(end, (result) =>
    result._tag === "Success" ? Effect.succeed(result.success.commit) : Effect.die(result.failure),
  );
  return { gates, failure, commit, isOver: () => fiber.pollUnsafe() !== undefined };
});

/** Lets some simulated seconds pass. */
const pass = ({ step }: Shop, seconds: number) =>
  Effect.forEach(Array.from({ length: seconds * 4 }), () => step, { discard: true });

const all = ["pr-open", "checks-green", "merged"];
const pull = (told: object = {}) => ({ issues: [{ pull: { head: "change", ...told } }] });
const protectedBy = (protection: object) => ({ protection: { main: protection } });

describe("a pull request on GitHub", () => {
  it.effect("is merged when its checks have passed, once and with its head", () =>
    Effect.gen(function* () {
      const simulation = yield* shop({
        ...pull(),
        checks: [{ name: "test", seconds: 120 }],
        ...protectedBy({ checks: ["test"] }),
        merging: { auto: false },
      });
      const { fake } = simulation;
      fake.people.push(name(1));
      const { commit, gates } = yield* landing(simulation, 1);
      yield* pass(simulation, 60);
      assert.deepStrictEqual(gates, ["pr-open"]);
      const sha = yield* commit;
      assert.deepStrictEqual(gates, all);
      const [merge, ...others] = merges(fake);
      assert.deepStrictEqual(others, []);
      const { pull: merged } = fake.world.issue(name(1))!;
      assert.deepInclude(merge!.more, { way: "api", method: "squash", expected: merged!.sha, sha });
      assert.deepStrictEqual(fake.violations(), []);
    }),
  );

  it.effect("is waited for while GitHub does not know whether it fits", () =>
    Effect.gen(function* () {
      const simulation = yield* shop({ ...pull(), merging: { mergeableSeconds: 30 } });
      simulation.fake.people.push(name(1));
      const { commit } = yield* landing(simulation, 1);
      yield* pass(simulation, 10);
      assert.deepStrictEqual(merges(simulation.fake), []);
      yield* commit;
      assert.strictEqual(merges(simulation.fake).length, 1);
    }),
  );

  it.effect("is merged although its base moves again and again", () =>
    Effect.gen(function* () {
      const simulation = yield* shop({ ...pull(), merging: { raceSeconds: 10 } });
      const { fake } = simulation;
      fake.people.pushTo("acme/shop", "main");
      const { commit } = yield* landing(simulation, 1);
      yield* pass(simulation, 5);
      fake.people.pushTo("acme/shop", "main");
      yield* commit;
      assert.strictEqual(merges(fake).length, 1);
    }),
  );

  for (const effect of ["done", "none"] as const) {
    it.effect(`is merged once if the answer is lost and the effect is ${effect}`, () =>
      Effect.gen(function* () {
        const faults = [{ on: "pulls.merge", calls: 1, fault: { kind: "reset" as const, effect } }];
        const simulation = yield* shop(pull(), { faults });
        const { commit, gates } = yield* landing(simulation, 1);
        yield* commit;
        assert.strictEqual(merges(simulation.fake).length, 1);
        assert.deepStrictEqual(gates, all);
        const sent = simulation.fake.summary().requests["pulls.merge"];
        assert.strictEqual(sent, effect === "done" ? 1 : 2);
      }),
    );
  }

  for (const seed of [1, 2, 3, 4]) {
    it.effect(`is merged once whatever breaks on the way, with seed ${seed}`, () =>
      Effect.gen(function* () {
        const issues = [1, 2, 3, 4].map((number) => ({ pull: { head: `change-${number}` } }));
        // An hour without points is a matter of the client.
        const isShort = ({ fault }: Rule) => !("name" in fault && fault.name === "primary");
        const faults = GitHub.everyFault({ chance: 0.05 }).filter(isShort);
        const simulation = yield* shop({ issues }, { faults, seed });
        const { fake, host, within } = simulation;
        const made = yield* host();
        const requests = issues.map((_, i) => asked(i + 1).request);
        const land = Effect.forEach(requests, made.land, { concurrency: "unbounded" });
        yield* within(20_000, land);
        assert.sameMembers(
          merges(fake).map(({ on }) => on),
          [1, 2, 3, 4].map(name),
        );
      }),
    );
  }

  it.effect("does not wait much longer than its turn among many that are ready at once", () =>
    Effect.gen(function* () {
      const many = Array.from({ length: 16 }, (_, i) => i + 1);
      const issues = many.map((number) => ({ pull: { head: `change-${number}` } }));
      const simulation = yield* shop({ issues, merging: { mergeableSeconds: 6 } });
      const { fake, host, within } = simulation;
      const made = yield* host({ soonSeconds: 20, longestSeconds: 120 });
      const requests = many.map((number) => asked(number).request);
      const began = fake.world.clock.now();
      yield* within(3600, Effect.forEach(requests, made.land, { concurrency: "unbounded" }));
      assert.strictEqual(merges(fake).length, many.length);
      const took = (fake.world.clock.now() - began) / 1000;
      assert.isAtMost(took, many.length * 12);
    }),
  );

  it.effect("is brought up to date where its base takes nothing else, one after the other", () =>
    Effect.gen(function* () {
      const issues = [1, 2, 3].map((number) => ({ pull: { head: `change-${number}` } }));
      const simulation = yield* shop({
        issues,
        checks: [{ name: "test", seconds: 30 }],
        merging: { auto: false },
        ...protectedBy({ checks: ["test"], upToDate: true }),
      });
      const { fake, host, within } = simulation;
      fake.people.pushTo("acme/shop", "main");
      const made = yield* host();
      const requests = issues.map((_, i) => asked(i + 1).request);
      const land = Effect.forEach(requests, made.land, { concurrency: "unbounded" });
      yield* within(3600, land);
      assert.strictEqual(merges(fake).length, 3);
      assert.strictEqual(fake.summary().requests["pulls.updateBranch"], 3);
      assert.notInclude(done(fake).join(), "ref.forced");
    }),
  );
});

describe("the checks of a pull request", () => {
  const failing = (conclusion: GitHub.CheckInput["conclusion"]) => ({
    ...pull(),
    checks: [{ name: "test", seconds: 5, conclusion: conclusion!, summary: "1 of 2 failed" }],
    ...protectedBy({ checks: ["test"] }),
    merging: { auto: false },
  });

  it.effect("that fail once and then pass do not stop it", () =>
    Effect.gen(function* () {
      const simulation = yield* shop(failing(["failure", "success"]));
      const { commit } = yield* landing(simulation, 1);
      yield* commit;
      assert.include(done(simulation.fake).join(), "check.rerun");
      assert.strictEqual(merges(simulation.fake).length, 1);
    }),
  );

  it.effect("that fail twice send it back, with what they say", () =>
    Effect.gen(function* () {
      const simulation = yield* shop(failing("failure"));
      const { failure, gates } = yield* landing(simulation, 1);
      const error = yield* failure;
      assert.strictEqual(error.reason, "Refused");
      assert.include(error.message, "1 of 2 failed");
      assert.include(error.obstacle, "test");
      assert.deepStrictEqual(gates, ["pr-open"]);
      const reruns = done(simulation.fake).filter((deed) => deed.startsWith("check.rerun"));
      assert.strictEqual(reruns.length, 1);
    }),
  );

  for (const isPrivate of [false, true]) {
    const which = isPrivate ? "no check of which" : "one of which";
    it.effect(`${which} this token may see count as GitHub counts them`, () =>
      Effect.gen(function* () {
        const checks = [{ name: "test", seconds: 30, hidden: true }];
        const token = {
          token: "f",
          kind: "fine-grained" as const,
          user: "operator",
          permissions: { contents: "write", pull_requests: "write", issues: "read" } as const,
        };
        const repo = { ...pull(), checks, private: isPrivate };
        const simulation = yield* shop(repo, { world: { tokens: [token] } });
        simulation.fake.people.push(name(1));
        const { commit, gates } = yield* landing(simulation, 1);
        yield* pass(simulation, 15);
        assert.deepStrictEqual(gates, ["pr-open"]);
        yield* commit;
        assert.strictEqual(merges(simulation.fake).length, 1);
      }),
    );
  }

  it.effect("of its base stop it while they fail", () =>
    Effect.gen(function* () {
      const simulation = yield* shop(pull());
      const { fake } = simulation;
      const check = { name: "nightly", seconds: 0 };
      fake.people.setBaseCheck("acme/shop", "main", { ...check, conclusion: "failure" });
      const { commit } = yield* landing(simulation, 1);
      yield* pass(simulation, 60);
      assert.deepStrictEqual(merges(fake), []);
      fake.people.setBaseCheck("acme/shop", "main", check);
      yield* commit;
      assert.strictEqual(merges(fake).length, 1);
    }),
  );
});

describe("people and a pull request", () => {
  it.effect("who merge it have landed it", () =>
    Effect.gen(function* () {
      const simulation = yield* shop(pull());
      const { commit, gates } = yield* landing(simulation, 1, { mode: "manual" });
      yield* pass(simulation, 60);
      assert.deepStrictEqual(gates, ["pr-open", "checks-green"]);
      simulation.fake.people.merge(name(1), { by: "ada" });
      assert.isString(yield* commit);
      assert.deepStrictEqual(gates, all);
      assert.deepStrictEqual(done(simulation.fake), []);
    }),
  );

  it.effect("who close it are asked", () =>
    Effect.gen(function* () {
      const simulation = yield* shop(pull());
      const { failure } = yield* landing(simulation, 1, { mode: "manual" });
      yield* pass(simulation, 10);
      simulation.fake.people.close(name(1), { by: "ada" });
      const error = yield* failure;
      assert.strictEqual(error.reason, "Undecided");
      assert.include(error.message, "was closed by ada");
    }),
  );

  it.effect(
    "who ask for changes send it back, once; their answer to the next head is waited for",
    () =>
      Effect.gen(function* () {
        const simulation = yield* shop({
          ...pull(),
          ...protectedBy({ reviews: 1 }),
          merging: { auto: false },
        });
        const { people } = simulation.fake;
        const comments = [{ path: "src/a.ts", line: 3, body: "Name it" }];
        people.review(name(1), { state: "CHANGES_REQUESTED", body: "Nearly", comments, by: "ada" });
        const error = yield* (yield* landing(simulation, 1)).failure;
        assert.strictEqual(error.reason, "Refused");
        assert.include(error.message, "Nearly");
        assert.include(error.message, "src/a.ts:3: Name it");
        people.push(name(1));
        const again = yield* landing(simulation, 1);
        yield* pass(simulation, 60);
        assert.isFalse(again.isOver());
        people.approve(name(1), { by: "ada" });
        yield* again.commit;
      }),
  );

  it.effect("who hold it by a label are obeyed until they take it away", () =>
    Effect.gen(function* () {
      const simulation = yield* shop({ ...pull(), checks: [{ name: "test", seconds: 10 }] });
      const { people } = simulation.fake;
      people.push(name(1));
      const { commit } = yield* landing(simulation, 1);
      people.label(name(1), "Hold", { by: "ada" });
      yield* pass(simulation, 60);
      assert.deepStrictEqual(merges(simulation.fake), []);
      people.unlabel(name(1), "Hold", { by: "ada" });
      yield* commit;
    }),
  );

  it.effect("who push to it have it looked at anew", () =>
    Effect.gen(function* () {
      const simulation = yield* shop({ ...pull(), checks: [{ name: "test", seconds: 20 }] });
      const { people, world } = simulation.fake;
      people.push(name(1));
      const { failure, isOver } = yield* landing(simulation, 1);
      yield* pass(simulation, 10);
      people.push(name(1), { files: [".github/workflows/ci.yml"], by: "ada" });
      yield* pass(simulation, 120);
      assert.isFalse(isOver());
      assert.isNull(world.issue(name(1))!.pull!.mergedAt);
      people.close(name(1));
      assert.strictEqual((yield* failure).reason, "Undecided");
    }),
  );

  it.effect("who rename a protected file are not overlooked", () =>
    Effect.gen(function* () {
      const files = [{ path: "old.yml", previous: ".github/workflows/ci.yml" }];
      const simulation = yield* shop(pull({ files }));
      const { isOver } = yield* landing(simulation, 1);
      yield* pass(simulation, 60);
      assert.isFalse(isOver());
    }),
  );

  it.effect("from a fork are never merged by themselves", () =>
    Effect.gen(function* () {
      const simulation = yield* shop(pull({ fork: "eve" }));
      const { failure } = yield* landing(simulation, 1);
      const error = yield* failure;
      assert.strictEqual(error.reason, "Undecided");
      assert.include(error.message, "from a fork");
    }),
  );
});

describe("a conflict", () => {
  it.effect("comes back with the files that both sides changed", () =>
    Effect.gen(function* () {
      const simulation = yield* shop(pull({ files: ["src/a.ts", "src/b.ts"] }));
      const { people } = simulation.fake;
      people.pushTo("acme/shop", "main", { files: ["src/b.ts", "src/c.ts"] });
      const error = yield* (yield* landing(simulation, 1)).failure;
      assert.strictEqual(error.reason, "Conflict");
      assert.deepStrictEqual(error.paths, ["src/b.ts"]);
      people.push(name(1), { rebase: true });
      yield* (yield* landing(simulation, 1)).commit;
      assert.strictEqual(merges(simulation.fake).length, 1);
    }),
  );
});

describe("auto-merge on GitHub", () => {
  const guarded = { ...pull(), checks: [{ name: "test", seconds: 60 }] };
  const demanding = { ...guarded, ...protectedBy({ checks: ["test"] }) };

  it.effect("merges what waits for its checks", () =>
    Effect.gen(function* () {
      const simulation = yield* shop(demanding);
      simulation.fake.people.push(name(1));
      const { commit, gates } = yield* landing(simulation, 1);
      yield* commit;
      assert.deepStrictEqual(gates, all);
      assert.deepStrictEqual(
        merges(simulation.fake).map(({ more }) => more["way"]),
        ["auto-merge"],
      );
      assert.deepStrictEqual(simulation.fake.violations(), []);
    }),
  );

  for (const wording of ["clean", "unstable", "unprotected", "disallowed", "hyphen"]) {
    it.effect(`that is refused as ${wording} is done without, once and when it may be`, () =>
      Effect.gen(function* () {
        const refusal = { kind: "refusal" as const, name: `auto-merge-${wording}` };
        const faults = [{ on: "EnableAutoMerge", fault: refusal }];
        const simulation = yield* shop(demanding, { faults });
        simulation.fake.people.push(name(1));
        const { commit } = yield* landing(simulation, 1);
        yield* pass(simulation, 30);
        assert.deepStrictEqual(merges(simulation.fake), []);
        yield* commit;
        assert.strictEqual(simulation.fake.summary().requests["EnableAutoMerge"], 1);
        assert.deepStrictEqual(
          merges(simulation.fake).map(({ more }) => more["way"]),
          ["api"],
        );
      }),
    );
  }

  it.effect("that the repository does not allow is not asked for", () =>
    Effect.gen(function* () {
      const simulation = yield* shop({ ...demanding, merging: { auto: false } });
      simulation.fake.people.push(name(1));
      yield* (yield* landing(simulation, 1)).commit;
      assert.isUndefined(simulation.fake.summary().requests["EnableAutoMerge"]);
    }),
  );

  for (const effect of ["done", "none"] as const) {
    it.effect(`whose answer is lost is looked for, with the effect ${effect}`, () =>
      Effect.gen(function* () {
        const fault = { kind: "reset" as const, effect };
        const faults = [{ on: "EnableAutoMerge", calls: 1, fault }];
        const simulation = yield* shop(demanding, { faults });
        simulation.fake.people.push(name(1));
        yield* (yield* landing(simulation, 1)).commit;
        const deeds = done(simulation.fake).filter((deed) => deed.startsWith("autoMerge"));
        assert.deepStrictEqual(deeds, ["autoMerge.enabled acme/shop#1"]);
        assert.strictEqual(merges(simulation.fake).length, 1);
      }),
    );
  }

  it.effect("is taken back while a label holds it, also with a person's token", () =>
    Effect.gen(function* () {
      const simulation = yield* shop(demanding);
      const { people } = simulation.fake;
      people.push(name(1));
      const { commit } = yield* landing(simulation, 1);
      yield* pass(simulation, 20);
      people.label(name(1), "hold", { by: "ada" });
      yield* pass(simulation, 120);
      assert.deepStrictEqual(merges(simulation.fake), []);
      people.unlabel(name(1), "hold", { by: "ada" });
      yield* commit;
      assert.include(done(simulation.fake).join(), "autoMerge.disabled");
    }),
  );

  it.effect("that was taken back and then refused is nobody's who switched it off", () =>
    Effect.gen(function* () {
      const simulation = yield* shop({
        ...pull(),
        checks: [{ name: "test", seconds: 600 }],
        ...protectedBy({ checks: ["test"] }),
      });
      const { fake } = simulation;
      fake.people.push(name(1));
      const { commit } = yield* landing(simulation, 1);
      yield* pass(simulation, 60);
      fake.people.label(name(1), "hold", { by: "ada" });
      yield* pass(simulation, 130);
      const refusal = { kind: "refusal", name: "auto-merge-disallowed" } as const;
      fake.faults.add({ on: "EnableAutoMerge", fault: refusal });
      fake.people.unlabel(name(1), "hold", { by: "ada" });
      yield* commit;
      assert.deepStrictEqual(
        merges(fake).map(({ more }) => more["way"]),
        ["api"],
      );
    }),
  );

  it.effect("that was taken back with a lost answer is nobody's who switched it off", () =>
    Effect.gen(function* () {
      const fault = { kind: "reset", effect: "done" } as const;
      const faults = [{ on: "DisableAutoMerge", calls: 1, fault }];
      const simulation = yield* shop(demanding, { faults });
      const { people } = simulation.fake;
      people.push(name(1));
      const { commit } = yield* landing(simulation, 1);
      yield* pass(simulation, 20);
      people.label(name(1), "hold", { by: "ada" });
      yield* pass(simulation, 120);
      people.unlabel(name(1), "hold", { by: "ada" });
      yield* commit;
      assert.strictEqual(merges(simulation.fake).length, 1);
    }),
  );

  it.effect("that a person switched off stays off", () =>
    Effect.gen(function* () {
      const simulation = yield* shop(demanding);
      const { people } = simulation.fake;
      people.push(name(1));
      const { failure } = yield* landing(simulation, 1);
      yield* pass(simulation, 20);
      people.disableAutoMerge(name(1), { by: "ada" });
      const error = yield* failure;
      assert.strictEqual(error.reason, "Undecided");
      yield* pass(simulation, 120);
      assert.deepStrictEqual(merges(simulation.fake), []);
    }),
  );
});

describe("the merge queue of GitHub", () => {
  const queued = (told: object = {}) => ({ ...pull(told), ...protectedBy({ queue: 60 }) });

  it.effect("merges what is ready", () =>
    Effect.gen(function* () {
      const simulation = yield* shop(queued());
      const { commit, gates } = yield* landing(simulation, 1);
      yield* commit;
      assert.deepStrictEqual(gates, all);
      const [merge] = merges(simulation.fake);
      const sha = simulation.fake.world.issue(name(1))!.pull!.sha;
      assert.deepInclude(merge!.more, { way: "queue", expected: sha });
      assert.deepStrictEqual(simulation.fake.violations(), []);
    }),
  );

  it.effect("that throws a change out sends it back", () =>
    Effect.gen(function* () {
      const simulation = yield* shop(queued({ failsInQueue: true }));
      const error = yield* (yield* landing(simulation, 1)).failure;
      assert.strictEqual(error.reason, "Refused");
      assert.include(error.message, "failed_checks");
      assert.include(error.obstacle, "in the merge queue of main");
    }),
  );

  it.effect("that a person took it out of is left to people", () =>
    Effect.gen(function* () {
      const simulation = yield* shop(queued());
      const { failure } = yield* landing(simulation, 1);
      yield* pass(simulation, 20);
      simulation.fake.people.dequeue(name(1), { by: "ada" });
      const error = yield* failure;
      assert.strictEqual(error.reason, "Undecided");
      assert.include(error.message, "ada took it out of the merge queue");
    }),
  );

  it.effect("takes it again after a push, when it is ready again", () =>
    Effect.gen(function* () {
      const simulation = yield* shop(queued());
      const { commit } = yield* landing(simulation, 1);
      yield* pass(simulation, 20);
      simulation.fake.people.push(name(1), { by: "ada" });
      yield* commit;
      const sha = simulation.fake.world.issue(name(1))!.pull!.sha;
      assert.deepInclude(merges(simulation.fake)[0]!.more, { expected: sha });
    }),
  );
});

describe("a token", () => {
  it.effect("that is taken back holds what lands; with another one it goes on", () =>
    Effect.gen(function* () {
      const simulation = yield* shop({ ...pull(), checks: [{ name: "test", seconds: 300 }] });
      const { fake } = simulation;
      fake.people.push(name(1));
      const { failure } = yield* landing(simulation, 1);
      yield* pass(simulation, 20);
      fake.tokens.revoke(fake.token);
      const error = yield* failure;
      assert.strictEqual(error.reason, "Undecided");
      assert.include(error.message, "then decide wait");
    }),
  );

  it.effect("that may not merge is asked about, and nothing is merged", () =>
    Effect.gen(function* () {
      const token = {
        token: "f",
        kind: "fine-grained" as const,
        user: "operator",
        permissions: { contents: "read", pull_requests: "read", checks: "read" } as const,
      };
      const simulation = yield* shop(pull(), { world: { tokens: [token] } });
      const error = yield* (yield* landing(simulation, 1)).failure;
      assert.strictEqual(error.reason, "Undecided");
      assert.deepStrictEqual(merges(simulation.fake), []);
    }),
  );
});

describe("watching", () => {
  it.effect("looks at everything when something is due", () =>
    Effect.gen(function* () {
      const issues = [{ pull: { head: "one" } }, { pull: { head: "other" } }];
      const simulation = yield* shop({ issues });
      const { fake } = simulation;
      const given = { mode: "manual", soonSeconds: 100, longestSeconds: 1000 } as const;
      const host = yield* simulation.host(given);
      const shared = { ...simulation, host: () => Effect.succeed(host) };
      const one = yield* landing(shared, 1);
      yield* pass(simulation, 500);
      yield* landing(shared, 2);
      fake.people.merge(name(1));
      yield* pass(simulation, 90);
      assert.isFalse(one.isOver());
      yield* pass(simulation, 20);
      assert.isTrue(one.isOver());
    }),
  );

  it.effect("asks again after seconds what GitHub works out because it was asked", () =>
    Effect.gen(function* () {
      const simulation = yield* shop({ ...pull(), merging: { mergeableSeconds: 2 } });
      simulation.fake.people.push(name(1));
      yield* landing(simulation, 1, { soonSeconds: 300, longestSeconds: 600 });
      yield* pass(simulation, 15);
      assert.lengthOf(merges(simulation.fake), 1);
    }),
  );

  it.effect("asks ever more seldom where GitHub does not find out", () =>
    Effect.gen(function* () {
      const simulation = yield* shop({ ...pull(), merging: { mergeableSeconds: 36_000 } });
      simulation.fake.people.push(name(1));
      yield* landing(simulation, 1, { soonSeconds: 20, longestSeconds: 120 });
      yield* pass(simulation, 3600);
      assert.isBelow(simulation.fake.summary().requests["PullRequests"]!, 70);
    }),
  );

  it.effect(
    "fifty pull requests for an hour takes less than 300 points",
    () =>
      Effect.gen(function* () {
        const issues = Array.from({ length: 50 }, (_, i) => ({ pull: { head: `change-${i}` } }));
        const simulation = yield* shop({ issues, checks: [{ name: "test", seconds: null }] });
        const { fake, host } = simulation;
        const made = yield* host({ mode: "manual", soonSeconds: 15, longestSeconds: 120 });
        const requests = issues.map((_, i) => asked(i + 1).request);
        const land = Effect.forEach(requests, made.land, { concurrency: "unbounded" });
        const fiber = yield* Effect.forkChild(land);
        yield* pass(simulation, 3600);
        yield* Fiber.interrupt(fiber);
        assert.isBelow(fake.summary().points.graphql, 300);
        assert.isBelow(fake.summary().requests["PullRequests"]!, 150);
        assert.deepStrictEqual(fake.violations(), []);
      }),
    60_000,
  );

  for (const auto of [false, true]) {
    it.effect(`and merging 300 an hour takes less than 1,000 points, with auto-merge ${auto}`, () =>
      Effect.gen(function* () {
        const issues = Array.from({ length: 60 }, (_, i) => ({ pull: { head: `change-${i}` } }));
        const simulation = yield* shop({
          issues,
          checks: [{ name: "test", seconds: 240 }],
          ...protectedBy({ checks: ["test"] }),
          merging: { auto },
        });
        const { fake, host, within } = simulation;
        const made = yield* host({ soonSeconds: 15, longestSeconds: 120 });
        const begin = fake.clock.now();
        const land = Effect.fnUntraced(function* (_: unknown, i: number) {
          yield* Effect.sleep(i * 12_000);
          fake.people.push(name(i + 1));
          yield* made.land(asked(i + 1).request);
        });
        yield* within(7200, Effect.forEach(issues, land, { concurrency: "unbounded" }));
        const hours = (fake.clock.now() - begin) / 3_600_000;
        assert.strictEqual(merges(fake).length, 60);
        assert.isBelow(fake.summary().points.graphql / hours, 1000);
        assert.isBelow(fake.summary().points.core / hours, 1000);
      }),
    );
  }
});
