import { execFileSync } from "node:child_process";
import { describe, it } from "@effect/vitest";
import { expect } from "vitest";
import { wordForShell } from "../src/plan/ShellQuoting.ts";

describe("a word for the shell", () => {
  it("stays as it is where that is one plain word", () => {
    for (const word of ["orchestrator/r1/@merged", "/home/me/my-repo_1.0", "a=b", "-C"]) {
      const quoted = wordForShell(word);
      expect(quoted).toBe(word === "-C" ? "'-C'" : word);
    }
  });

  it("is what the shell reads, whatever it holds", () => {
    const words = ["", "~", "a b", "it's", "$HOME", "`x`", "a\nb", "\u00fc", "#x", "*", "\\", "=x"];
    const shown = execFileSync("/bin/sh", [
      "-c",
      `printf '%s\\0' ${words.map(wordForShell).join(" ")}`,
    ]);
    expect(shown.toString().split("\0").slice(0, -1)).toEqual(words);
  });
});
