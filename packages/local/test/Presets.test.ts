import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Presets from "../src/presets/Presets.ts";
import { install } from "./support/coder.ts";
import { services } from "./support/repository.ts";

describe("coding agents of this machine", () => {
  it("are known by the names of their programs", () => {
    expect(Presets.names).toEqual(["claude", "codex", "gemini", "opencode"]);
    expect(Presets.named("codex")?.title).toBe("Codex");
    expect(Presets.named("local")).toBeUndefined();
    expect(Presets.named(undefined)).toBeUndefined();
  });

  it("get the variables that they name, and no key of each other's publishers", () => {
    const of = (name: string) => Presets.environmentOf(Presets.named(name)!);
    for (const name of Presets.names) expect(of(name)).toEqual(expect.arrayContaining(["HOME"]));
    expect(of("claude")).toContain("ANTHROPIC_API_KEY");
    expect(of("claude")).not.toContain("OPENAI_API_KEY");
    expect(of("codex")).not.toContain("ANTHROPIC_API_KEY");
    expect(of("gemini").filter((name) => /ANTHROPIC|OPENAI|GITHUB/.test(name))).toEqual([]);
  });

  it.live("are found on the PATH, with the versions that they tell", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const { environment, folder } = yield* install();
      const version = `${folder}/version`;
      yield* fs.writeFileString(
        version,
        `case $0 in
*/claude) echo "2.1.160 (Claude Code)";;
*/codex) echo; echo "codex-cli 0.107.0-alpha.1";;
*/gemini) exit 1;;
*/opencode) echo "new and shiny";;
esac
`,
      );
      const found = yield* Presets.detect({ ...environment, VERSION: version });
      expect(found.map(({ name, path, version: told }) => [name, path, told])).toEqual([
        ["claude", `${folder}/bin/claude`, "2.1.160"],
        ["codex", `${folder}/bin/codex`, "0.107.0-alpha.1"],
        ["gemini", `${folder}/bin/gemini`, undefined],
        ["opencode", `${folder}/bin/opencode`, "new and shiny"],
      ]);
    }).pipe(Effect.provide(services)),
  );

  it.live("are not here if the PATH has none, or only files that are no programs", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const { environment, folder } = yield* install();
      yield* fs.chmod(`${folder}/bin/claude`, 0o644);
      const found = yield* Presets.detect({ ...environment, PATH: `${folder}/bin` });
      expect(found[0]).toEqual({
        name: "claude",
        program: "claude",
        path: undefined,
        version: undefined,
      });
      const none = yield* Presets.detect({ PATH: "/nonexistent" });
      expect(none.map(({ path }) => path)).toEqual([undefined, undefined, undefined, undefined]);
    }).pipe(Effect.provide(services)),
  );
});
