import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as ExitCode from "../src/ExitCode.ts";
import * as RunSetup from "../src/run/RunSetup.ts";

const setup: RunSetup.RunSetup = {
  root: "/shop",
  plan: "/shop/plans/plan.yaml",
  folder: "/shop/plans",
  isolation: "worktree",
  base: "main",
  defaults: { retry: { attempts: 2 } },
  keepFailed: true,
  updateCheckout: false,
  results: "/shop/results.csv",
};

const refusal = (context: Parameters<typeof RunSetup.decode>[1]) =>
  Effect.map(Effect.flip(RunSetup.decode("r\u001b[2J", context)), (error) => ({
    code: ExitCode.ofError(error),
    message: error.message,
  }));

describe("RunSetup", () => {
  it.effect("reads back what it wrote", () =>
    Effect.gen(function* () {
      const context = JSON.parse(JSON.stringify(RunSetup.encode(setup)));
      expect(yield* RunSetup.decode("r", context)).toMatchObject(setup);
    }),
  );

  it.effect("stays readable for older programs where it is that of a plan file", () =>
    Effect.sync(() => {
      expect(RunSetup.encode(setup)).toMatchObject({ program: "orchestrator", version: 1 });
    }),
  );

  it.effect("keeps where the tasks of a run on GitHub came from, and where changes land", () =>
    Effect.gen(function* () {
      const github: RunSetup.OnGitHub = {
        api: "https://api.github.com",
        sources: ["acme/shop issues"],
        repositories: ["acme/shop"],
        base: "main",
        landing: "auto",
        isSilent: false,
      };
      const { plan: _, ...rest } = setup;
      const context = RunSetup.encode({ ...rest, github });
      expect(context).toMatchObject({ version: 2 });
      expect(yield* RunSetup.decode("r", context)).toMatchObject({ github });
    }),
  );

  it.effect("keeps the coding agents of the run, which older programs do not have", () =>
    Effect.gen(function* () {
      const agents = { claude: { args: ["--allowedTools", "Bash"], passEnv: ["MINE"] }, codex: {} };
      const context = RunSetup.encode({ ...setup, agents });
      expect(context).toMatchObject({ version: 3 });
      expect(yield* RunSetup.decode("r", context)).toMatchObject({ agents });
    }),
  );

  it.effect("refuses a run that another program started", () =>
    Effect.gen(function* () {
      const message =
        "the run r was not started by this command: its journal does not say with which agents it works. Go on with it in the program that started it.";
      expect(yield* refusal(undefined)).toEqual({ code: 65, message });
      expect(yield* refusal({ program: "other", version: 1 })).toEqual({ code: 65, message });
    }),
  );

  it.effect("refuses a setup of a later version with 78, and says what to do", () =>
    Effect.gen(function* () {
      expect(yield* refusal({ program: "orchestrator", version: 5, agents: [] })).toEqual({
        code: 78,
        message:
          "the run r was started by a later version of orchestrator (its setup has version 5, this one understands 4). Update orchestrator, then try again.",
      });
    }),
  );

  it.effect("says what is wrong with a setup that lacks something", () =>
    Effect.gen(function* () {
      const { folder: _, ...rest } = setup;
      const { code, message } = yield* refusal({ program: "orchestrator", version: 1, ...rest });
      expect(code).toBe(65);
      expect(message).toMatch(/^the setup of the run r is not what this command writes: .*folder/);
    }),
  );
});
