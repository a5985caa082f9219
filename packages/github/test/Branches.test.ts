import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as fc from "fast-check";
import * as Branches from "../src/Branches.ts";
import { isBranchName, namesAbove } from "../src/internal/git/branchName.ts";
import { within } from "./support/contenders.ts";
import { RefServer } from "./support/refServer.ts";
import { broken, client, type Handler, refused } from "./support/stub.ts";

const wanted: Branches.Wanted = { repository: "acme/shop", branch: "feature/cart" };
const ref = "heads/feature/cart";

/** A repository with a commit on main, and one on the branch of a dependency. */
const world = (more: { readonly isEmpty?: boolean } = {}) => {
  const server = new RefServer({ now: () => 0, ...more });
  const main = server.commit("feat: begin");
  const dependency = server.commit("feat: a basket", [main]);
  server.put("heads/main", main);
  server.put("heads/basket", dependency);
  const handler: Handler = (asked) => server.handle(asked);
  return { server, main, dependency, handler };
};

const ensure = Effect.fnUntraced(function* (handler: Handler, more: Partial<Branches.Wanted> = {}) {
  const { client: github } = yield* client(handler);
  return yield* within(120, Branches.ensure(github, { ...wanted, ...more }));
});

const refusal = Effect.fnUntraced(function* (
  handler: Handler,
  more: Partial<Branches.Wanted> = {},
) {
  const error = yield* Effect.flip(ensure(handler, more));
  assert.strictEqual(error._tag, "BranchRefused");
  return error as Branches.BranchRefused;
});

/** Loses the answer to the first creation, which may have happened. */
const losing = (handler: Handler, isDone: boolean): Handler => {
  let count = 0;
  return async (asked, number) => {
    if (asked.method === "GET" || ++count > 1) return await handler(asked, number);
    if (isDone) await handler(asked, number);
    return broken("ECONNRESET");
  };
};

describe("a branch for a task", () => {
  it.effect("begins at the tip of the default branch", () =>
    Effect.gen(function* () {
      const { handler, main, server } = world();
      const branch = yield* ensure(handler);
      assert.deepStrictEqual(branch, {
        name: "feature/cart",
        commit: main,
        base: main,
        isNew: true,
      });
      assert.strictEqual(server.refs.get(ref), main);
    }),
  );

  it.effect("begins at the branch of a dependency where that is asked for", () =>
    Effect.gen(function* () {
      const { dependency, handler, server } = world();
      yield* ensure(handler, { from: "basket" });
      assert.strictEqual(server.refs.get(ref), dependency);
    }),
  );

  it.effect("that somebody else made at the same commit is as good", () =>
    Effect.gen(function* () {
      const { handler, main, server } = world();
      server.put(ref, main);
      const branch = yield* ensure(handler);
      assert.deepInclude(branch, { commit: main, isNew: false });
      assert.strictEqual(server.changes.length, 3);
    }),
  );

  it.effect("that is elsewhere is told and not moved", () =>
    Effect.gen(function* () {
      const { handler, main, server } = world();
      const theirs = server.commit("feat: their cart", [main]);
      server.put(ref, theirs);
      server.put("heads/main", server.commit("fix: main goes on", [main]));
      const error = yield* refusal(handler);
      assert.deepInclude(error, { reason: "taken", tip: theirs });
      assert.include(error.message, `"feature/cart" of acme/shop is there already`);
      assert.include(error.message, "1 commit ahead of and 1 commit behind");
      assert.strictEqual(server.refs.get(ref), theirs);
    }),
  );

  it.effect("is never the one that it begins at, which no agent may push to", () =>
    Effect.gen(function* () {
      const { handler, server } = world();
      const before = server.changes.length;
      for (const same of [{ branch: "main" }, { branch: "api", from: "api" }]) {
        const error = yield* refusal(handler, { ...same, isContinued: true });
        assert.deepInclude(error, { reason: "taken", branch: same.branch });
        assert.include(error.message, "is the one that it was to begin at");
      }
      assert.strictEqual(server.changes.length, before);
    }),
  );

  it.effect("of an earlier attempt is gone on with", () =>
    Effect.gen(function* () {
      const { handler, main, server } = world();
      const before = server.commit("feat: half a cart", [main]);
      server.put(ref, before);
      const branch = yield* ensure(handler, { isContinued: true });
      assert.deepInclude(branch, { commit: before, base: main, isNew: false });
    }),
  );

  it.effect("is made once, whatever becomes of the answer", () =>
    Effect.gen(function* () {
      for (const isDone of [true, false]) {
        const { handler, main, server } = world();
        const branch = yield* ensure(losing(handler, isDone));
        assert.strictEqual(branch.commit, main);
        assert.strictEqual(server.changes.filter((change) => change.ref === ref).length, 1);
      }
    }),
  );

  it.effect("is not made beside a branch that leaves no place for it, which is named", () =>
    Effect.gen(function* () {
      for (const other of ["feature", "feature/cart/old"]) {
        const { handler, main, server } = world();
        server.put(`heads/${other}`, main);
        const error = yield* refusal(handler);
        assert.strictEqual(error.reason, "clash");
        assert.include(error.message, `beside the branch ${other}:`);
      }
    }),
  );

  it.effect("is refused in GitHub's words where nothing is known to be in the way", () =>
    Effect.gen(function* () {
      const { handler } = world();
      const guarded: Handler = (asked, count) =>
        asked.method === "POST"
          ? refused(422, "Repository rule violations")
          : handler(asked, count);
      const error = yield* Effect.flip(ensure(guarded));
      assert.strictEqual(error._tag, "Invalid");
      assert.include(error.message, "Repository rule violations");
    }),
  );

  it.effect("needs a commit to begin at", () =>
    Effect.gen(function* () {
      const empty = yield* refusal(world({ isEmpty: true }).handler);
      assert.strictEqual(empty.reason, "empty");
      const none = yield* refusal(world().handler, { from: "develop" });
      assert.strictEqual(none.reason, "no-base");
      assert.include(none.message, "cannot begin at develop");
    }),
  );

  it.effect("with a name that git does not take is not asked for", () =>
    Effect.gen(function* () {
      const { asked, client: github } = yield* client(world().handler);
      for (const branch of [
        "",
        "a..b",
        "a b",
        "-a",
        "a/",
        "/a",
        "a//b",
        "a.lock",
        "a~1",
        "a\u0007",
      ]) {
        const error = yield* Effect.flip(Branches.ensure(github, { ...wanted, branch }));
        assert.deepInclude(error, { reason: "name" });
      }
      assert.strictEqual(asked.length, 0);
    }),
  );
});

describe("the name of a branch", () => {
  it("has above it all names that end at one of its slashes", () => {
    assert.deepStrictEqual(namesAbove("a/b/c"), ["a", "a/b"]);
    assert.deepStrictEqual(namesAbove("a"), []);
  });

  it("stays one whatever words it is made of", () => {
    const word = fc.stringMatching(/^[a-z0-9_]{1,8}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        assert.isTrue(isBranchName(words.join("/")));
        assert.isFalse(isBranchName(`${words.join("/")}/`));
        assert.isFalse(isBranchName(words.join("..") + "..x"));
      }),
    );
  });
});
