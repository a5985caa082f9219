import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it, onTestFinished, vi } from "vitest";

const script = new URL("../src/codegen-server.ts", import.meta.url).pathname;

const makeFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "fakes-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return {
    path: (name: string) => join(folder, name),
    write: (name: string, content: unknown) => {
      writeFileSync(join(folder, name), JSON.stringify(content));
      return join(folder, name);
    },
  };
};

const startServer = (flags: Readonly<Record<string, string>>): ChildProcess => {
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
};

const firstLine = async (child: ChildProcess): Promise<string> => {
  const lines = createInterface({ input: child.stdout! });
  for await (const line of lines) return line;
  throw new Error("no line");
};

const launch = (url: string, signal?: AbortSignal) =>
  fetch(`${url}/v1/organizations/5/agent/run`, {
    method: "POST",
    headers: { authorization: "Bearer t", "content-type": "application/json" },
    body: JSON.stringify({ prompt: "x", metadata: { orchestrator: { task: "a", key: "k" } } }),
    ...(signal === undefined ? {} : { signal }),
  });

const world = {
  orgs: [{ id: 5, name: "Five" }],
  users: [{ id: 1, orgs: [5] }],
  repos: [{ id: 2, orgId: 5, full_name: "five/repo" }],
  tokens: { t: 1 },
};

describe("the fake as a process", () => {
  it("serves script, faults and world from files, and writes its audit as lines of JSON", async () => {
    const folder = makeFolder();
    const faults = [{ on: "create", calls: 1, fault: { kind: "reset", effect: "done" } }];
    const child = startServer({
      script: folder.write("script.json", { fallback: { seconds: 0, result: "Ok." } }),
      faults: folder.write("faults.json", faults),
      world: folder.write("world.json", world),
      audit: folder.path("audit.ndjson"),
    });
    const url = await firstLine(child);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await expect(launch(url)).rejects.toThrow("fetch failed");
    expect(await (await launch(url)).json()).toMatchObject({ status: "COMPLETE", result: "Ok." });
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    const lines = readFileSync(folder.path("audit.ndjson"), "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { seq: 1, fault: "reset", status: null, effect: { type: "created", key: "k" } },
      { seq: 2, fault: null, status: 200, effect: { type: "created", key: "k" } },
      { summary: { launched: 2, duplicates: 1, violations: [] } },
    ]);
  });

  it("writes down what it did for a client that waits in vain", async () => {
    const folder = makeFolder();
    const child = startServer({
      faults: folder.write("faults.json", [{ fault: { kind: "hang", effect: "done" } }]),
      world: folder.write("world.json", world),
      audit: folder.path("audit.ndjson"),
    });
    const lost = launch(await firstLine(child));
    const audit = await vi.waitFor(() => readFileSync(folder.path("audit.ndjson"), "utf8"));
    expect(JSON.parse(audit)).toMatchObject({ status: null, effect: { type: "created" } });
    child.kill("SIGTERM");
    await expect(lost).rejects.toThrow("fetch failed");
  });

  it("goes on when whoever started and called it is gone", async () => {
    const folder = makeFolder();
    const faults = [{ on: "create", fault: { kind: "delay", seconds: 1 } }];
    const child = startServer({
      faults: folder.write("faults.json", faults),
      world: folder.write("world.json", world),
      factor: "100",
    });
    const url = await firstLine(child);
    child.stdout!.destroy();
    child.stderr!.destroy();
    const client = new AbortController();
    const lost = launch(url, client.signal);
    client.abort();
    await expect(lost).rejects.toThrow(/abort/i);
    expect((await launch(url)).status).toBe(200);
    expect(child.exitCode).toBeNull();
  });

  it("refuses what makes no sense, on stderr, with exit 2", async () => {
    const folder = makeFolder();
    const child = startServer({ script: folder.write("script.json", { ruls: [] }) });
    let text = "";
    child.stderr!.on("data", (chunk: Buffer) => (text += chunk.toString()));
    expect(await once(child, "close")).toEqual([2, null]);
    expect(text).toMatch(/script[^]*found \{"ruls":\[\]\}; allowed: rules, fallback, others/);
  });
});
