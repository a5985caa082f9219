import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as DoctorClock from "../src/doctor/DoctorClock.ts";
import * as DoctorMachine from "../src/doctor/DoctorMachine.ts";
import * as Screens from "./support/Screens.ts";

describe("DoctorMachine", () => {
  it.each([
    [75e9, "ok", "75.0 GB are free"],
    [200e6, "warning", "Only 200.0 MB are free"],
    [1e6, "problem", "orchestrator gc"],
  ])("judges %d free bytes as %s", (free, level, words) => {
    const found = DoctorMachine.ofSpace(free);
    expect(found).toMatchObject({ level, message: expect.stringContaining(words) });
  });

  const agents = (
    programs: Screens.Options["programs"],
    wanted: ReadonlyArray<string> = [],
    environment: Screens.Options["environment"] = {},
  ) =>
    Effect.gen(function* () {
      const place = yield* Screens.make({
        programs: programs ?? {},
        environment: environment ?? {},
      });
      const tasks = wanted.map((agent) => ({ agent }));
      const found = yield* place.run(DoctorMachine.agents(tasks));
      return found.map(({ level, message }) => `${level}: ${message}`);
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer));

  it.live(
    "names the agents that are here, and whether somebody is signed in where they tell it",
    () =>
      Effect.gen(function* () {
        const codex = `test "$1" = --version && echo codex-cli 0.107.0`;
        const found = yield* agents({ claude: "echo 2.1.160", codex });
        expect(found).toEqual([
          expect.stringMatching(/^ok: Claude.* 2\.1\.160 at .*\/claude; to sign in, run claude/),
          expect.stringMatching(
            /^warning: Codex.* 0\.107\.0 at .* is not signed in: run codex login/,
          ),
        ]);
      }),
  );

  it.live("tells nobody to sign in whose key is set, and not the key", () =>
    Effect.gen(function* () {
      const environment = { ANTHROPIC_API_KEY: "sk-ant-canary" };
      expect(yield* agents({ claude: "echo 2.1.160" }, [], environment)).toEqual([
        expect.stringMatching(/^ok: Claude.* at .*\/claude; ANTHROPIC_API_KEY is set$/),
      ]);
    }),
  );

  it.live("says which agent a plan names that is not here, and how it is installed", () =>
    Effect.gen(function* () {
      expect(yield* agents({}, ["gemini", "local"])).toEqual([
        expect.stringMatching(/^problem: .*gemini on the PATH.*npm install -g @google\/gemini-cli/),
      ]);
      expect(yield* agents({})).toEqual([expect.stringMatching(/^ok: No coding agent/)]);
    }),
  );
});

describe("DoctorClock", () => {
  it("warns of a clock that is wrong, on which side and why it matters", () => {
    const found = DoctorClock.judge(new Map([["api.github.com", 95_000]]));
    expect(found).toEqual([
      {
        about: "clock",
        level: "warning",
        message: expect.stringMatching(
          /1m 35s behind that of api\.github\.com: .*tokens of an App/,
        ),
      },
    ]);
    expect(DoctorClock.judge(new Map([["a", -31_000]]))[0]!.message).toContain("31s ahead of");
  });

  it("finds a clock well within half a minute, and says nothing where nobody was asked", () => {
    expect(DoctorClock.judge(new Map([["a", 29_000]]))).toMatchObject([{ level: "ok" }]);
    expect(DoctorClock.judge(new Map())).toEqual([]);
  });
});
