/**
 * Sends traces, metrics and logs of a run to a collector, by OTLP over HTTP.
 *
 * Whoever needs this module imports it when it is needed: an HTTP client comes with it. Nothing here
 * fails or waits: a collector that does not answer loses what it was meant to get, and costs less than
 * a second at the end.
 */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as FileSystem from "effect/FileSystem";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as Layer from "effect/Layer";
import * as OtlpExporter from "effect/observability/OtlpExporter";
import * as OtlpResource from "effect/observability/OtlpResource";
import * as OtlpSerialization from "effect/observability/OtlpSerialization";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Schema from "effect/Schema";
import * as Scope from "effect/Scope";
import { version } from "../Version.ts";
import type { LogRecord } from "./LogRecord.ts";
import type { MetricFamily } from "./MetricFamily.ts";
import * as otlpLogs from "./otlpLogs.ts";
import * as otlpMetrics from "./otlpMetrics.ts";
import * as otlpSpans from "./otlpSpans.ts";
import type { Settings, Signal } from "./OtlpSettings.ts";
import type { Request } from "./Requests.ts";
import type { Stretch } from "./Timeline.ts";

/** What may pass at the end until the collector has got the rest. */
const shutdownTimeout = Duration.millis(500);

const intervals = { traces: "2 seconds", logs: "2 seconds", metrics: "10 seconds" } as const;

/** The last event of the run that the collector has got, of each signal: a process that comes later goes on there. */
const Sent = Schema.Struct({ traces: Schema.Int, logs: Schema.Int });
type Sent = typeof Sent.Type;
const sentJson = Schema.fromJsonString(Sent);
const sentName = "otlp.json";

export interface Options {
  readonly settings: Settings;
  readonly run: string;
  /** The folder of the run. */
  readonly folder: string;
  /** The metrics now, and when the run began. */
  readonly metrics: () => {
    readonly families: ReadonlyArray<MetricFamily>;
    readonly startedAt: number;
    readonly now: number;
  };
}

export interface OtlpExport {
  /** A part of the run that ended with an event. */
  readonly stretch: (plan: string, stretch: Stretch, sequence: number) => void;
  readonly request: (request: Request) => void;
  readonly log: (record: LogRecord) => void;
}

interface Item {
  readonly data: object;
  /** The event it is of; 0 for what is of none. */
  readonly sequence: number;
}

/** Sends until the scope closes. */
export const make = Effect.fn("OtlpExport.make")(
  function* (options: Options) {
    const { run, settings } = options;
    const serialization = yield* OtlpSerialization.OtlpSerialization;
    const kept = yield* keeping(options.folder);
    const resource = OtlpResource.make({
      serviceName: settings.service,
      serviceVersion: version,
      attributes: settings.resource,
    });
    const scope = { name: "orchestrator", version };
    const bodies = {
      traces: (items: ReadonlyArray<Item>) =>
        serialization.traces({
          resourceSpans: [{ resource, scopeSpans: [{ scope, spans: items.map(dataOf) }] }],
        } as unknown as Parameters<typeof serialization.traces>[0]),
      logs: (items: ReadonlyArray<Item>) =>
        serialization.logs({
          resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: items.map(dataOf) }] }],
        } as unknown as Parameters<typeof serialization.logs>[0]),
      metrics: () => {
        const { families, now, startedAt } = options.metrics();
        const metrics = otlpMetrics.of(families, startedAt, now);
        return serialization.metrics({
          resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics }] }],
        } as unknown as Parameters<typeof serialization.metrics>[0]);
      },
    };
    const push = yield* exporters(settings, (signal, items) => [
      bodies[signal](items),
      signal === "metrics" ? Effect.void : kept.sent(signal, items),
    ]);
    return {
      stretch: (plan, stretch, sequence) => {
        if (sequence <= kept.before.traces) return;
        push.traces({ data: otlpSpans.ofStretch(run, plan, stretch), sequence });
      },
      request: (request) => push.traces({ data: otlpSpans.ofRequest(request), sequence: 0 }),
      log: (record) => {
        const { sequence = 0 } = record;
        if (sequence > 0 && sequence <= kept.before.logs) return;
        push.logs({ data: otlpLogs.of(record), sequence });
      },
    } satisfies OtlpExport;
  },
  (effect, { settings }) =>
    Effect.provide(
      effect,
      Layer.mergeAll(
        OtlpExporter.layerFlusher,
        FetchHttpClient.layer,
        settings.isProtobuf ? OtlpSerialization.layerProtobuf : OtlpSerialization.layerJson,
      ),
    ),
);

const dataOf = ({ data }: Item): object => data;

type Body = ReturnType<OtlpSerialization.OtlpSerialization["Service"]["traces"]>;

/** One for each signal that goes somewhere; they end side by side. */
const exporters = Effect.fnUntraced(function* (
  { destinations }: Settings,
  body: (
    signal: Signal,
    items: ReadonlyArray<Item>,
  ) => readonly [body: Body, onSuccess: Effect.Effect<void>],
) {
  const scopes: Array<Scope.Closeable> = [];
  const push: Record<Signal, (item: Item) => void> = { traces: none, metrics: none, logs: none };
  for (const [signal, { headers, url }] of entriesOf(destinations)) {
    const own = yield* Scope.make();
    scopes.push(own);
    const made = yield* OtlpExporter.make({
      url,
      headers,
      label: "Orchestrator",
      exportInterval: intervals[signal],
      maxBatchSize: signal === "metrics" ? "disabled" : 1_000,
      exportEmpty: signal === "metrics",
      body: (items: ReadonlyArray<Item>) => body(signal, items),
      shutdownTimeout,
    }).pipe(Scope.provide(own));
    push[signal] = made.push;
  }
  yield* Effect.addFinalizer(() =>
    Effect.forEach(scopes, (own) => Scope.close(own, Exit.void), {
      concurrency: "unbounded",
      discard: true,
    }),
  );
  return push;
});

const none = (): void => undefined;

const entriesOf = (destinations: Settings["destinations"]) =>
  Object.entries(destinations) as ReadonlyArray<
    [Signal, NonNullable<Settings["destinations"][Signal]>]
  >;

/** Keeps what was sent, in the folder of the run. A file that cannot be written only means that something is told twice. */
const keeping = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const file = path.join(folder, sentName);
  const text = yield* Effect.option(fs.readFileString(file));
  const found = Option.flatMap(text, Schema.decodeUnknownOption(sentJson));
  const before = Option.getOrElse(found, (): Sent => ({ traces: 0, logs: 0 }));
  let now = before;
  const sent = (signal: "traces" | "logs", items: ReadonlyArray<Item>) =>
    Effect.suspend(() => {
      const last = items.reduce((most, { sequence }) => Math.max(most, sequence), now[signal]);
      if (last === now[signal]) return Effect.void;
      now = { ...now, [signal]: last };
      return Effect.ignore(fs.writeFileString(file, JSON.stringify(now), { mode: 0o600 }));
    });
  return { before, sent };
});
