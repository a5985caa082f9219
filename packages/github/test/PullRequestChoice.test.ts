import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as LandingOptions from "../src/LandingOptions.ts";
import * as PullRequestChoice from "../src/PullRequestChoice.ts";
import type { PullRequestView } from "../src/PullRequestView.ts";
import { answer, pull, repository } from "./support/pulls.ts";
import { client, json, within } from "./support/stub.ts";
import { view } from "./support/views.ts";

const numbered = (number: number, told: Partial<PullRequestView> = {}) =>
  view({ number, id: `PR_${number}`, url: `https://github.com/acme/shop/pull/${number}`, ...told });
const options = LandingOptions.make();
const change = { branch: "basket" };

const chosen = (...candidates: ReadonlyArray<PullRequestView>) => {
  const choice = PullRequestChoice.among(candidates, change, options);
  return choice?._tag === "Delivered" ? choice.view.number : choice?._tag;
};

const other = { branch: "other", sha: "0" };

describe("among several pull requests", () => {
  it("the only one is meant", () => {
    assert.strictEqual(chosen(numbered(1)), 1);
    assert.isUndefined(chosen());
  });

  it("the one of the agent's branch is meant", () => {
    assert.strictEqual(chosen(numbered(1), numbered(2, { head: other })), 1);
    assert.strictEqual(chosen(numbered(1, { state: "merged" }), numbered(2, { head: other })), 1);
  });

  it("an open one goes before one that was merged earlier, and both before a closed one", () => {
    assert.strictEqual(chosen(numbered(1), numbered(2, { state: "merged" })), 1);
    assert.strictEqual(
      chosen(numbered(1, { state: "merged" }), numbered(2, { state: "closed" })),
      1,
    );
  });

  it("one in the right place goes before one in the wrong place", () => {
    const base = { branch: "dev", isDefault: false, tip: undefined, checks: undefined };
    assert.strictEqual(chosen(numbered(1), numbered(2, { base })), 1);
    assert.strictEqual(chosen(numbered(1), numbered(2, { changedFiles: 0 })), 1);
    assert.strictEqual(chosen(numbered(1), numbered(2, { isFromFork: true })), 1);
  });

  it("nobody guesses between two that are alike", () => {
    assert.strictEqual(chosen(numbered(1), numbered(2)), "Ambiguous");
    const merged = { state: "merged" } as const;
    assert.strictEqual(chosen(numbered(1, merged), numbered(2, merged)), "Ambiguous");
  });

  it("of those that people closed the newest is asked about", () => {
    const closed = { state: "closed" } as const;
    assert.strictEqual(chosen(numbered(1, closed), numbered(2, closed)), 2);
  });
});

type Pulls = Readonly<Record<number, Readonly<Record<string, unknown>>>>;

/** What is chosen where GitHub has these pull requests; those of the branch, and those that close issue 5. */
const read = Effect.fnUntraced(function* (
  given: Partial<PullRequestChoice.Wanted["change"]> | { readonly branch: undefined },
  pulls: Pulls,
  found: {
    readonly ofBranch?: ReadonlyArray<object>;
    readonly closing?: ReadonlyArray<number>;
    readonly since?: string;
  } = {},
) {
  const { asked, client: github } = yield* client(({ body, url }) => {
    if (url.pathname.endsWith("/pulls")) return json(found.ofBranch ?? []);
    const { query, variables } = body as { query: string; variables: Record<string, number> };
    if (query.startsWith("query ClosingPullRequests")) {
      const nodes = (found.closing ?? []).map((number) => ({
        number,
        repository: { nameWithOwner: "acme/shop" },
      }));
      const issue = { closedByPullRequestsReferences: { nodes } };
      return json({ data: { repository: { issue } } });
    }
    const numbers = Object.keys(variables).filter((name) => name.startsWith("m"));
    const one = (number: number) => {
      const told = pulls[number];
      return repository(told === undefined ? null : pull(number, told));
    };
    return json(answer(numbers.map((name) => one(variables[name]!))));
  });
  const wanted = {
    repository: { owner: "acme", repository: "shop" },
    change:
      Object.hasOwn(given, "branch") && given.branch === undefined
        ? {}
        : { branch: "basket", ...given },
    issue: 5,
    since: found.since === undefined ? undefined : Date.parse(found.since),
  };
  const choice = yield* within("1 minute", PullRequestChoice.read(github, wanted, options));
  if (choice._tag !== "Delivered") return { asked, choice, isEarlier: undefined };
  return { asked, choice: choice.view.number, isEarlier: choice.isEarlier };
});

