import { assert, describe, it } from "@effect/vitest";
import type { GitHub } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Scope from "effect/Scope";
import * as Branches from "../src/Branches.ts";
import type { GitHubClient } from "../src/GitHubClient.ts";
import * as Lease from "../src/Lease.ts";
import { simulated, type Simulation } from "./support/simulated.ts";

const ref = "refs/orchestrator/lease";

const shop = (
  more: Partial<GitHub.RepoInput> = {},
  tokens: ReadonlyArray<GitHub.TokenInput> = [],
) =>
  ({
    users: ["operator"],
    repos: [{ name: "acme/shop", permissions: { operator: "admin" }, ...more }],
    ...(tokens.length === 0 ? {} : { tokens }),
  }) satisfies GitHub.WorldInput;

const world = Effect.fnUntraced(function* (options: Simulation = { world: shop() }) {
  const { client, fake, step, within } = yield* simulated(options);
  const refs = () => {
    const [repo] = fake.world.repos;
    return [...repo!.git.refs.keys()].filter((name) => name !== "refs/heads/main");
  };
  const contend = Effect.fnUntraced(function* (run: string) {
    const github: GitHubClient = yield* client();
    const notes: Array<string> = [];
    const scope = yield* Scope.make();
    const make = Lease.make(github, {
      repository: "acme/shop",
      holder: { run, host: "here", process: "1" },
      onNote: (sentence) => Effect.sync(() => void notes.push(sentence)),
    });
    return {
      notes,
      make: Scope.provide(make, scope),
      close: Scope.close(scope, Exit.void),
    };
  });
  const elapse = (seconds: number) => Effect.replicateEffect(step, seconds * 4, { discard: true });
  return { client, contend, elapse, fake, refs, within };
});

describe("a lease on the service", () => {
  it.effect("is held by one, renewed, given back and taken by the next", () =>
    Effect.gen(function* () {
      const { contend, elapse, fake, refs, within } = yield* world();
      const [a, b] = [yield* contend("a"), yield* contend("b")];
      const lease = yield* within(20, a.make);
      assert.deepStrictEqual(refs(), [ref]);
      yield* elapse(300);
      yield* lease.check;
      const error = yield* within(20, Effect.flip(b.make));
      assert.strictEqual(error._tag, "LeaseHeld");
      yield* within(20, a.close);
      assert.deepStrictEqual(refs(), []);
      assert.isTrue((yield* within(20, (yield* contend("c")).make)).isHeld);
      assert.deepStrictEqual(fake.violations(), []);
    }),
  );

  it.effect("has one winner if two come at once", () =>
    Effect.gen(function* () {
      const { contend, fake, within } = yield* world();
      const [a, b] = [yield* contend("a"), yield* contend("b")];
      const both = Effect.all([Effect.result(a.make), Effect.result(b.make)], { concurrency: 2 });
      const results = yield* within(30, both);
      const tags = results.map(({ _tag }) => _tag).toSorted();
      assert.deepStrictEqual(tags, ["Failure", "Success"]);
      assert.deepStrictEqual(fake.violations(), []);
    }),
  );

  it.effect("is a branch where other refs are refused", () =>
    Effect.gen(function* () {
      const { contend, fake, refs, within } = yield* world({
        world: shop({ refusesCustomRefs: true }),
      });
      const a = yield* contend("a");
      yield* within(20, a.make);
      assert.deepStrictEqual(refs(), ["refs/heads/orchestrator-lease"]);
      yield* within(20, a.close);
      assert.deepStrictEqual(refs(), []);
      assert.deepStrictEqual(fake.violations(), []);
    }),
  );

  it.effect("is kept through answers that are lost after their effect", () =>
    Effect.gen(function* () {
      const { contend, elapse, fake, refs, within } = yield* world();
      const writes = ["refs.create", "refs.update", "refs.delete"];
      fake.faults.add(
        { on: writes, calls: 1, fault: { kind: "hang", effect: "done" } },
        { on: "refs.update", calls: { every: 2 }, fault: { kind: "truncated", effect: "done" } },
      );
      const a = yield* contend("a");
      const lease = yield* within(60, a.make);
      yield* elapse(400);
      yield* lease.check;
      assert.deepStrictEqual(a.notes, []);
      yield* within(20, a.close);
      assert.deepStrictEqual(refs(), []);
    }),
  );

  it.effect("is not held by a token that may not write, which is told what it lacks", () =>
    Effect.gen(function* () {
      const reader = {
        token: "f",
        kind: "fine-grained",
        user: "operator",
        permissions: { contents: "read", metadata: "read" },
      } as const;
      const { contend, within } = yield* world({ world: shop({}, [reader]) });
      const a = yield* contend("a");
      assert.isFalse((yield* within(20, a.make)).isHeld);
      assert.match(a.notes[0] ?? "", /contents.?[:=] ?write/i);
    }),
  );

  it.effect("survives a token that is renewed in time", () =>
    Effect.gen(function* () {
      const { contend, elapse, fake, within } = yield* world();
      const a = yield* contend("a");
      const lease = yield* within(20, a.make);
      fake.tokens.revoke(fake.token);
      yield* elapse(200);
      assert.strictEqual((yield* within(20, Effect.flip(lease.check)))._tag, "Unauthorized");
      fake.tokens.add({ token: fake.token, kind: "classic", user: "operator", scopes: ["repo"] });
      yield* elapse(20);
      yield* lease.check;
      assert.include(a.notes[0], "could not be renewed");
    }),
  );
});

describe("a branch on the service", () => {
  it.effect("is made by one of two, and is the same for both", () =>
    Effect.gen(function* () {
      const { client, fake, refs, within } = yield* world();
      const make = Effect.flatMap(client(), (github: GitHubClient) =>
        Branches.ensure(github, { repository: "acme/shop", branch: "feature/cart" }),
      );
      const both = yield* Effect.forkChild(Effect.all([make, make], { concurrency: 2 }));
      const [a, b] = yield* within(20, Fiber.join(both));
      assert.deepStrictEqual([a.isNew, b.isNew].toSorted(), [false, true]);
      assert.strictEqual(a.commit, b.commit);
      assert.deepStrictEqual(refs(), ["refs/heads/feature/cart"]);
      const clash = Effect.flatMap(client(), (github: GitHubClient) =>
        Effect.flip(Branches.ensure(github, { repository: "acme/shop", branch: "feature" })),
      );
      const refusal = yield* within(20, clash);
      assert.deepInclude(refusal, { _tag: "BranchRefused", reason: "clash" });
      assert.deepStrictEqual(fake.violations(), []);
    }),
  );

  it.effect("needs a repository with a commit", () =>
    Effect.gen(function* () {
      const { client, within } = yield* world({ world: shop({ empty: true }) });
      const make = Effect.flatMap(client(), (github: GitHubClient) =>
        Effect.flip(Branches.ensure(github, { repository: "acme/shop", branch: "x" })),
      );
      assert.deepInclude(yield* within(20, make), { _tag: "BranchRefused", reason: "empty" });
    }),
  );
});
