import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, it } from "@effect/vitest";
import {
  Action,
  AgentPool,
  Journal,
  Orchestrator,
  type RunEvent,
  type Task,
} from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as Layer from "effect/Layer";
import type * as Schema from "effect/Schema";
import { afterAll, beforeAll, expect } from "vitest";
import * as Actions from "../src/Actions.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "actions-"));
const files = path.join(folder, "files");
const requests: Array<string> = [];

const server = http.createServer((request, response) => {
  requests.push(`${request.method} ${request.url}`);
  const json = (status: number, body: unknown, headers = {}) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  };
  const url = new URL(request.url!, "http://x");
  if (url.pathname === "/echo") {
    request.setEncoding("utf8");
    let body = "";
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      const { authorization, "content-type": type } = request.headers;
      json(200, { body, authorization: authorization ?? null, type: type ?? null });
    });
  } else if (url.pathname === "/here") json(302, {}, { location: "/echo" });
  else if (url.pathname === "/away") json(302, {}, { location: "https://elsewhere.example/x" });
  else if (url.pathname === "/cut") response.destroy();
  else if (url.pathname === "/silent") return;
  else if (url.pathname === "/large") response.end("x".repeat(2_000_000));
  else json(Number(url.pathname.slice(1)), { said: url.pathname });
});

let base = "";
beforeAll(
  () =>
    new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        resolve();
      });
    }),
);
afterAll(() => {
  server.closeAllConnections();
  server.close();
  fs.rmSync(folder, { recursive: true });
});

const pool = Layer.unwrap(
  Effect.map(Action.Registry, (registry) =>
    AgentPool.AgentPool.layer({ agents: [{ agent: Action.agent(registry) }] }),
  ),
);
const layerOn = (journal: Layer.Layer<Journal.Journal>) =>
  Orchestrator.Orchestrator.layer.pipe(
    Layer.provide([pool, journal]),
    Layer.provide(
      Layer.unwrap(
        Effect.sync(() =>
          Actions.layer({
            folder,
            environment: { PATH: process.env["PATH"] ?? "" },
            allowedHosts: ["127.0.0.1"],
            secrets: { TOKEN: "s3cret" },
            files,
          }),
        ),
      ),
    ),
    Layer.provide([NodeServices.layer, FetchHttpClient.layer]),
  );

const layer = layerOn(Journal.Journal.layerMemory);

const once = { retry: { attempts: 1 } };

const run = (tasks: ReadonlyArray<Task.Task>) =>
  Effect.flatMap(Orchestrator.Orchestrator, (service) => service.run(tasks)).pipe(
    Effect.provide(layer),
  );

/** How one step ended: its outcome with its output, failure or question. */
const ended = Effect.fnUntraced(function* (uses: string, input: Schema.Json) {
  const { state } = yield* run([{ id: "a", ...once, payload: { uses, with: input } }]);
  const { attempts, outcome, reason } = state.get("a")!;
  const { failure, output } = attempts.at(-1)!;
  return { outcome, output, attempts: attempts.length, failure, reason };
});

const requested = (given: string, more: Readonly<Record<string, Schema.Json>> = {}) =>
  ended("http.request", { url: base + given, ...more });