const shop = (number: number) => `https://github.com/acme/shop/pull/${number}`;
const ofBasket = { headRefName: "basket" };

describe("the pull request of a task", () => {
  it.effect("is the one that its agent reports, for one request", () =>
    Effect.gen(function* () {
      const { asked, choice } = yield* read({ pullRequests: [shop(7)] }, { 7: {} });
      assert.strictEqual(choice, 7);
      assert.strictEqual(asked.length, 1);
    }),
  );

  it.effect("is the one that a reference of GitHub names", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* read({ branch: "refs/pull/7/head" }, { 7: {} })).choice, 7);
    }),
  );

  it.effect("is the one of its branch, if none is reported", () =>
    Effect.gen(function* () {
      const ofBranch = [{ number: 8, head: { sha: "x" }, merged_at: null }];
      const { asked, choice } = yield* read({}, { 8: ofBasket }, { ofBranch });
      assert.strictEqual(choice, 8);
      const { searchParams } = asked[0]!.url;
      assert.strictEqual(searchParams.get("head"), "acme:basket");
      assert.strictEqual(searchParams.get("state"), "all");
    }),
  );

  it.effect("is not another one that GitHub lists without looking at the branch", () =>
    Effect.gen(function* () {
      const ofBranch = [{ number: 8, head: { sha: "x" }, merged_at: null }];
      const { choice } = yield* read({}, { 8: {} }, { ofBranch });
      assert.deepStrictEqual(choice, { _tag: "NoChange" });
    }),
  );

  it.effect("is not what was merged of the branch before, with another head", () =>
    Effect.gen(function* () {
      const ofBranch = [{ number: 8, head: { sha: "old" }, merged_at: "2026-01-01T00:00:00Z" }];
      const pulls = { 8: { ...ofBasket, state: "MERGED" } };
      const { choice } = yield* read({ commit: "new" }, pulls, { ofBranch });
      assert.deepStrictEqual(choice, { _tag: "NoChange" });
      assert.strictEqual((yield* read({ commit: "old" }, pulls, { ofBranch })).choice, 8);
    }),
  );

  it.effect("is the one that closes its issue, if there is no other and it is no stranger's", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* read({}, { 9: {} }, { closing: [9] })).choice, 9);
      const stranger = { 9: { isCrossRepository: true } };
      const { choice } = yield* read({}, stranger, { closing: [9] });
      assert.deepStrictEqual(choice, { _tag: "NoChange" });
    }),
  );

  it.effect("is looked for further where the reported one was closed", () =>
    Effect.gen(function* () {
      const pulls = { 7: { state: "CLOSED" }, 9: {} };
      const found = { closing: [9] };
      assert.strictEqual((yield* read({ pullRequests: [shop(7)] }, pulls, found)).choice, 9);
      const closed = { 7: { state: "CLOSED" } };
      assert.strictEqual((yield* read({ pullRequests: [shop(7)] }, closed)).choice, 7);
    }),
  );

  it.effect("is not in another repository, nor on another host", () =>
    Effect.gen(function* () {
      const url = "https://github.com/acme/other/pull/7";
      const { choice } = yield* read({ pullRequests: [url] }, { 7: {} });
      assert.deepStrictEqual(choice, { _tag: "WrongRepository", urls: [url] });
      const foreign = { pullRequests: ["https://github.example/acme/shop/pull/7"] };
      assert.deepStrictEqual((yield* read(foreign, { 7: {} })).choice, { _tag: "NoChange" });
    }),
  );

  it.effect("is found under the name that its repository has now", () =>
    Effect.gen(function* () {
      const url = "https://github.com/acme/store/pull/7";
      const { choice } = yield* read({ pullRequests: [url] }, { 7: { url } });
      assert.strictEqual(choice, 7);
    }),
  );

  it.effect("is none where nothing is found, whatever else is reported", () =>
    Effect.gen(function* () {
      const { choice } = yield* read(
        { pullRequests: ["no url", "https://github.com/acme/shop"] },
        {},
      );
      assert.deepStrictEqual(choice, { _tag: "NoChange" });
    }),
  );

  it.effect("is none where its agent made one up", () =>
    Effect.gen(function* () {
      const { choice } = yield* read({ pullRequests: [shop(404)] }, {});
      assert.deepStrictEqual(choice, { _tag: "NoChange" });
    }),
  );

  it.effect("is looked for by its issue where the agent knows no branch", () =>
    Effect.gen(function* () {
      const nothing = { branch: undefined };
      const { asked, choice } = yield* read(nothing, { 9: {} }, { closing: [9] });
      assert.strictEqual(choice, 9);
      assert.isFalse(asked.some(({ url }) => url.pathname.endsWith("/pulls")));
      assert.deepStrictEqual((yield* read(nothing, {})).choice, { _tag: "NoChange" });
    }),
  );

  it.effect("is not guessed", () =>
    Effect.gen(function* () {
      const pullRequests = [shop(7), shop(8)];
      const { choice } = yield* read({ pullRequests }, { 7: {}, 8: {} });
      assert.deepStrictEqual(choice, { _tag: "Ambiguous", urls: pullRequests });
    }),
  );
});

