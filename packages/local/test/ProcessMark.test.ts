import { spawn } from "node:child_process";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Schedule from "effect/Schedule";
import * as ProcessMark from "../src/ProcessMark.ts";

/** A process that has been and is no more: its number, while nobody else has it. */
const past = Effect.callback<number>((resume) => {
  const child = spawn("true");
  child.on("exit", () => resume(Effect.succeed(child.pid!)));
});

/** A process that has ended, whose parent does not ask for it. */
const uncollected = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  // A shell may collect it: it ends only when the shell has become a program that collects nobody.
  const script = 'exec 3<&0; sh -c "read line" <&3 & echo $!; exec sleep 60';
  const parent = yield* Effect.acquireRelease(
    Effect.sync(() => spawn("sh", ["-c", script], { stdio: ["pipe", "pipe", "ignore"] })),
    (child) => Effect.sync(() => void child.kill("SIGKILL")),
  );
  const pid = yield* Effect.callback<number>((resume) => {
    parent.stdout.once("data", (said) => resume(Effect.succeed(Number(said))));
  });
  const until = <A>(file: string, is: (text: string) => A | undefined) =>
    Effect.repeat(Effect.map(fs.readFileString(file), is), {
      until: (found) => found !== undefined,
      schedule: Schedule.spaced("10 millis"),
    });
  yield* until(`/proc/${parent.pid}/comm`, (name) => (name === "sleep\n" ? name : undefined));
  parent.stdin.write("\n");
  const start = yield* until(`/proc/${pid}/stat`, (stat) => {
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? fields[19] : undefined;
  });
  return { pid, start };
});

const withPid = (mark: string, pid: number) => JSON.stringify({ ...JSON.parse(mark), pid });

describe("the mark of a process", () => {
  it.live("tells that the process is there", () =>
    Effect.gen(function* () {
      assert.isFalse(yield* ProcessMark.isGone((yield* ProcessMark.own)!));
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("tells that it is gone, also if its number is somebody else's by now", () =>
    Effect.gen(function* () {
      const own = (yield* ProcessMark.own)!;
      assert.isTrue(yield* ProcessMark.isGone(withPid(own, yield* past)));
      assert.isTrue(yield* ProcessMark.isGone(withPid(own, process.ppid)));
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live.runIf(process.platform === "linux")(
    "tells that it is gone, though nobody collected it",
    () =>
      Effect.gen(function* () {
        const { pid, start } = yield* uncollected;
        const mark = JSON.stringify({ ...JSON.parse((yield* ProcessMark.own)!), pid, start });
        assert.isTrue(yield* ProcessMark.isGone(mark));
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  );

  it.live("says nothing of another boot, another namespace, or what is none", () =>
    Effect.gen(function* () {
      const gone = withPid((yield* ProcessMark.own)!, yield* past);
      for (const other of [{ boot: "another" }, { namespace: "pid:[1]" }]) {
        const mark = JSON.stringify({ ...JSON.parse(gone), ...other });
        assert.isFalse(yield* ProcessMark.isGone(mark));
      }
      for (const odd of ["", "12", '{"pid":0}', "{}"]) {
        assert.isFalse(yield* ProcessMark.isGone(odd));
      }
    }).pipe(Effect.provide(NodeServices.layer)),
  );
});
