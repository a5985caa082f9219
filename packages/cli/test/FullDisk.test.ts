import { spawnSync } from "node:child_process";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Command from "./support/Command.ts";

const ids = Array.from({ length: 24 }, (_, index) => `t${index}`);

/** A chain: each task is launched once the journal has the end of the one before. */
const plan = `isolation: none
concurrency: 1
tasks:
${ids
  .map((id, index) => {
    const before = index === 0 ? "" : `, dependsOn: [t${index - 1}]`;
    return `  - { id: ${id}, run: echo ${id} >> order${before} }\n`;
  })
  .join("")}`;

/** Runs the command so that no file of it grows above so many blocks of 512 bytes. */
const limited = (cwd: string, blocks: number, ...args: ReadonlyArray<string>) =>
  spawnSync(
    "/bin/sh",
    ["-c", 'ulimit -f "$1"; shift; exec "$@"', "sh", String(blocks), ...Command.words, ...args],
    { cwd, env: { PATH: process.env["PATH"], HOME: cwd }, encoding: "utf8" },
  );

describe("a journal that cannot grow any more", () => {
  it.live("ends the run with 74, launches nothing after that, and the run can be resumed", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": plan });
      const full = limited(folder.path, 200, "run");
      expect(full.status).toBe(74);
      expect(full.stderr).toContain(
        `The journal ${folder.file(".orchestrator/journal.db")} cannot`,
      );
      expect(full.stderr).toContain("Nothing is launched any more; ");
      const started = [...full.stdout.matchAll(/▶ (t\d+) started/g)].map(([, id]) => id);
      const done = (yield* folder.read("order")).trimEnd().split("\n");
      expect(done.length).toBeLessThan(ids.length);
      // What was told to have started was in the journal before, and nothing else was started.
      expect(started).toEqual(ids.slice(0, started.length));
      expect(ids.slice(0, started.length)).toEqual(expect.arrayContaining(done));

      const resume = /go on with the run: orchestrator (resume \S+)\n$/.exec(full.stderr)![1]!;
      expect((yield* folder.run(...resume.split(" "))).code).toBe(0);
      expect(yield* folder.read("order")).toBe(`${ids.join("\n")}\n`);
    }),
  );
});
