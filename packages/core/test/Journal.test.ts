import { assert, describe, it } from "@effect/vitest";
import { Journal, RunEvent } from "@orchestrator/core";
import { JournalContract } from "@orchestrator/core/testing";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import { everyKind } from "../src/testing/internal/sampleEvents.ts";

describe("events", () => {
  const codec = Schema.fromJsonString(Schema.Array(RunEvent.RunEvent));

  it("of every kind are JSON", () => {
    const text = Schema.encodeSync(codec)(everyKind);
    assert.deepStrictEqual(Schema.decodeSync(codec)(text), everyKind);
    assert.deepStrictEqual(JSON.parse(JSON.stringify(everyKind)), everyKind);
  });

  it("are all among the samples that journals are tried with", () => {
    const kinds = new Set(everyKind.map(({ _tag }) => _tag));
    const all = RunEvent.RunEvent.members.map((member) => member.fields._tag.schema.literal);
    assert.deepStrictEqual([...kinds].sort(), [...all].sort());
  });
});

describe("the journal of the memory layer", () => {
  const append = (journal: Journal.Journal["Service"]) =>
    Effect.scoped(
      Effect.flatMap(journal.open("r"), (writer) =>
        writer.append([{ _tag: "TaskReady", at: 0, task: "a" }]),
      ),
    );

  it.effect("is one for all who use the layer", () =>
    Effect.gen(function* () {
      const journal = yield* Journal.Journal;
      yield* append(journal);
      const again = yield* Journal.Journal;
      assert.strictEqual((yield* Stream.runCollect(again.read("r"))).length, 1);
    }).pipe(Effect.provide(Journal.Journal.layerMemory)),
  );

  it.effect("is empty in each place that builds it anew", () =>
    Effect.gen(function* () {
      const use = Effect.gen(function* () {
        const journal = yield* Journal.Journal;
        const runs = yield* journal.runs;
        yield* append(journal);
        return runs;
      });
      const provided = Effect.scoped(Effect.provide(use, Journal.Journal.layerMemory));
      assert.deepStrictEqual([yield* provided, yield* provided], [[], []]);
    }),
  );

  for (const { check, name } of JournalContract.make({
    make: Effect.scoped(Effect.provide(Journal.Journal, Journal.Journal.layerMemory)),
  })) {
    it.live(name, () => check);
  }
});
