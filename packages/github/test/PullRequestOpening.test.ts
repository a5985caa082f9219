import { assert, describe, it } from "@effect/vitest";
import type { GitHub } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as PullRequestOpening from "../src/PullRequestOpening.ts";
import * as PullRequestText from "../src/PullRequestText.ts";
import { shop } from "./support/merging.ts";

type Shop = Effect.Success<ReturnType<typeof shop>>;
type Faults = NonNullable<GitHub.GitHubOptions["faults"]>;

/** A repository in which the branch `work` has a commit. */
const pushed = Effect.fnUntraced(function* (faults: Faults = []) {
  const made = yield* shop({ issues: [{ title: "Server" }] }, { faults });
  made.fake.people.pushTo("acme/shop", "work", { files: ["a.txt"] });
  return made;
});

const tip = ({ fake }: Shop) => fake.world.repo("acme/shop")!.git.tip("work")!.sha;

const ensure = (made: Shop, more: Partial<PullRequestOpening.Wanted> = {}) => {
  const wanted = { repository: "acme/shop", branch: "work", commit: tip(made) };
  const text = { title: "Server", body: "Closes #1" };
  return made.within(300, PullRequestOpening.ensure(made.client, { ...wanted, ...text, ...more }));
};

const opened = ({ fake }: Shop) =>
  fake.world.deeds.filter(({ what }) => what === "pull.opened").length;

describe("the pull request of a branch", () => {
  it.effect("is opened against the default branch, found again, and closes its issue", () =>
    Effect.gen(function* () {
      const made = yield* pushed();
      const first = yield* ensure(made);
      assert.deepStrictEqual([first.number, first.isNew], [2, true]);
      assert.deepStrictEqual(yield* ensure(made), { ...first, isNew: false });
      const pull = made.fake.world.issue("acme/shop#2")!;
      assert.strictEqual(pull.pull!.base, "main");
      made.fake.people.merge("acme/shop#2");
      assert.isFalse(made.fake.world.issue("acme/shop#1")!.isOpen);
      assert.strictEqual((yield* ensure(made)).number, 2);
      assert.strictEqual(opened(made), 1);
    }),
  );

  it.effect.each(["none", "done"] as const)(
    "is opened once if the answer is lost and the effect is %s",
    (effect) =>
      Effect.gen(function* () {
        const fault = { kind: "reset", effect } as const;
        const made = yield* pushed([{ on: "pulls.create", calls: 1, fault }]);
        assert.strictEqual((yield* ensure(made)).number, 2);
        assert.strictEqual(opened(made), 1);
      }),
  );

  it.effect("is found although the list is behind, because GitHub takes no second one", () =>
    Effect.gen(function* () {
      const made = yield* pushed([
        { on: "pulls.create", calls: 1, fault: { kind: "reset", effect: "done" } },
        { on: "pulls.list", during: { to: 3 }, fault: { kind: "list-lag", seconds: 60 } },
      ]);
      assert.strictEqual((yield* ensure(made)).number, 2);
      assert.strictEqual(opened(made), 1);
    }),
  );

  it.effect("is another one once the one before was closed with other work", () =>
    Effect.gen(function* () {
      const made = yield* pushed();
      yield* ensure(made);
      made.fake.people.close("acme/shop#2");
      assert.strictEqual((yield* ensure(made)).number, 2);
      made.fake.people.pushTo("acme/shop", "work", { files: ["b.txt"] });
      assert.strictEqual((yield* ensure(made)).number, 3);
    }),
  );

  it.effect(
    "is known by its commit once it was merged, whatever came on top and without its branch",
    () =>
      Effect.gen(function* () {
        const made = yield* pushed();
        const commit = tip(made);
        const place = { repository: "acme/shop", branch: "work" };
        const merged = (of: string) =>
          made.within(300, PullRequestOpening.mergedOf(made.client, { ...place, commit: of }));
        const { isNew: _, ...first } = yield* ensure(made);
        assert.isUndefined(yield* merged(commit));
        assert.deepStrictEqual(
          yield* made.within(300, PullRequestOpening.openOf(made.client, place)),
          [{ ...first, base: "main" }],
        );
        made.fake.people.push("acme/shop#2", { files: ["theirs.txt"] });
        const last = tip(made);
        made.fake.people.merge("acme/shop#2", { method: "squash" });
        made.fake.people.deleteBranch("acme/shop", "work");
        assert.deepStrictEqual(yield* merged(commit), first);
        assert.deepStrictEqual(yield* merged(last), first);
        assert.isUndefined(yield* merged("0".repeat(40)));
        made.fake.people.pushTo("acme/shop", "work", { files: ["later.txt"] });
        assert.isUndefined(yield* merged(tip(made)));
        assert.isEmpty(yield* made.within(300, PullRequestOpening.openOf(made.client, place)));
      }),
  );

  it.effect("cannot be had without a commit of its own", () =>
    Effect.gen(function* () {
      const made = yield* pushed();
      made.fake.people.pushTo("acme/shop", "later", { files: ["a.txt"] });
      const error = yield* Effect.flip(ensure(made, { branch: "main", base: "later" }));
      assert.isTrue(PullRequestOpening.isEmpty(error));
    }),
  );
});

describe("the text of a pull request", () => {
  it("closes its issue and no other, whatever titles and agents say", () => {
    assert.strictEqual(
      PullRequestText.title("Fixes #3,\n closes acme/api#4 and #5"),
      "Fixes issue #3, closes issue acme/api#4 and #5",
    );
    assert.strictEqual(
      PullRequestText.title("Resolves: GH-3, fixed https://github.com/acme/shop/issues/4"),
      "Resolves issue: GH-3, fixed issue https://github.com/acme/shop/issues/4",
    );
    const work = { issue: 1, agent: "claude", run: "r-1" };
    const body = PullRequestText.body({ ...work, summary: "Fixes #7, thanks @ada" });
    assert.deepStrictEqual(body.match(/#\d+/g)?.slice(0, 1), ["#1"]);
    assert.notMatch(body, /fixes #7|@ada/i);
    assert.include(body, "By the agent `claude` in the run `r-1`.");
    const none = PullRequestText.body({ ...work, summary: undefined });
    assert.strictEqual(none, "Closes #1\n\nBy the agent `claude` in the run `r-1`.");
  });

  it("has a title that GitHub takes", () => {
    assert.strictEqual(PullRequestText.title("x".repeat(300)).length, 250);
    assert.strictEqual(
      PullRequestText.message("Add a cart", "acme/shop#1"),
      "Add a cart (acme/shop#1)",
    );
  });
});
