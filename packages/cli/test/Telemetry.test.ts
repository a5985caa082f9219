import { readdirSync, readFileSync } from "node:fs";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import type { LogRecord } from "../src/telemetry/LogRecord.ts";
import * as OtlpExport from "../src/telemetry/OtlpExport.ts";
import * as OtlpSettings from "../src/telemetry/OtlpSettings.ts";
import { Requests, within } from "../src/telemetry/Requests.ts";
import { RunMetrics } from "../src/telemetry/RunMetrics.ts";
import * as traceIds from "../src/telemetry/traceIds.ts";
import * as Tracer from "effect/Tracer";
import * as Gate from "./support/Gate.ts";
import * as Recorder from "./support/Recorder.ts";
import * as Scene from "./support/Scene.ts";

const endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

const plan = `isolation: none
tasks:
  - { id: first, run: 'true' }
  - { id: second, run: '${Gate.closed("gate")}', dependsOn: [first] }
  - { id: last, run: exit 3, dependsOn: [second], retry: { attempts: 0 } }
`;

const logOf = (folder: string): ReadonlyArray<LogRecord> => {
  const [run = ""] = readdirSync(`${folder}/.orchestrator/runs`);
  const text = readFileSync(`${folder}/.orchestrator/runs/${run}/log.ndjson`, "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as LogRecord);
};

const whole = [
  "run plan",
  "  task first",
  "    attempt 1",
  "  task second",
  "    attempt 1",
  "  task last",
  "    attempt 1",
];

describe("the telemetry of a run", () => {
  it.live("is one trace, one log and one sum, although a process was killed in between", () =>
    Effect.gen(function* () {
      const collector = yield* Recorder.collector;
      const environment = { [endpoint]: collector.url, OTEL_SERVICE_NAME: "night" };
      const folder = yield* Gate.folder({ "plan.yaml": plan }, ["gate"], { environment });
      const started = yield* folder.start("run", "plan.yaml");
      yield* folder.reached("gate");
      yield* started.signal("SIGKILL");
      yield* started.ended;
      yield* folder.open("gate");
      expect((yield* folder.run("resume", "--debug")).code).toBe(1);

      const spans = Recorder.spansOf(collector);
      const unique = [...new Map(spans.map((span) => [span.spanId, span])).values()];
      expect(Recorder.treeOf(unique)).toEqual(whole);
      const run = logOf(folder.path)[0]!.run;
      expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([traceIds.ofRun(run)]));

      const log = logOf(folder.path);
      const told = log.flatMap(({ sequence }) => (sequence === undefined ? [] : [sequence]));
      expect(told).toEqual(told.toSorted((one, other) => one - other));
      expect(new Set(told).size).toBe(told.length);
      expect(log.filter(({ event }) => event === "AgentRunEnded")).toEqual([
        expect.objectContaining({ task: "first", agent: "local", attempt: 1, level: "info" }),
        expect.objectContaining({ task: "second", duration_seconds: expect.any(Number) }),
        expect.objectContaining({ task: "last", level: "warning" }),
      ]);

      const status = yield* folder.run("status", "--format", "prometheus");
      const ended = `orchestrator_tasks_ended_total{run="${run}",outcome="succeeded"} 2`;
      expect(status.out.split("\n")).toContain(ended);
      const paths = new Set(collector.requests.map(({ url }) => url));
      expect(paths).toEqual(new Set(["/v1/traces", "/v1/logs", "/v1/metrics"]));
      expect(collector.requests.every(({ body }) => body.includes('"night"'))).toBe(true);
    }),
  );

  it.live.each(["refuses", "never answers"])(
    "costs the run nothing where a collector %s",
    (behaviour) =>
      Effect.gen(function* () {
        const hole = yield* Recorder.blackHole;
        const url = behaviour === "refuses" ? "http://127.0.0.1:1" : hole.url;
        const short = "isolation: none\ntasks: [{ id: a, run: 'true' }]\n";
        const environment = { [endpoint]: url };
        const folder = yield* Gate.folder({ "plan.yaml": short }, [], { environment });
        expect(yield* folder.run("run", "plan.yaml")).toMatchObject({ code: 0, error: "" });
        expect(logOf(folder.path).at(-1)).toMatchObject({ event: "RunEnded", level: "info" });
      }),
  );

  it.live(
    "puts requests below the attempt they were sent for, and no query or header into spans",
    () =>
      Effect.gen(function* () {
        const collector = yield* Recorder.collector;
        const fs = yield* FileSystem.FileSystem;
        const folder = yield* fs.makeTempDirectoryScoped();
        const settings = OtlpSettings.read({ [endpoint]: collector.url })!;
        const events = [Scene.started(), Scene.added([{ id: "a" }]), ...Scene.succeeded("a")];
        const run = "20261121-120000-abcd";
        const send = Effect.gen(function* () {
          const requests = new Requests();
          const metrics = () => ({ families: [], startedAt: 0, now: 0 });
          const sent = yield* OtlpExport.make({ settings, run, folder, metrics });
          yield* Effect.acquireRelease(
            Effect.sync(() => requests.listen(sent.request)),
            (stop) => Effect.sync(stop),
          );
          const attributes = {
            "http.request.method": "POST",
            "url.full": "https://api.example/v1/runs?token=abc#x",
            "http.request.header.authorization": "Bearer abc",
          };
          yield* Effect.void.pipe(
            Effect.withSpan("POST", { kind: "client", attributes }),
            Effect.withSpan("Client.launch"),
            within(run, traceIds.ofAttempt(run, "a", 1)),
            Effect.provideService(Tracer.Tracer, requests.tracer),
          );
          const fold = new RunMetrics();
          events.forEach((event, index) => {
            for (const ended of fold.apply(event)) sent.stretch("shop", ended, index + 1);
          });
        });
        yield* Effect.scoped(send);
        // What the collector has is not sent a second time.
        yield* Effect.scoped(send);
        const spans = Recorder.spansOf(collector);
        expect(Recorder.treeOf(spans)).toEqual(["? task a", "  attempt 1", "    POST", "    POST"]);
        const text = JSON.stringify(spans);
        expect(text).toContain("/v1/runs");
        expect(text).not.toMatch(/token|abc"|Bearer|authorization/);
      }).pipe(Effect.provide(NodeServices.layer)),
  );
});
