import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Screens from "./support/Screens.ts";

/** What bash proposes for the last word of a line, with the script sourced as people would. */
const proposed = (script: string, ...words: ReadonlyArray<string>): ReadonlyArray<string> => {
  const [last = "", before = ""] = words.toReversed();
  const line = words.map((word) => `'${word}'`).join(" ");
  const lines = [
    `source '${script}'`,
    `COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}`,
    `COMP_LINE="${words.join(" ")}"; COMP_POINT=\${#COMP_LINE}`,
    `complete=$(complete -p orchestrator | sed 's/.*-F \\([^ ]*\\).*/\\1/')`,
    `$complete orchestrator '${last}' '${before}'`,
    `printf '%s\\n' "\${COMPREPLY[@]}"`,
  ];
  const text = execFileSync("bash", ["--norc", "-c", lines.join("\n")], { encoding: "utf8" });
  return text.split("\n").filter((word) => word !== "");
};

const scriptFor = Effect.fnUntraced(function* (shell: string) {
  const place = yield* Screens.make({});
  yield* place.call("completions", shell);
  return { folder: place.folder, script: place.out() };
});

describe("orchestrator completions", () => {
  it.live("completes commands, flags and their values in bash", () =>
    Effect.gen(function* () {
      const { folder, script } = yield* scriptFor("bash");
      const file = join(folder, "orchestrator.bash");
      writeFileSync(file, script);
      expect(proposed(file, "orchestrator", "res")).toEqual(["resume", "resources"]);
      expect(proposed(file, "orchestrator", "plan", "--form")).toEqual(["--format"]);
      expect(proposed(file, "orchestrator", "plan", "--format", "me")).toEqual(["mermaid"]);
      expect(proposed(file, "orchestrator", "completions", "z")).toEqual(["zsh"]);
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  );

  it.live.each([
    ["zsh", "#compdef orchestrator"],
    ["fish", "complete -c orchestrator"],
  ] as const)("prints a script for %s", ([shell, words]) =>
    Effect.gen(function* () {
      const { script } = yield* scriptFor(shell);
      expect(script).toContain(words);
      expect(script).toContain("retry");
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  );
});
