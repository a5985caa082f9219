import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as ChildProcess from "effect/process/ChildProcess";
import * as ProcessGroup from "../src/internal/ProcessGroup.ts";
import * as ProcessIdentity from "../src/internal/ProcessIdentity.ts";
import { services } from "./support/repository.ts";

/** A process that works until the test ends, as the system knows it. */
const working = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  const handle = yield* ChildProcess.make("sleep", ["1000"], { detached: true });
  const pid = Number(handle.pid);
  const stat = yield* fs.readFileString(`/proc/${pid}/stat`);
  const boot = yield* ProcessIdentity.boot;
  return { pid, start: stat.split(" ")[21]!, boot };
});

describe("ProcessIdentity", () => {
  it.live("knows a process that works", () =>
    Effect.gen(function* () {
      const identity = yield* working;
      assert.isTrue(yield* ProcessIdentity.isRunning(identity));
      assert.isFalse(yield* ProcessIdentity.isReused(identity));
    }).pipe(Effect.provide(services)),
  );

  it.live.each([
    ["an earlier process", { start: "1" }],
    ["a process before the machine was restarted", { boot: "earlier" }],
  ] as const)(
    "takes nobody else for %s that had the same number, and does not end it",
    ([, other]) =>
      Effect.gen(function* () {
        const identity = yield* working;
        const earlier = { ...identity, ...other };
        assert.isFalse(yield* ProcessIdentity.isRunning(earlier));
        assert.isTrue(yield* ProcessIdentity.isReused(earlier));
        assert.isTrue(yield* ProcessGroup.endOf(earlier, 0));
        assert.isTrue(yield* ProcessIdentity.isRunning(identity));
      }).pipe(Effect.provide(services)),
  );

  it("reads only what is whole", () => {
    const whole = "12\n345\nb-o-o-t\n";
    const identity = { pid: 12, start: "345", boot: "b-o-o-t" };
    assert.deepStrictEqual(ProcessIdentity.parse(whole), identity);
    for (let length = 0; length < whole.length; length++) {
      assert.strictEqual(ProcessIdentity.parse(whole.slice(0, length)), undefined);
    }
    assert.strictEqual(ProcessIdentity.parse("void\n"), undefined);
    assert.strictEqual(ProcessIdentity.parse("0\n1\nb\n"), undefined);
  });
});
