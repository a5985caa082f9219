import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as BoardStatus from "../src/BoardStatus.ts";
import type { State } from "../src/StatusLabels.ts";
import { desk } from "./support/issueDesk.ts";
import { client, within } from "./support/stub.ts";

const card = { id: "acme/shop#1", nodeId: "I_1" };

const setUp = (options: Partial<BoardStatus.Options> = {}) =>
  Effect.gen(function* () {
    const github = desk();
    const { asked, client: made } = yield* client(github.handler);
    const board = BoardStatus.make(made, { owner: "acme", number: 1, ...options });
    const set = (state: State) => within("1 minute", board.set(card, state));
    return { asked, board: github.board, changes: github.changes, set };
  });

describe("the status on a board", () => {
  it.effect("moves along with the task", () =>
    Effect.gen(function* () {
      const { asked, board, set } = yield* setUp();
      yield* set("in-progress");
      assert.strictEqual(board.option, "o1");
      yield* set("completed");
      assert.strictEqual(board.option, "o2");
      // The field and the item are looked up once.
      assert.lengthOf(asked, 4);
    }),
  );

  it.effect("stays where it is if it is there already, or has no place for the state", () =>
    Effect.gen(function* () {
      const { board, changes, set } = yield* setUp();
      board.option = "o1";
      yield* set("in-progress");
      yield* set("failed");
      assert.deepStrictEqual(changes, []);
    }),
  );

  it.effect("goes by the names that are configured, capitals aside", () =>
    Effect.gen(function* () {
      const { board, set } = yield* setUp({ names: { failed: "todo", completed: undefined } });
      yield* set("failed");
      assert.strictEqual(board.option, "o0");
      yield* set("completed");
      assert.strictEqual(board.option, "o0");
    }),
  );

  it.effect("is found again when people rewrite the options", () =>
    Effect.gen(function* () {
      const { board, set } = yield* setUp();
      yield* set("in-progress");
      board.options = ["Todo", "Done"].map((name) => ({ id: `new-${name}`, name }));
      yield* set("completed");
      assert.strictEqual(board.option, "new-Done");
    }),
  );

  it.effect("leaves issues alone that are not on the board, or in its archive", () =>
    Effect.gen(function* () {
      const { board, changes, set } = yield* setUp();
      board.isOn = false;
      yield* set("in-progress");
      Object.assign(board, { isOn: true, isArchived: true });
      yield* set("in-progress");
      assert.deepStrictEqual(changes, []);
    }),
  );

  it.effect("puts issues on the board if that is asked for", () =>
    Effect.gen(function* () {
      const { board, changes, set } = yield* setUp({ add: true });
      board.isOn = false;
      yield* set("in-progress");
      assert.strictEqual(board.option, "o1");
      assert.deepStrictEqual(changes, ["AddToBoard", "SetBoardStatus"]);
    }),
  );

  it.effect("says which options there are, if the configured one is not among them", () =>
    Effect.gen(function* () {
      const { set } = yield* setUp({ names: { completed: "Shipped" } });
      const error = yield* Effect.flip(set("completed"));
      assert.strictEqual(
        error.message,
        'The field "Status" of board 1 of acme has no option "Shipped". It has "Todo", "In Progress", "Done".',
      );
    }),
  );

  it.effect("leaves the card where it is if the board lacks a usual name", () =>
    Effect.gen(function* () {
      const { board, changes, set } = yield* setUp();
      board.options = [{ id: "x", name: "Backlog" }];
      yield* set("in-progress");
      assert.deepStrictEqual(changes, []);
    }),
  );

  it.effect("says that there is no such board or field", () =>
    Effect.gen(function* () {
      const without = yield* setUp({ field: "State" });
      assert.include((yield* Effect.flip(without.set("queued"))).message, 'no field "State"');
      const none = yield* setUp();
      none.board.exists = false;
      const error = yield* Effect.flip(none.set("queued"));
      assert.strictEqual(error._tag, "NotFound");
      assert.include(error.message, "There is no board 1 of acme");
    }),
  );
});
