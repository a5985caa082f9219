import type { CodeHost } from "@orchestrator/core";
import type { News } from "@orchestrator/github/GitHubCodeHost";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as LandingNews from "../src/github/LandingNews.ts";

const view = {
  number: 12,
  url: "https://github.com/acme/shop/pull/12",
  checks: [{ name: "lint", state: "pending", id: "C_1" }],
} as unknown as News["view"];

const wait = { _tag: "Wait", why: "it waits for somebody to merge it", isSoon: false } as const;

const news = (step: News["step"]): News => ({ task: "acme/shop#1", attempt: 1, view, step });

/** A host that tells these while it lands, and once more when it is done. */
const host = (says: LandingNews.LandingNews, steps: ReadonlyArray<News["step"]>) =>
  says.listening({
    gates: ["merged"],
    land: () =>
      Effect.as(
        Effect.forEach(steps, (step) => says.tell(news(step))),
        { commit: "c1" },
      ),
  });

const scene = () => {
  const [said, noted]: [Array<string>, Array<unknown>] = [[], []];
  const says = new LandingNews.LandingNews((task, note) =>
    Effect.sync(() => void noted.push([task, note])),
  );
  const progress = (message: string) => Effect.sync(() => void said.push(message));
  const request: CodeHost.LandRequest = {
    run: "r1",
    task: { id: "acme/shop#1" },
    attempt: 1,
    change: { branch: "b" },
    reached: () => Effect.void,
    progress,
  };
  return { said, noted, says, request };
};

describe("news of landings", () => {
  it.effect(
    "reach the run, and the issue with the pull request, its checks and what it waits for",
    () =>
      Effect.gen(function* () {
        const { noted, request, said, says } = scene();
        const landed = yield* host(says, [wait, { _tag: "Enqueue", sha: "a1" }]).land(request);
        expect(landed).toEqual({ commit: "c1" });
        expect(said).toEqual([
          "pull request #12: it waits for somebody to merge it",
          "pull request #12: it goes into the merge queue",
        ]);
        const pullRequest = { number: 12, url: view.url };
        const checks = [{ name: "lint", state: "pending" }];
        expect(noted).toEqual([
          ["acme/shop#1", { pullRequest, checks, waitsFor: "it waits for somebody to merge it" }],
          ["acme/shop#1", { pullRequest, checks }],
        ]);
      }),
  );

  it.effect("are not told to a run whose landing is over", () =>
    Effect.gen(function* () {
      const { request, said, says } = scene();
      yield* host(says, []).land(request);
      yield* says.tell(news(wait));
      expect(said).toEqual([]);
    }),
  );
});
