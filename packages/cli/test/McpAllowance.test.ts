import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as McpAllowance from "../src/mcp/McpAllowance.ts";
import * as McpHttpToken from "../src/mcp/McpHttpToken.ts";
import * as McpPermission from "../src/mcp/McpPermission.ts";
import * as Screens from "./support/Screens.ts";

const file = "mcp:\n  allow: [run, decide]\n";
const none = { config: [], allowHost: [], allow: [] };

const read = Effect.fnUntraced(function* (
  options: Screens.Options,
  flags: Partial<McpAllowance.Flags> = {},
) {
  const { run } = yield* Screens.make(options);
  return yield* run(McpAllowance.read({ ...none, ...flags }));
}, Effect.provide(NodeServices.layer));

describe("McpAllowance", () => {
  it.live("takes what the operator says by flag, by variable, and in a file that is named", () =>
    Effect.gen(function* () {
      const files = { "orchestrator.yaml": file };
      const named = yield* read({ files }, { config: ["orchestrator.yaml"], allow: ["cancel"] });
      expect([...named.allowed]).toEqual(["cancel", "run", "decide"]);
      const environment = { ORCHESTRATOR_MCP_ALLOW: "retry" };
      expect([...(yield* read({ environment })).allowed]).toEqual(["retry"]);
    }),
  );

  it.live("takes nothing from a file that nobody named, and tells how it would count", () =>
    Effect.gen(function* () {
      const allowance = yield* read({ files: { "orchestrator.yaml": file } });
      expect(allowance.allowed.size).toBe(0);
      const refused = yield* Effect.flip(McpAllowance.check(allowance, "run"));
      expect(refused.message).toMatch(/nobody named that file.*--config \S+orchestrator\.yaml\.$/);
    }),
  );

  it("knows the words of a list, and takes no other", () => {
    expect(McpPermission.parse("run, decide")).toEqual(["run", "decide"]);
    expect(McpPermission.parse("all")).toEqual(McpPermission.names);
    expect(["", "run,rm", "all,run"].map(McpPermission.parse)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("McpHttpToken", () => {
  it.live("makes a file that only its owner reads, and takes it again", () =>
    Effect.gen(function* () {
      const { folder, run } = yield* Screens.make({});
      const made = yield* run(McpHttpToken.read("token"));
      const whole = join(folder, "token");
      expect(statSync(whole).mode & 0o777).toBe(0o600);
      expect(readFileSync(whole, "utf8")).toBe(`${made.value}\n`);
      expect(yield* run(McpHttpToken.read("token"))).toEqual(made);
      chmodSync(whole, 0o644);
      const open = yield* Effect.flip(run(McpHttpToken.read("token")));
      expect(open.message).toContain("chmod 600");
      writeFileSync(whole, "guess\n");
      chmodSync(whole, 0o600);
      const short = yield* Effect.flip(run(McpHttpToken.read("token")));
      expect(short.message).toContain("at least 32 characters");
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it("is shown by nothing but itself", () => {
    const shown = ["Bearer secret", "bearer secret", "secret", "Bearer secre", undefined];
    expect(shown.map((one) => McpHttpToken.isShown(one, "secret"))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
