import { join } from "node:path";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as GitHubDemo from "../src/demo/GitHubDemo.ts";
import * as Signals from "../src/terminal/Signals.ts";
import * as Screens from "./support/Screens.ts";

describe("GitHubDemo", () => {
  it.live(
    "turns issues into merged pull requests in their order, puts one right, and tells what came of it",
    () =>
      Effect.gen(function* () {
        const elsewhere = { GITHUB_API_URL: "http://127.0.0.1:1", CODEGEN_ORG_ID: "7" };
        const place = yield* Screens.make({ environment: elsewhere });
        const folder = Option.some(join(place.folder, "demo"));
        const how = { folder, concurrency: Option.some(4), json: false, plain: true };
        yield* place.run(GitHubDemo.run(how, 32));
        const text = place.out();
        expect(text).toContain("7 tasks succeeded");
        expect(text).toMatch(
          /merged for acme\/shop#3, .* \(its checks failed at first: 1 correction\)/,
        );
        const order = [...text.matchAll(/merged for acme\/shop#(\d)/g)].map(([, issue]) => issue);
        expect(order.toSorted()).toEqual(["1", "2", "3", "4", "5", "6", "7"]);
        expect(order.indexOf("1")).toBeLessThan(order.indexOf("3"));
        expect(order.indexOf("3")).toBeLessThan(order.indexOf("5"));
        expect(order.at(-1)).toBe("7");
        expect(text).toContain("7 of 7 issues closed");
        expect(text).toContain("7 issues labelled status:completed");
        expect(text).toContain("7 comments written");
      }).pipe(
        Effect.scoped,
        Effect.provideService(Signals.Signals, Screens.signals()),
        Effect.provide(NodeServices.layer),
      ),
    120_000,
  );
});
