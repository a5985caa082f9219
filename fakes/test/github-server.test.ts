import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it, onTestFinished } from "vitest";

const script = new URL("../src/github-server.ts", import.meta.url).pathname;

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

const firstLine = async (stream: ChildProcess["stdout"]): Promise<string> => {
  for await (const line of createInterface({ input: stream! })) return line;
  throw new Error("no line");
};

describe("the fake of GitHub as a process", () => {
  it("serves a world from a file, and writes its audit as lines of JSON", async () => {
    const folder = makeFolder();
    const child = startServer({
      world: folder.write("world.json", {
        repos: [{ name: "acme/shop", issues: [{ title: "One" }] }],
        tokens: [{ token: "t", kind: "classic", user: "operator", scopes: ["repo"] }],
      }),
      audit: folder.path("audit.ndjson"),
    });
    const url = await firstLine(child.stdout);
    const headers = { authorization: "Bearer t" };
    const response = await fetch(`${url}/repos/acme/shop/issues`, { headers });
    expect(await response.json()).toMatchObject([{ title: "One" }]);
    child.kill("SIGTERM");
    await once(child, "exit");
    const lines = readFileSync(folder.path("audit.ndjson"), "utf8").trim().split("\n");
    const [entry, last] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entry).toMatchObject({ endpoint: "issues.list", status: 200, who: "operator" });
    expect(last).toMatchObject({ summary: { requests: { "issues.list": 1 }, violations: [] } });
  });

  it("serves a generated world as a server of one's own", async () => {
    const child = startServer({ issues: "30", ghes: "3.20.0" });
    const url = await firstLine(child.stdout);
    const headers = { authorization: "Bearer fake-github-token" };
    const issues = await fetch(`${url}/api/v3/repos/acme/shop/issues?state=all`, { headers });
    expect(await issues.json()).toHaveLength(30);
    const answer = await fetch(`${url}/api/graphql`, {
      method: "POST",
      headers,
      body: JSON.stringify({ query: "{ viewer { login } }" }),
    });
    expect(await answer.json()).toEqual({ data: { viewer: { login: "operator" } } });
  });

  it("says what is wrong with a file and ends with 2", async () => {
    const folder = makeFolder();
    const child = startServer({ world: folder.write("world.json", { repo: [] }) });
    const message = firstLine(child.stderr);
    const [code] = (await once(child, "exit")) as [number];
    expect([await message, code]).toEqual(["the world of the fake is not valid:", 2]);
  });
});
