import type { ChildProcess } from "node:child_process";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Command from "./support/Command.ts";
import * as Gate from "./support/Gate.ts";
import * as Mcp from "./support/Mcp.ts";

const plan = `isolation: none
tasks:
  - { id: works, run: '${Gate.closed("works")}' }
`;

/** The command as a client starts it, with a way to send what no client sends. */
const start = Effect.fnUntraced(function* (folder: Command.Folder, ...args: ReadonlyArray<string>) {
  const [command = "", ...own] = Command.words;
  const transport = new StdioClientTransport({
    command,
    args: [...own, "mcp", ...args],
    cwd: folder.path,
    env: { PATH: process.env["PATH"] ?? "", HOME: folder.path },
    stderr: "pipe",
  });
  let error = "";
  transport.stderr?.on("data", (chunk: Buffer) => (error += chunk.toString()));
  const client = new Client({ name: "test", version: "1.0.0" });
  yield* Effect.acquireRelease(
    Effect.promise(() => client.connect(transport)),
    () => Effect.promise(() => client.close()),
  );
  const child = Reflect.get(transport, "_process") as ChildProcess;
  let [all, out] = ["", ""];
  const watchers = new Set<() => void>();
  child.stdout!.on("data", (chunk: Buffer) => {
    all += chunk.toString();
    out += chunk.toString();
    watchers.forEach((watcher) => watcher());
  });
  const code = new Promise<number | null>((resolve) => child.on("close", resolve));
  /** Sends bytes, and waits for an answer to them. */
  const answered = (bytes: string | Uint8Array, expected: RegExp) =>
    Effect.callback<void>((resume) => {
      const watcher = () => {
        if (!expected.test(out)) return;
        watchers.delete(watcher);
        resume(Effect.void);
      };
      watchers.add(watcher);
      out = "";
      child.stdin!.write(bytes);
    });
  const leave = Effect.promise(() => {
    child.stdin!.end();
    return code;
  });
  return { client, answered, leave, error: () => error, out: () => all };
});

const sent = (message: unknown) => `${JSON.stringify(message)}\n`;

describe("orchestrator mcp on standard input and output", () => {
  it.live("answers what is no message and goes on; without its client it leaves its runs", () =>
    Effect.gen(function* () {
      const folder = yield* Gate.folder({ "plan.yaml": plan }, ["works"]);
      const { answered, client, error, leave, out } = yield* start(folder, "--allow", "run");
      expect(client.getServerVersion()).toMatchObject({ name: "orchestrator" });
      expect(client.getInstructions()).toContain("the operator has allowed: run.");

      yield* answered("no JSON\n", /"id":null,"error":\{"code":-32700/);
      yield* answered(Buffer.from([0xff, 0xfe, 0x0a]), /"code":-32700/);
      yield* answered(`${"x".repeat(10 * 2 ** 20)}\n`, /has more than 1048576 bytes/);
      yield* answered(sent({ id: 71, method: "ping" }), /"id":71,"error":\{"code":-32600/);
      yield* answered(sent({ jsonrpc: "2.0", id: 72, method: 5 }), /"id":72,"error":.*-32600/);
      yield* answered(
        sent({ jsonrpc: "2.0", id: 73, method: "no/such" }),
        /"id":73,"error":\{"code":-32601/,
      );
      yield* answered(
        sent({ jsonrpc: "2.0", id: 74, method: "tools/call", params: { name: 5 } }),
        /"id":74,"error"/,
      );
      yield* answered(sent([]), /batches are not supported/);

      const calls = Array.from({ length: 20 }, () => Mcp.call(client, "plan"));
      const plans = yield* Effect.all(calls, { concurrency: "unbounded" });
      expect(plans.every(({ data }) => data["launches"] === 1)).toBe(true);

      const started = yield* Mcp.call(client, "run");
      const id = String(started.data["run"]);
      yield* folder.reached("works");
      const refused = yield* Mcp.call(client, "cancel", { run: id });
      expect(refused.text).toContain("cancel is not allowed here");
      expect(yield* leave).toBe(0);
      expect(error()).toContain(`orchestrator resume ${id}`);
      // The command of the task goes on by itself.
      yield* folder.open("works");
      const lines = out().trimEnd().split("\n");
      expect(lines.filter((line) => JSON.parse(line).jsonrpc !== "2.0")).toEqual([]);
    }),
  );
});
