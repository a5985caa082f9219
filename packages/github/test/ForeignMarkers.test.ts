import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as TestClock from "effect/testing/TestClock";
import * as ForeignMarkers from "../src/ForeignMarkers.ts";
import * as ReportComment from "../src/ReportComment.ts";
import { intended, report, started, start } from "./support/reports.ts";
import { client, json, refused, within } from "./support/stub.ts";

const bodyOf = (run: string, isOver = false) =>
  ReportComment.make(
    {
      ...report([
        intended(),
        started(),
        ...(isOver ? [{ _tag: "TaskEnded", outcome: "Succeeded" } as const] : []),
      ]),
      run,
    },
    {
      secret: Redacted.make("another secret"),
      issue: { owner: "acme", repository: "shop", number: 1 },
      hosts: [],
    },
  );

const comment = (body: string | null, login: string | null = "operator") => ({
  body,
  updated_at: "2026-11-21T20:00:00Z",
  user: login === null ? null : { login },
});

const listed = (answer: Response) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(start);
    const { asked, client: github } = yield* client(() => answer);
    const options = { repository: "acme/shop", run: "run-1" };
    const found = yield* within("1 minute", ForeignMarkers.list(github, options));
    return { asked, found };
  });

describe("marks of other orchestrators", () => {
  it.effect("are told by their runs, once each", () =>
    Effect.gen(function* () {
      const { asked, found } = yield* listed(
        json([
          comment("talk"),
          comment(null),
          comment(bodyOf("run-2")),
          comment(bodyOf("run-2")),
          comment(bodyOf("run-1")),
          comment(bodyOf("run-3", true)),
          comment(bodyOf("run-4"), null),
        ]),
      );
      assert.deepStrictEqual(found, [
        "run run-2, told of by operator at 2026-11-21T20:00:00Z",
        "run run-4, told of by an account that is gone at 2026-11-21T20:00:00Z",
      ]);
      assert.strictEqual(
        asked[0]?.href,
        "https://api.github.com/repos/acme/shop/issues/comments?sort=updated&direction=desc&since=2026-11-21T19%3A13%3A05Z&per_page=100",
      );
    }),
  );

  it.effect("that cannot be read are not taken for none", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(listed(refused(403, "Resource not accessible")));
      assert.deepInclude(error, { _tag: "Forbidden", permission: "Issues: read" });
    }),
  );
});
