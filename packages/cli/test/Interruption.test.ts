import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import * as Command from "./support/Command.ts";

/** One task that works for ever, one that waits for it, one that found nothing to do. */
const endless = (run: string) => `isolation: none
concurrency: 1
tasks:
  - id: works
    run: |
      ${run}
  - { id: waits, run: "true", dependsOn: [works] }
`;

/** Whether a process of the group still works. In containers nobody may collect zombies. */
const isAlive = (group: number): boolean => {
  try {
    process.kill(-group, 0);
  } catch {
    return false;
  }
  return !existsSync("/proc") || readdirSync("/proc").some((name) => worksIn(group, name));
};

const worksIn = (group: number, name: string): boolean => {
  const file = `/proc/${name}/stat`;
  if (!/^\d+$/.test(name) || !existsSync(file)) return false;
  const stat = readFileSync(file, "utf8");
  const [state, , own] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(own) === group && state !== "Z" && state !== "X";
};

/** The process group of the command at work, once it is known. */
const groupOf = (started: Command.Started) =>
  Effect.map(started.saw(/"AgentRunStarted"[^\n]*"id":"[^"]*\/(\d+)"/), (match) =>
    Number(match[1]),
  );

const lastEvent = (out: string) => Command.entries(out).at(-1)!.event;

describe("a run that is interrupted", () => {
  it.live.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("ends in order at %s and leaves nothing running", ([signal, code]) =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({
        "plan.yaml": endless("sleep 1000 & sleep 1000; wait"),
      });
      const started = yield* folder.start("run", "--json", "--results", "results.json");
      const group = yield* groupOf(started);
      yield* started.signal(signal);
      const ended = yield* started.ended;
      expect(ended.code).toBe(code);
      expect(lastEvent(ended.out)).toMatchObject({ _tag: "RunEnded", outcome: "cancelled" });
      expect(ended.error).toContain(`■ stopped by ${signal}: 0 of 2 tasks succeeded`);
      expect(isAlive(group)).toBe(false);
      expect(JSON.parse(yield* folder.read("results.json"))).toMatchObject({
        outcome: "cancelled",
        summary: { cancelled: 2 },
      });
      const exported = yield* folder.run("export", "--format", "ndjson");
      expect(exported.out).toBe(ended.out);
    }),
  );

  it.live("exits at once when it is asked again", () =>
    Effect.gen(function* () {
      // It ignores SIGTERM, and says so by a new task.
      const stubborn = `trap '' TERM; echo '{"id":"found","run":"true"}' >> "$ORCHESTRATOR_DISCOVERED"; while :; do sleep 1; done`;
      const folder = yield* Command.folder({ "plan.yaml": endless(stubborn) });
      const started = yield* folder.start("run", "--json");
      const group = yield* groupOf(started);
      yield* Effect.gen(function* () {
        yield* started.saw(/"by":"works"/);
        yield* started.signal("SIGINT");
        yield* started.saw(/"CancelIntended"/);
        const again = Effect.repeat(started.signal("SIGINT"), Schedule.spaced("50 millis"));
        const ended = yield* Effect.raceFirst(started.ended, Effect.andThen(again, Effect.never));
        expect(ended.code).toBe(130);
        expect(lastEvent(ended.out)._tag).not.toBe("RunEnded");
        expect(ended.error).not.toContain("stopped by");
        expect(ended.error).toMatch(
          /^ending at once: 1 command was killed; its log is in \.orchestrator\/runs\/\S+\/logs\n$/,
        );
        const isGone = Effect.sync(() => !isAlive(group));
        yield* Effect.repeat(isGone, { until: Boolean, schedule: Schedule.spaced("20 millis") });
      }).pipe(
        Effect.ensuring(Effect.sync(() => isAlive(group) && process.kill(-group, "SIGKILL"))),
      );
    }),
  );

  it.live("ends quietly when nobody reads its output any more", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({
        "plan.yaml": `isolation: none\nconcurrency: 1\ntasks:\n${Array.from(
          { length: 200 },
          (_, index) => `  - { id: t${index}, run: "true" }\n`,
        ).join("")}`,
      });
      const started = yield* folder.start("run");
      yield* started.saw(/t0 started/);
      yield* Effect.sync(() => started.process.stdout!.destroy());
      const ended = yield* started.ended;
      expect({ code: ended.code, error: ended.error }).toEqual({ code: 141, error: "" });
    }),
  );
});
