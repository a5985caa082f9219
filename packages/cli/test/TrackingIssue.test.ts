import { describe, expect, it } from "@effect/vitest";
import { Reporter, RunState } from "@orchestrator/core";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Logger from "effect/Logger";
import * as Scope from "effect/Scope";
import * as TestClock from "effect/testing/TestClock";
import * as TrackingIssue from "../src/github/TrackingIssue.ts";
import { statement } from "./support/Backlogs.ts";

type Publish = TrackingIssue.Told["comment"]["publish"];

/** A process that works on a run: `end` closes it, `warnings` are what people see. */
const follow = Effect.fnUntraced(function* (publish: Publish) {
  const warnings: Array<string> = [];
  const logger = Logger.make<unknown, void>(({ message }) => void warnings.push(String(message)));
  const heard = Effect.provide(Logger.layer([logger]));
  const scope = yield* Scope.make();
  const state = RunState.RunState.fold([]);
  const issue = yield* Scope.provide(TrackingIssue.make, scope);
  yield* heard(issue.follow({ comment: { publish }, state, ledger: () => statement }));
  return { warnings, end: heard(Scope.close(scope, Exit.void)) };
});

const sent = { id: "1" };

describe("the tracking issue", () => {
  it.effect("is told when the run is followed and when the process ends, one after the other", () =>
    Effect.gen(function* () {
      const answer = yield* Deferred.make<void>();
      const told: Array<string> = [];
      const { end, warnings } = yield* follow(() =>
        Effect.gen(function* () {
          told.push("asked");
          yield* Deferred.await(answer);
          told.push("answered");
          return sent;
        }),
      );
      const ending = yield* Effect.forkChild(end, { startImmediately: true });
      yield* Effect.yieldNow;
      expect(told).toEqual(["asked"]);
      yield* Deferred.succeed(answer, undefined);
      yield* Fiber.join(ending);
      expect(told).toEqual(["asked", "answered", "asked", "answered"]);
      expect(warnings).toEqual([]);
    }),
  );

  it.effect("that cannot be told is a warning, which says why", () =>
    Effect.gen(function* () {
      const gone = new Reporter.ReportError({ reason: "NotSent", message: "No such issue." });
      const { end, warnings } = yield* follow(() => Effect.fail(gone));
      yield* end;
      const why = expect.stringMatching(/automation\.tracking_issue .*: No such issue\.$/);
      expect(warnings).toEqual([why, why]);
    }),
  );

  it.effect("keeps a process for five minutes at most", () =>
    Effect.gen(function* () {
      const { end, warnings } = yield* follow(() => Effect.never);
      const ending = yield* Effect.forkChild(end, { startImmediately: true });
      yield* TestClock.adjust("5 minutes");
      yield* Fiber.join(ending);
      expect(warnings).toEqual([expect.stringContaining("longer than 5 minutes")]);
    }),
  );

  it("is the one that is named, or one of the run's repository", () => {
    const named = { repository: undefined, number: 9 };
    const shop = { owner: "acme", repository: "shop", number: 9 };
    expect(TrackingIssue.issueOf(named, "acme/shop")).toEqual(shop);
    expect(TrackingIssue.issueOf({ ...named, repository: "acme/shop" }, "acme/api")).toEqual(shop);
    expect(TrackingIssue.issueOf(named, undefined)).toBeUndefined();
  });
});
