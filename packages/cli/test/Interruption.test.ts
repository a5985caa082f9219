import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import * as Command from "./support/Command.ts";
import * as Gate from "./support/Gate.ts";

const lastEvent = (out: string) => Command.entries(out).at(-1)!.event;

/** One task that works until its gate opens, one that waits for it. */
const plan = `isolation: none
concurrency: 1
tasks:
  - { id: works, run: '${Gate.closed("works")}' }
  - { id: waits, run: echo waits >> order, dependsOn: [works] }
`;

/** A run whose first launch hangs: git waits for a filter. */
const stuck = Effect.gen(function* () {
  const folder = yield* Gate.folder(
    {
      "plan.yaml": "tasks:\n  - { id: a, run: 'true' }\n",
      ".gitattributes": "a filter=slow\n",
      a: "",
    },
    ["filter"],
  );
  const git = (...args: ReadonlyArray<string>) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@localhost", ...args], {
      cwd: folder.path,
    });
  git("init", "--quiet", "--initial-branch=main");
  git("add", "plan.yaml", ".gitattributes", "a");
  git("commit", "--quiet", "--message=start");
  git("config", "filter.slow.smudge", `cd ${folder.path}; echo > filter.begun; read _ < filter.go`);
  const started = yield* folder.start("run");
  yield* folder.reached("filter");
  return started;
});

const resumeCommand = (text: string) =>
  /go on with the run: +orchestrator (resume \S+)/i.exec(text)![1]!;

describe("a run that is asked to end", () => {
  it.live.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("leaves its agents at work at %s and says how to go on", ([signal, code]) =>
    Effect.gen(function* () {
      const folder = yield* Gate.folder({ "plan.yaml": plan }, ["works"]);
      const started = yield* folder.start("run", "--json", "--results", "results.json");
      yield* folder.reached("works");
      yield* started.signal(signal);
      const ended = yield* started.ended;
      expect(ended.code).toBe(code);
      expect(lastEvent(ended.out)).toMatchObject({ _tag: "RunSuspended" });
      expect(ended.error).toContain(
        `■ left at ${signal}: 0 of 2 tasks succeeded; 1 agent goes on working`,
      );
      expect(existsSync(folder.file("results.json"))).toBe(false);

      yield* folder.open("works");
      const resumed = yield* folder.run(...resumeCommand(ended.error).split(" "), "--json");
      expect(resumed.code).toBe(0);
      expect(yield* folder.read("order")).toBe("works\nwaits\n");
      expect(JSON.parse(yield* folder.read("results.json"))).toMatchObject({
        outcome: "succeeded",
        summary: { succeeded: 2, attempts: 2 },
      });
      // One journal, from the first event to the last.
      expect(resumed.out.slice(0, ended.out.length)).toBe(ended.out);
      expect((yield* folder.run("export", "--format", "ndjson")).out).toBe(resumed.out);
    }),
  );

  it.live("exits at once when it is asked again, and says how to go on all the same", () =>
    Effect.gen(function* () {
      const started = yield* stuck;
      const again = Effect.repeat(started.signal("SIGINT"), Schedule.spaced("50 millis"));
      const ended = yield* Effect.raceFirst(started.ended, Effect.andThen(again, Effect.never));
      expect(ended.code).toBe(130);
      expect(ended.error).toMatch(
        /^ending at once: 1 agent goes on working\. Go on with the run: orchestrator resume \S+\n$/,
      );
    }),
  );

  it.live("is out in time although a launch does not come to an end", () =>
    Effect.gen(function* () {
      const started = yield* stuck;
      yield* started.signal("SIGTERM");
      const ended = yield* started.ended;
      expect(ended.code).toBe(143);
      expect(ended.out + ended.error).toMatch(/go on with the run: +orchestrator resume \S+\n/i);
    }),
  );

  it.live("says on standard error how to go on when nobody reads its output any more", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({
        "plan.yaml": `isolation: none\nconcurrency: 1\ntasks:\n${Array.from(
          { length: 30 },
          (_, index) => `  - { id: t${index}, run: "true" }\n`,
        ).join("")}`,
      });
      const started = yield* folder.start("run");
      yield* started.saw(/t0 started/);
      yield* Effect.sync(() => started.process.stdout!.destroy());
      const ended = yield* started.ended;
      expect(ended.code).toBe(141);
      expect(ended.error).toContain("■ left at SIGPIPE: ");
      const resumed = yield* folder.run(...resumeCommand(ended.error).split(" "));
      expect(resumed.out).toContain("✓ 30 tasks succeeded");
    }),
  );
});
