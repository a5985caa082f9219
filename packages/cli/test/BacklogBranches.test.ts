import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import { Clock, GitHub } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as Screens from "./support/Screens.ts";

const branched = (branch: string) => ({
  title: branch,
  body: `---\nbranch: ${branch}\n---\nDo it.`,
});

const issues = [
  branched("main"),
  branched("next"),
  branched("feature/basket"),
  { title: "After", body: "Depends on #1" },
];

/** The plan where changes land on a branch. */
const planned = Effect.fnUntraced(function* (base: string) {
  const github = yield* Effect.acquireRelease(
    Effect.promise(() =>
      GitHub.make({
        clock: Clock.real(),
        world: {
          users: ["operator"],
          repos: [{ name: "acme/shop", permissions: { operator: "admin" }, issues }],
        },
      }),
    ),
    (made) => Effect.promise(() => made.close()),
  );
  const screen = yield* Screens.make({
    files: { "config.yaml": `github: { repository: acme/shop, default_branch: ${base} }\n` },
    environment: { GITHUB_API_URL: github.api, GITHUB_TOKEN: github.token },
  });
  yield* screen.call("plan", "--config", "config.yaml", "--format", "json");
  const { problems, startsFirst } = JSON.parse(screen.out());
  return { problems, startsFirst };
});

describe("an issue that names its branch", () => {
  it.live("is refused where that is the default branch and changes land on another one", () =>
    Effect.gen(function* () {
      const { problems, startsFirst } = yield* planned("next");
      expect(startsFirst).toEqual(["acme/shop#2", "acme/shop#3"]);
      expect(problems).toEqual([
        expect.objectContaining({
          kind: "InvalidValue",
          severity: "error",
          tasks: ["acme/shop#1"],
          message:
            "acme/shop#1 says branch: main, which is the default branch of acme/shop, and changes land on next. Name a branch for this work alone, as branch: feature/basket, or leave branch out.",
        }),
      ]);
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("may name the branch that changes land on", () =>
    Effect.gen(function* () {
      const { problems, startsFirst } = yield* planned("main");
      expect(startsFirst).toEqual(["acme/shop#1", "acme/shop#2", "acme/shop#3"]);
      expect(problems).toEqual([]);
    }).pipe(Effect.provide(NodeServices.layer)),
  );
});
