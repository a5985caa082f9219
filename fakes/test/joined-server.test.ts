import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it, onTestFinished, vi } from "vitest";

const program = new URL("../src/joined-server.ts", import.meta.url).pathname;

const firstLine = async (input: NodeJS.ReadableStream): Promise<string> => {
  for await (const line of createInterface({ input })) return line;
  throw new Error("no line");
};

describe("both fakes as one process", () => {
  it("print both URLs, and write what agents opened and clients did into the audit", async () => {
    const folder = mkdtempSync(join(tmpdir(), "fakes-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const write = (name: string, content: unknown) => {
      writeFileSync(join(folder, name), JSON.stringify(content));
      return join(folder, name);
    };
    const world = {
      users: ["operator"],
      repos: [{ name: "acme/shop", permissions: { operator: "admin" }, issues: [{}] }],
    };
    const audit = join(folder, "github.ndjson");
    const flags = {
      codegen: write("codegen.json", { script: { fallback: { seconds: 0 } } }),
      github: write("github.json", { world }),
      opens: write("opens.json", [{ match: {}, opens: { title: "Done" } }]),
      "github-audit": audit,
    };
    const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const urls = JSON.parse(await firstLine(child.stdout)) as Record<"codegen" | "github", string>;
    const send = async (url: string, token: string, body?: object) => {
      const answer = await fetch(url, {
        method: body === undefined ? "GET" : "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return (await answer.json()) as ReadonlyArray<Record<string, unknown>>;
    };
    await send(`${urls.codegen}/v1/organizations/1/agent/run`, "fake-codegen-token", {
      prompt: "x",
      metadata: { orchestrator: { task: "acme/shop#1", attempt: 1 } },
    });
    const shop = `${urls.github}/repos/acme/shop`;
    await vi.waitFor(async () => {
      expect(await send(`${shop}/pulls`, "fake-github-token")).toMatchObject([{ title: "Done" }]);
    });
    await send(`${shop}/issues/1/comments`, "fake-github-token", { body: "hello" });
    child.kill("SIGTERM");
    await once(child, "exit");
    const lines = readFileSync(audit, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, Record<string, unknown>>);
    expect(lines.flatMap(({ deed }) => deed ?? [])).toMatchObject([
      { what: "comment.created", on: "acme/shop#1", isApi: true },
    ]);
    expect(lines.at(-1)!["summary"]).toMatchObject({
      deeds: { "comment.created": 1 },
      opened: [{ task: "acme/shop#1", pull: "acme/shop#2" }],
      forbidden: [],
      violations: [],
    });
  });
});
