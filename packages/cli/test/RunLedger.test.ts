import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import { sum } from "@orchestrator/github/Ledger";
import * as Effect from "effect/Effect";
import * as RunLedger from "../src/run/RunLedger.ts";
import { statement } from "./support/Backlogs.ts";
import * as Command from "./support/Command.ts";

const later = {
  ...statement,
  requests: 2,
  rest: 2,
  graphql: 0,
  waitedMillis: 0,
  operations: [
    { operation: "issues.list", requests: 2, unchanged: 1, repeated: 0, rest: 1, graphql: 0 },
    { operation: "issues.get", requests: 1, unchanged: 0, repeated: 0, rest: 1, graphql: 0 },
  ],
  remaining: [{ resource: "graphql" as const, limit: 5000, remaining: 4000, resetsAt: 1 }],
};

/** What a process that asks this keeps, once it is gone. */
const kept = (folder: string, ledger: typeof statement) =>
  Effect.scoped(Effect.map(RunLedger.keep(folder, { statement: () => ledger }), (told) => told()));

describe("the ledger of a run", () => {
  it("adds up what its processes asked, operation by operation", () => {
    expect(sum(statement, later)).toEqual({
      requests: 6,
      unchanged: 2,
      repeated: 0,
      rest: 4,
      graphql: 1,
      waitedMillis: 2000,
      operations: [
        { operation: "issues.list", requests: 5, unchanged: 2, repeated: 0, rest: 3, graphql: 0 },
        statement.operations[1],
        later.operations[1],
      ],
      remaining: [statement.remaining[0], later.remaining[0]],
    });
  });

  it("says of a budget what was said last", () => {
    const [left] = statement.remaining;
    const now = { ...left!, remaining: 12 };
    const told = sum(statement, { ...later, remaining: [now] });
    expect(told.remaining).toEqual([now]);
  });

  it.live("is kept for others, and goes on where the process before left it", () =>
    Effect.gen(function* () {
      const { path } = yield* Command.folder();
      expect(yield* RunLedger.read(path)).toBeUndefined();
      expect(yield* kept(path, statement)).toEqual(statement);
      expect(yield* RunLedger.read(path)).toEqual(statement);
      expect((yield* kept(path, later)).requests).toBe(6);
      expect(yield* RunLedger.read(path)).toMatchObject({ requests: 6 });
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("is none where its file holds something else", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "github.json": '{"requests":"many"}' });
      expect(yield* RunLedger.read(folder.path)).toBeUndefined();
    }).pipe(Effect.provide(NodeServices.layer)),
  );
});