describe("http.request", () => {
  it.live("answers with JSON, and fills secrets in at the last moment", () =>
    Effect.gen(function* () {
      const answer = yield* requested("/echo", {
        method: "POST",
        headers: { Authorization: "Bearer ${TOKEN}" },
        body: { a: 1 },
      });
      expect(answer.output).toEqual({
        status: 200,
        body: { body: '{"a":1}', authorization: "Bearer s3cret", type: "application/json" },
      });
      expect(yield* requested("/here")).toMatchObject({ outcome: "Succeeded" });
    }),
  );

  it.live("fails for good at a refusal, a redirect elsewhere and a secret that is not there", () =>
    Effect.gen(function* () {
      for (const [where, more, message] of [
        ["/404", {}, 'was answered with 404: {"said":"/404"}'],
        ["/away", {}, "is redirected to https://elsewhere.example, which is not followed"],
        ["/302", { method: "POST" }, "is redirected to elsewhere"],
        ["/echo", { headers: { x: "${NO}" } }, "set the variable ORCHESTRATOR_SECRET_NO"],
      ] as const) {
        const { failure, outcome } = yield* requested(where, more);
        expect(failure).toMatchObject({
          class: "permanent",
          message: expect.stringContaining(message),
        });
        expect(outcome).toBe("Failed");
      }
    }),
  );

  it.live("asks a person where a request that changes something has no clear answer", () =>
    Effect.gen(function* () {
      requests.length = 0;
      for (const [where, more] of [
        ["/cut", {}],
        ["/503", {}],
        ["/large", {}],
        ["/silent", { timeoutSeconds: 1 }],
      ] as const) {
        const { outcome, reason } = yield* requested(where, { method: "POST", ...more });
        expect(outcome).toBe("Held");
        expect(reason).toMatchObject({
          _tag: "NeedsDecision",
          question: expect.stringContaining(`nobody knows whether POST ${base}${where}`),
        });
      }
      expect(requests).toHaveLength(4);
    }),
  );

  it.live("tries a request that only reads again", () =>
    Effect.gen(function* () {
      requests.length = 0;
      const { state } = yield* run([
        {
          id: "a",
          retry: { attempts: 2, delaySeconds: 0.01 },
          payload: { uses: "http.request", with: { url: `${base}/503` } },
        },
      ]);
      expect(state.get("a")!.outcome).toBe("Failed");
      expect(requests).toEqual(["GET /503", "GET /503"]);
    }),
  );

  it.live("asks no host that is not allowed, wherever its address comes from", () =>
    Effect.gen(function* () {
      const refused = yield* Effect.flip(ended("http.request", { url: "https://other.example/" }));
      expect(refused).toMatchObject({ _tag: "PlanInvalid" });
      expect(refused.message).toContain("run with --allow-host other.example");
      const { state } = yield* run([
        { id: "a", payload: { uses: "shell.run", with: { run: "echo https://other.example" } } },
        {
          id: "b",
          dependsOn: ["a"],
          payload: { uses: "http.request", with: { url: "{{ tasks.a.output.stdout }}" } },
        },
      ]);
      expect(state.get("b")!.attempts[0]!.failure).toMatchObject({
        class: "permanent",
        message: expect.stringContaining("which the operator has not allowed"),
      });
    }),
  );

  it("is repeated after a crash only if it reads", () => {
    const action = Actions.signatures.find(({ name }) => name === "http.request")!;
    const repeatable = action.repeatable as (input: unknown) => boolean;
    const methods = [undefined, "GET", "HEAD", "POST", "PUT", "DELETE", "{{ params.method }}"];
    expect(methods.map((method) => repeatable(method === undefined ? {} : { method }))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("shell.run", () => {
  it.live("works in the folder, with its variables and no others", () =>
    Effect.gen(function* () {
      const { output } = yield* ended("shell.run", {
        run: 'pwd; echo "$GREETING$HOME"; echo well >&2',
        env: { GREETING: "hello" },
      });
      expect(output).toEqual({ stdout: `${fs.realpathSync(folder)}\nhello`, stderr: "well" });
      const words = yield* ended("shell.run", { run: ["printf", "%s", "$HOME; exit 1"] });
      expect(words.output).toEqual({ stdout: "$HOME; exit 1", stderr: "" });
    }),
  );

  it.live("fails with the exit code and the last words of the command", () =>
    Effect.gen(function* () {
      const { failure } = yield* ended("shell.run", { run: "echo broken >&2; exit 3" });
      expect(failure).toEqual({
        class: "agent",
        message: "The command ended with exit code 3:\nbroken",
        detail: { exitCode: 3 },
      });
      const missing = yield* ended("shell.run", { run: ["no-such-program"] });
      expect(missing.failure).toMatchObject({
        class: "permanent",
        message: expect.stringContaining('no program "no-such-program"'),
      });
    }),
  );

  it.live("keeps the end of a long output", () =>
    Effect.gen(function* () {
      const { output } = yield* ended("shell.run", { run: "seq 1 30000" });
      const { stdout } = output as { stdout: string };
      expect(stdout.length).toBeLessThanOrEqual(64 * 1024);
      expect(stdout.endsWith("\n30000")).toBe(true);
    }),
  );

  it.live("is ended with all its processes when its task is stopped", () =>
    Effect.gen(function* () {
      const begun = path.join(folder, "begun");
      const task = {
        id: "a",
        timeoutSeconds: 0.5,
        ...once,
        payload: { uses: "shell.run", with: { run: `sleep 1000 & echo $! > ${begun}; wait` } },
      };
      const { state } = yield* run([task]);
      expect(state.get("a")!.attempts[0]!.failure).toMatchObject({ class: "timeout" });
      const pid = Number(fs.readFileSync(begun, "utf8"));
      expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    }),
  );
});

describe("file.write", () => {
  it.live("writes a file whole, and again in its place", () =>
    Effect.gen(function* () {
      for (const content of ["one", "zwölf"]) {
        const { output } = yield* ended("file.write", { path: "notes/a.md", content });
        const file = path.join(files, "notes/a.md");
        expect(output).toEqual({ path: file, bytes: Buffer.byteLength(content) });
        expect(fs.readFileSync(file, "utf8")).toBe(content);
      }
      expect(fs.readdirSync(path.join(files, "notes"))).toEqual(["a.md"]);
    }),
  );

  it.live.each(["../x", "/etc/x", "a/../../x", "a//b", "a/", "", ".", "a\\b", "a\nb"])(
    "refuses the path %j before anything runs",
    (given) =>
      Effect.gen(function* () {
        const refused = yield* Effect.flip(ended("file.write", { path: given, content: "" }));
        expect(refused.message).toContain("must be a path inside of the files of the run");
      }),
  );

  it.live("follows no link out of its folder", () =>
    Effect.gen(function* () {
      const outside = path.join(folder, "outside");
      fs.mkdirSync(outside);
      fs.mkdirSync(files, { recursive: true });
      fs.symlinkSync(outside, path.join(files, "out"));
      fs.symlinkSync(path.join(outside, "new"), path.join(files, "link"));
      for (const given of ["out/x", "link"]) {
        const { failure } = yield* ended("file.write", { path: given, content: "x" });
        expect(failure).toMatchObject({ class: "permanent" });
      }
      expect(fs.readdirSync(outside)).toEqual([]);
    }),
  );
});

/** What a process wrote that was killed while a step worked. */
const killed = Effect.fnUntraced(function* (payload: Schema.Json) {
  const journal = Journal.makeMemory();
  const attempt = { at: 0, task: "a", attempt: 1 };
  const started = { run: "r", plan: "plan", mode: "parallel", concurrency: 1, failFast: false };
  yield* Effect.scoped(
    Effect.flatMap(journal.open("r"), (writer) =>
      writer.append([
        { _tag: "RunStarted", at: 0, ...started } as const,
        { _tag: "TasksAdded", at: 0, tasks: [{ id: "a", payload }] },
        { _tag: "TaskReady", at: 0, task: "a" },
        { _tag: "LaunchIntended", ...attempt, agent: "action", slot: "action-1" },
        { _tag: "AgentRunStarted", ...attempt, ref: { agent: "action", id: "1" } },
      ] as ReadonlyArray<RunEvent.RunEvent>),
    ),
  );
  return journal;
});

describe("an action whose process was killed", () => {
  it.live.each([
    ["shell.run", () => ({ run: "echo again" }), "NeedsDecision", "is gone: run it again?"],
    ["http.request", () => ({ url: `${base}/echo` }), "Succeeded", ""],
    [
      "http.request",
      () => ({ url: `${base}/echo`, method: "POST" }),
      "NeedsDecision",
      "is gone: run it again?",
    ],
    ["file.write", () => ({ path: "killed", content: "x" }), "Succeeded", ""],
    ["approval.wait", () => ({ question: "Ship it?" }), "NeedsDecision", "Ship it?"],
  ] as const)("%s goes on or is asked about", ([uses, input, wanted, question]) =>
    Effect.gen(function* () {
      requests.length = 0;
      const journal = yield* killed({ uses, with: input() });
      const { state } = yield* Effect.flatMap(Orchestrator.Orchestrator, (service) =>
        Effect.flatMap(service.resume("r"), ({ result }) => result),
      ).pipe(Effect.provide(layerOn(Layer.succeed(Journal.Journal, journal))));
      const { outcome, reason } = state.get("a")!;
      expect(reason?._tag ?? outcome).toBe(wanted);
      if (reason?._tag === "NeedsDecision") expect(reason.question).toContain(question);
      expect(requests.filter((one) => one.startsWith("POST"))).toEqual([]);
    }),
  );
});

describe("approval.wait", () => {
  it.live("waits for a person", () =>
    Effect.gen(function* () {
      const { outcome, reason } = yield* ended("approval.wait", { question: "Ship it?" });
      expect(outcome).toBe("Held");
      expect(reason).toEqual({ _tag: "NeedsDecision", question: "Ship it?" });
    }),
  );
});
