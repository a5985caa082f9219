import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as ExitCode from "../src/ExitCode.ts";
import * as Command from "./support/Command.ts";
import * as Screens from "./support/Screens.ts";

describe("orchestrator", () => {
  it.live("shows its help on standard output when it is asked for", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const { code, error, out } = yield* folder.run("--help");
      expect(code).toBe(0);
      expect(out).toMatch(/USAGE\n {2}orchestrator <subcommand>/);
      expect(out).toMatch(/\n {2}completions .*\n\nEXAMPLES\n/);
      expect(error).toBe("");
    }),
  );

  it.live("prints its version and nothing else", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const { code, out } = yield* folder.run("--version");
      expect(code).toBe(0);
      expect(out).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
    }),
  );

  it.live("tells a mistyped subcommand on standard error, with what may be meant", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const ended = yield* folder.run("rnu");
      expect(ended.code).toBe(2);
      expect(ended.out).toBe("");
      expect(ended.error).toMatch(
        /^error: Unknown subcommand "rnu".* \[unknown-command\]\n[^]* run\n {4}runs\nTry: orchestrator --help\n$/,
      );
    }),
  );

  it.live("refuses a file of results with another ending before anything runs", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({
        "plan.yaml": "isolation: none\ntasks:\n  - id: a\n    run: echo > ran\n",
      });
      const ended = yield* folder.run("run", "--results", "out.txt");
      expect(ended.code).toBe(2);
      expect(ended.error).toContain("a file name that ends in .json or .csv");
      expect(yield* folder.names()).toEqual(["plan.yaml"]);
    }),
  );

  it.live.each([
    ["plan", ""],
    ["run", ""],
    ["export", ""],
    ["export", "--output", ""],
    ["demo", "--folder", ""],
  ])("takes no empty name: %s %s", (args) =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const { code, error, out } = yield* folder.run(...args);
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(error).toContain("a name that is not empty");
      expect(error).toMatch(new RegExp(`\nTry: orchestrator ${args[0]} --help\n$`));
    }),
  );

  it.live.each(["plan", "run"])(
    "says with 66 that the plan it was given is not there: %s",
    (name) =>
      Effect.gen(function* () {
        const folder = yield* Command.folder({ "plan.yaml": "tasks:\n  - { id: a, run: echo }\n" });
        const { code, error } = yield* folder.run(name, "no/such.yaml");
        expect(code).toBe(66);
        expect(error).toBe(
          "error: there is no plan no/such.yaml. Check the name and the folder. [plan-not-found]\n",
        );
      }),
  );

  it.live.each([
    [["--verison"], "--version"],
    [["STATUS"], "Did you mean this?\n    status\nTry: orchestrator status"],
    [["ls"], "Did you mean this?\n    runs\nTry: orchestrator runs"],
    [["workflow", "check"], "Try: orchestrator workflow --help"],
    [["COMPLETIONS"], "Did you mean this?\n    completions"],
    [["workflow", "VALIDATE"], "Did you mean this?\n    validate"],
    [["run", "--mode", "paralel"], "parallel"],
    [["decide", "api", "relanch"], "relaunch"],
    [["run", "--limit", "cost_us=1"], "did you mean cost_usd?"],
    [["run", "--concurrency", "abc"], '"abc". Expected: a number ['],
    [["run", "--concurrency", "1.5"], '"1.5". Expected: a whole number ['],
    [["run", "--limit", "foo"], '"foo". Expected: KEY=VALUE ['],
    [["run", "--limit", "tokens=many"], "Expected: tokens=NUMBER with a number of 0 or more"],
  ] as ReadonlyArray<readonly [ReadonlyArray<string>, string]>)(
    "says what %j may have meant",
    ([args, meant]) =>
      Effect.gen(function* () {
        const place = yield* Screens.make({});
        yield* place.call(...args);
        expect(place.error()).toContain(meant);
        expect(place.error()).not.toContain("[object");
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  );

  it.live("says what demo does without --concurrency", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const { out } = yield* folder.run("demo", "--help");
      expect(out).toContain("(default 4)");
    }),
  );

  it.live("says what it looked for when there is no plan", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      const ended = yield* folder.run("run");
      expect(ended.code).toBe(66);
      expect(ended.error).toContain(`error: there is no plan in ${folder.path}.`);
      expect(ended.error).toContain("Looked for orchestrator.plan.yaml, orchestrator.plan.yml");
      expect(ended.error).toContain("    run: echo hello");
    }),
  );

  it.live.each([
    [["setup"], "unknown-command", "orchestrator init"],
    [["doctr"], "unknown-command", "orchestrator doctor"],
    [["nonsense"], "unknown-command", "orchestrator --help"],
    [["work.yaml"], "unknown-command", "orchestrator run work.yaml"],
    [["run", "--concurency", "2"], "unknown-flag", "orchestrator run --help"],
    [["decide", "api", "relanch"], "invalid-value", "orchestrator decide --help"],
    [["why"], "argument-missing", "orchestrator why --help"],
  ] as ReadonlyArray<readonly [ReadonlyArray<string>, string, string]>)(
    "tells what is wrong with %j as one JSON object where JSON is asked for",
    ([args, code, fix]) =>
      Effect.gen(function* () {
        const place = yield* Screens.make({});
        const exit = yield* place.call(...args, "--json");
        expect({ code: ExitCode.ofExit(exit), out: place.out() }).toEqual({ code: 2, out: "" });
        const error = { code, message: expect.any(String), fix };
        expect(JSON.parse(place.error())).toEqual({ error });
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  );
});
