import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import * as Completions from "effect/cli/Completions";
import * as Effect from "effect/Effect";
import * as JsonAnswer from "../src/terminal/JsonAnswer.ts";
import { orchestrator } from "../src/Program.ts";
import { Screen } from "../src/terminal/Screen.ts";
import * as Screens from "./support/Screens.ts";

const work = Effect.gen(function* () {
  const { canAsk, out } = yield* Screen;
  yield* out.print(canAsk ? "asks" : "done");
  return { run: "r1", tasks: ["a\u202eb"] };
});

const said = (json: boolean) =>
  Effect.gen(function* () {
    const place = yield* Screens.make({});
    const screen = { ...place.screen, canAsk: true };
    yield* Effect.provideService(JsonAnswer.given(json, work), Screen, screen);
    return { out: place.out(), error: place.error() };
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer));

/** Every command without further ones, by its words. */
const leaves = (
  { flags, name, subcommands }: Completions.CommandDescriptor,
  before: ReadonlyArray<string> = [],
): ReadonlyArray<{ readonly words: string; readonly flags: ReadonlyArray<string> }> => {
  const words = [...before, name];
  if (subcommands.length > 0) return subcommands.flatMap((inner) => leaves(inner, words));
  return [{ words: words.slice(1).join(" "), flags: flags.map((flag) => flag.name) }];
};

describe("JsonAnswer", () => {
  it.live(
    "prints one object for programs, asks nothing, and tells the rest on standard error",
    () =>
      Effect.gen(function* () {
        const { error, out } = yield* said(true);
        expect(error).toBe("done");
        expect(JSON.parse(out)).toEqual({ run: "r1", tasks: ["a\u202eb"] });
        expect(out).not.toContain("\u202e");
      }),
  );

  it.live("leaves people what they are told", () =>
    Effect.gen(function* () {
      expect(yield* said(false)).toEqual({ out: "asks", error: "" });
    }),
  );

  it("is there for every command; a script for a shell, a schema and a protocol are no answers", () => {
    const all = leaves(Completions.fromCommand(orchestrator));
    const lacking = all.filter(({ flags }) => !flags.includes("json")).map(({ words }) => words);
    expect(all.length).toBeGreaterThan(15);
    expect(lacking).toEqual(["mcp", "config schema", "completions"]);
  });
});
