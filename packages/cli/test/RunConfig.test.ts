import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Command from "./support/Command.ts";
import * as Gate from "./support/Gate.ts";

const config = `agent:
  max_concurrent_agents: 3
  task_timeout_seconds: 77
  retry_attempts: \${TRIES:-5}
  retry_delay_seconds: 2
`;

const plan = `isolation: none
tasks:
  - { id: a, run: "true" }
  - { id: b, run: "true", dependsOn: [a], timeout: 5, retry: { attempts: 1 } }
`;

const run = ["run", "--config", "config.yaml", "--json"] as const;

describe("orchestrator run with a configuration", () => {
  it.live("takes from it what neither flags nor the plan say", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": plan, "config.yaml": config });
      const { code, out } = yield* folder.run(...run);
      expect(code).toBe(0);
      const [started, added] = Command.entries(out).map(({ event }) => event);
      expect(started).toMatchObject({
        concurrency: 3,
        settings: { timeoutSeconds: 77, retry: { attempts: 5, delaySeconds: 2 } },
        context: { config: folder.file("config.yaml") },
      });
      expect(added).toMatchObject({ tasks: [{}, { timeoutSeconds: 5, retry: { attempts: 1 } }] });
      const flagged = yield* folder.run(...run, "--concurrency", "1");
      expect(Command.entries(flagged.out)[0]!.event).toMatchObject({ concurrency: 1 });
      yield* folder.write("plan.yaml", `concurrency: 2\n${plan}`);
      const planned = yield* folder.run(...run);
      expect(Command.entries(planned.out)[0]!.event).toMatchObject({ concurrency: 2 });
    }),
  );

  it.live("goes on without its file where nothing but commands is left", () =>
    Effect.gen(function* () {
      const text = `isolation: none\ntasks:\n  - { id: a, run: '${Gate.closed("a")}' }\n`;
      const folder = yield* Gate.folder({ "plan.yaml": text, "config.yaml": config }, ["a"]);
      const started = yield* folder.start(...run);
      yield* folder.reached("a");
      yield* started.signal("SIGKILL");
      yield* started.ended;
      yield* folder.write("config.yaml", "agnet: {}");
      yield* folder.open("a");
      const { code, error } = yield* folder.run("resume");
      expect(code).toBe(0);
      expect(error).toMatch(/^warning: The run goes on without Codegen: .*agnet/);
      const asked = yield* folder.run("resume", "--config", "config.yaml");
      expect(asked.code).toBe(66);
    }),
  );

  it.live("ends with 78 before anything runs, and tells every mistake with its place", () =>
    Effect.gen(function* () {
      const wrong = "agent:\n  retry_attempts: many\ngithubs: {}\n";
      const folder = yield* Command.folder({ "plan.yaml": plan, "config.yaml": wrong });
      const { code, error } = yield* folder.run("run", "--config", "config.yaml");
      expect(code).toBe(78);
      expect(error).toMatch(/config\.yaml:2:19 {2}agent\.retry_attempts: must be a whole number/);
      expect(error).toMatch(/config\.yaml:3:1 {2}githubs: unknown key; .* did you mean "github"\?/);
      expect(yield* folder.names()).toEqual(["config.yaml", "plan.yaml"]);
    }),
  );

  it.live("says so when there is no such file", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": plan });
      const { code, error } = yield* folder.run(...run);
      expect(code).toBe(78);
      expect(error).toContain(
        "config.yaml  the file does not exist; check the name and the folder",
      );
    }),
  );
});