describe("a pull request that was merged before anybody looked", () => {
  const since = "2026-11-21T20:00:00Z";
  const merged = (opened: string, ended: string, told: object = {}) => ({
    state: "MERGED",
    createdAt: `2026-11-21T${opened}:00Z`,
    closedAt: `2026-11-21T${ended}:00Z`,
    ...told,
  });
  const chosenOf = Effect.fnUntraced(function* (
    told: object,
    found: { readonly closing?: ReadonlyArray<number> } = {},
    reports: object = { pullRequests: [shop(7)] },
  ) {
    return (yield* read(reports, { 7: { ...told } }, { since, ...found })).choice;
  });
  const unrelated = { _tag: "Unrelated" as const, urls: [shop(7)] };

  it.effect("is taken if it was opened since on the branch of the agent, or closes the issue", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* chosenOf(merged("20:01", "20:09", ofBasket)), 7);
      const ofRef = { branch: "refs/pull/7/head", pullRequests: [shop(7)] };
      assert.strictEqual(yield* chosenOf(merged("20:01", "20:09"), {}, ofRef), 7);
      assert.strictEqual(yield* chosenOf(merged("18:00", "20:09"), { closing: [7] }), 7);
    }),
  );

  it.effect("is not believed to be the work of a task that began later", () =>
    Effect.gen(function* () {
      const before = merged("18:00", "19:00", ofBasket);
      assert.deepStrictEqual(yield* chosenOf(before, { closing: [7] }), unrelated);
    }),
  );

  it.effect(
    "is not believed if nothing but the word of the agent says that it is for the task",
    () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* chosenOf(merged("20:01", "20:09")), unrelated);
        assert.deepStrictEqual(yield* chosenOf(merged("18:00", "20:09", ofBasket)), unrelated);
      }),
  );

  it.effect("is given five minutes for clocks that differ", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* chosenOf(merged("19:56", "19:58", ofBasket)), 7);
      assert.deepStrictEqual(yield* chosenOf(merged("19:50", "19:54", ofBasket)), unrelated);
    }),
  );

  it.effect("counts as none where the agent does not report it", () =>
    Effect.gen(function* () {
      const found = { closing: [7] };
      const none = { _tag: "NoChange" as const };
      assert.deepStrictEqual(yield* chosenOf(merged("18:00", "19:00"), found, {}), none);
      const closed = { ...merged("18:00", "19:00"), state: "CLOSED" };
      assert.deepStrictEqual(yield* chosenOf(closed, found, {}), none);
      assert.strictEqual(yield* chosenOf(merged("20:01", "20:09"), found, {}), 7);
    }),
  );
});

describe("an open pull request that was there before the task", () => {
  const isEarlier = Effect.fnUntraced(function* (opened: string, closing: ReadonlyArray<number>) {
    const pulls = { 7: { createdAt: `2026-11-21T${opened}:00Z`, ...ofBasket } };
    const found = { since: "2026-11-21T20:00:00Z", closing };
    const read7 = yield* read({ pullRequests: [shop(7)] }, pulls, found);
    assert.strictEqual(read7.choice, 7);
    return read7.isEarlier === true;
  });

  it.effect("is told from the work of the task, unless it closes the issue", () =>
    Effect.gen(function* () {
      assert.isTrue(yield* isEarlier("18:00", []));
      assert.isTrue(yield* isEarlier("18:00", [8]));
      assert.isFalse(yield* isEarlier("18:00", [7]));
      assert.isFalse(yield* isEarlier("19:56", []));
      assert.isFalse(yield* isEarlier("20:01", []));
    }),
  );
});
