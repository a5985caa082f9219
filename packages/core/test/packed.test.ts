import { assert, describe, it } from "@effect/vitest";
import * as fc from "fast-check";
import * as Commits from "../src/internal/sql/Commit.ts";
import { isPacked, pack, unpack } from "../src/internal/sql/packed.ts";
import * as Verify from "../src/internal/sql/verify.ts";
import type { RunEvent } from "../src/RunEvent.ts";
import { everyKind } from "../src/testing/internal/sampleEvents.ts";

const inFull = (events: ReadonlyArray<RunEvent>): unknown => JSON.parse(JSON.stringify(events));

const read = (text: string | undefined): unknown => {
  const body: unknown = JSON.parse(text!);
  return isPacked(body) ? unpack(body) : "not packed";
};

/** Any of the sample events, at some time, perhaps without some of its fields. */
const event = fc
  .tuple(
    fc.constantFrom(...everyKind),
    fc.oneof(fc.constantFrom(0, 1, 1_700_000_000_000, 1.5), fc.integer(), fc.constant(-0)),
    fc.constantFrom("", "task", "message", "ref"),
    fc.constantFrom("omitted", "undefined"),
  )
  .map(([sample, at, name, how]) => {
    const { [name as "task"]: _, ...others } = sample as { readonly task?: string };
    return { ...(how === "omitted" ? others : { ...sample, [name]: undefined }), at } as RunEvent;
  });

/** What a reader makes of a body with so many events, from event 5 on. */
const parsed = (body: string, count: number) =>
  Verify.parse({
    first: 5,
    last: 4 + count,
    epoch: 1,
    wallMillis: 0,
    monotonicMillis: 0,
    body,
    hash: "",
  });

describe("packed events", () => {
  it("are read back as JSON gives them, whatever their kinds, times and fields", () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 130 }), (events) => {
        assert.deepStrictEqual(read(pack(events, Infinity)), inFull(events));
      }),
    );
  });

  it("take less than half the room where many are alike", () => {
    const events = Array.from({ length: 50 }, (_, index): RunEvent => ({
      _tag: "TaskEnded",
      at: 1_700_000_000_000 + Math.floor(index / 20),
      task: `task-${index}`,
      outcome: "Succeeded",
    }));
    const text = pack(events, Infinity)!;
    assert.deepStrictEqual(read(text), events);
    assert.isBelow(text.length, JSON.stringify(events).length / 2);
  });

  it("take less than half the room where some of a kind have a field that others have not", () => {
    const events = Array.from({ length: 50 }, (_, index): RunEvent => ({
      _tag: "LandingEnded",
      at: 1_700_000_000_000 + Math.floor(index / 20),
      task: `task-${index}`,
      attempt: 1,
      ...(index % 2 === 0 ? {} : { commit: "c0ffee" }),
    }));
    const text = pack(events, Infinity)!;
    assert.deepStrictEqual(read(text), events);
    assert.isBelow(text.length, JSON.stringify(events).length / 2);
  });

  it("are not made where some of them together are too long", () => {
    const [short, long] = ["", "x".repeat(500)].map((message): RunEvent => ({
      _tag: "Warning",
      at: 1,
      message,
    }));
    const many = Array.from({ length: 60 }, () => short!);
    assert.isDefined(pack(many, 500));
    assert.isUndefined(pack([...many, long!], 500));
    assert.isUndefined(pack([long!, ...many], 500));
  });

  it("are told from a list of events", () => {
    assert.isFalse(isPacked(inFull(everyKind)));
    assert.isFalse(isPacked([]));
    assert.isFalse(isPacked({}));
  });

  it("are not made up of what is no packed body", () => {
    const shapes = [["TaskReady", "task"]];
    assert.deepStrictEqual(unpack([shapes, [0, 5, 1, "a"]]), [
      { _tag: "TaskReady", at: 5, task: "a" },
    ]);
    for (const values of [[0, 5, 2, "a"], [0, 5, 1], [0], ["TaskReady"], [null], 7]) {
      assert.isUndefined(unpack([shapes, values]), JSON.stringify(values));
    }
  });

  it("of a kind that is not known are told by their number and their kind", () => {
    const known = Array.from({ length: 60 }, (_, at): RunEvent => ({
      _tag: "LaunchesUnpaused",
      at,
    }));
    const later = { _tag: "Teleported", at: 60, task: "a" } as unknown as RunEvent;
    const found = parsed(pack([...known, later, known[0]!], Infinity)!, 62);
    assert.isTrue(Verify.isFlaw(found) && found.reason === "TooNew");
    assert.include(Verify.isFlaw(found) && found.message, 'event 65 is of the kind "Teleported"');
  });

  it("are read as events, or refused, whatever becomes of their text", () => {
    const change = fc.tuple(fc.nat(), fc.nat(9), fc.constantFrom("", "0", "9", "[", "]", '"', ","));
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(event, { minLength: 1, maxLength: 20 }),
        change,
        (events, [place, less, more]) => {
          const text = pack(events, Infinity)!;
          const at = place % text.length;
          const changed = text.slice(0, at) + more + text.slice(at + less);
          const found = parsed(changed, events.length);
          if (Verify.isFlaw(found)) refused++;
          else assert.lengthOf(found, events.length);
        },
      ),
    );
    assert.isAbove(refused, 10);
  });
});

describe("the events of a commit", () => {
  it("are what was appended, whichever of them are big", () => {
    const text = fc.integer({ min: 0, max: 60 }).map((length) => "ä".repeat(length));
    const warning = fc.tuple(event, text).map(([some, message]) => ({ ...some, message }));
    const inlineBytes = fc.constantFrom(60, 600, 6000, 20_000, Infinity);
    const written = new Set<string>();
    fc.assert(
      fc.property(
        fc.array(warning, { minLength: 1, maxLength: 60 }),
        inlineBytes,
        (some, inline) => {
          const events = some as ReadonlyArray<RunEvent>;
          const sha256 = (of: string) => `hash of ${of}`;
          const { blobs, body, count } = Commits.encode(events, sha256, inline);
          const found = parsed(body, count);
          assert.isFalse(Verify.isFlaw(found));
          const texts = new Map(blobs.map((blob) => [blob.hash, blob.text]));
          const whole = (found as ReadonlyArray<RunEvent | Commits.BigEvent>).map((one): unknown =>
            one._tag === "@blob" ? JSON.parse(texts.get(one.sha256)!) : one,
          );
          assert.deepStrictEqual(whole, inFull(events));
          written.add(isPacked(JSON.parse(body)) ? "packed" : blobs.length > 0 ? "big" : "in full");
        },
      ),
    );
    assert.sameMembers([...written], ["packed", "big", "in full"]);
  });
});
