import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as ExitCode from "../src/ExitCode.ts";
import * as Screens from "./support/Screens.ts";

const files = { "plan.yaml": "isolation: none\ntasks:\n  - { id: a, run: echo }\n" };

describe("--json beside --format", () => {
  it.live("is refused where they ask for two formats, before anything is looked at", () =>
    Effect.gen(function* () {
      const place = yield* Screens.make({});
      for (const [command, asJson, format] of [
        ["plan", "json", "dot"],
        ["plan", "json", "text"],
        ["export", "json", "csv"],
        ["log", "ndjson", "text"],
        ["status", "json", "text"],
        ["status", "json", "prometheus"],
      ] as const) {
        const exit = yield* place.call(command, "--json", "--format", format);
        expect(ExitCode.ofExit(exit)).toBe(2);
        const { message } = Exit.isFailure(exit) ? (Cause.squash(exit.cause) as Error) : Error();
        expect(message).toContain(`--format ${format}`);
        expect(message).toContain("--json");
        if (format !== "prometheus") expect(message).toContain(`--json is --format ${asJson}`);
      }
      expect(place.out()).toBe("");
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  );

  it.live("is taken where they ask for the same", () =>
    Effect.gen(function* () {
      const [one, both] = [yield* Screens.make({ files }), yield* Screens.make({ files })];
      yield* one.call("plan", "--json");
      yield* both.call("plan", "--json", "--format", "json");
      expect(JSON.parse(both.out())).toEqual(JSON.parse(one.out()));
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  );
});
