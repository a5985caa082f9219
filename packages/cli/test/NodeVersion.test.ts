import { readFileSync } from "node:fs";
import { describe, expect, it } from "@effect/vitest";
import * as NodeVersion from "../src/NodeVersion.ts";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  readonly engines: { readonly node: string };
};

describe("NodeVersion", () => {
  it("takes what the package asks for, and newer ones", () => {
    const oldest = manifest.engines.node.replace(">=", "");
    for (const version of [oldest, "22.20.1", "23.0.0", "24.21.0"]) {
      expect(NodeVersion.problem(version)).toBeUndefined();
    }
  });

  it("says of an older one what is needed, and what to do", () => {
    for (const version of ["18.0.0", "20.20.0", "22.18.9"]) {
      expect(NodeVersion.problem(version)).toBe(
        `orchestrator needs Node 22.19 or newer, and this is Node ${version}. Update Node, then try again.`,
      );
    }
  });
});
