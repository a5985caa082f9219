/**
 * The requests that adapters send, seen through their spans: counted, and given to whoever traces them.
 *
 * Of an address only host and path are kept: a query may hold what is nobody's business. No header is.
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Tracer from "effect/Tracer";
import * as traceIds from "./traceIds.ts";

/** A request that has been answered, or has failed. Times are nanoseconds since the epoch. */
export interface Request {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly status: number | undefined;
  /** What it is for, in a few words. */
  readonly purpose: string | undefined;
  readonly errorType: string | undefined;
  readonly startNanos: bigint;
  readonly endNanos: bigint;
}

/** So many requests are kept for somebody who comes later to trace them. */
const mostKept = 2_000;

export class Requests {
  readonly #kept: Array<Request> = [];
  readonly #listeners = new Set<(request: Request) => void>();

  /** Makes spans as Effect does by itself, and hears when those of requests end. */
  readonly tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options);
      if (options.kind !== "client") return span;
      const end = span.end.bind(span);
      span.end = (at, exit) => {
        end(at, exit);
        this.#ended(span, at, exit);
      };
      return span;
    },
  });

  /** Hears of all requests, those that were kept first. Answers with the way to stop it. */
  listen(listener: (request: Request) => void): () => void {
    for (const request of this.#kept.splice(0)) listener(request);
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #ended(span: Tracer.Span, endNanos: bigint, exit: Exit.Exit<unknown, unknown>): void {
    const parent = ofRun(span.parent);
    // A database has clients, too.
    if (!span.attributes.has("http.request.method")) return;
    // What is read before there is a run, as for a plan, belongs to none.
    if (parent === undefined) return;
    const request = requestOf(span, parent, endNanos, exit);
    if (this.#listeners.size === 0 && this.#kept.length < mostKept) this.#kept.push(request);
    for (const listener of this.#listeners) listener(request);
  }
}

/** Of this process. */
export const current = Context.Reference<Requests>("@orchestrator/cli/Requests", {
  defaultValue: () => new Requests(),
});

/** Spans of requests are heard by the requests of this process. */
export const layer: Layer.Layer<never> = Layer.effect(
  Tracer.Tracer,
  Effect.map(current, ({ tracer }) => tracer),
);

/** The span of a run that a request was sent for, however many of Effect's own lie between. */
const ofRun = (span: Option.Option<Tracer.AnySpan>): Tracer.ExternalSpan | undefined => {
  let at = Option.getOrUndefined(span);
  while (at !== undefined && at._tag === "Span") at = Option.getOrUndefined(at.parent);
  return at;
};

const requestOf = (
  span: Tracer.Span,
  { spanId: parentSpanId, traceId }: Tracer.ExternalSpan,
  endNanos: bigint,
  exit: Exit.Exit<unknown, unknown>,
): Request => {
  const text = (key: string) => {
    const value = span.attributes.get(key);
    return typeof value === "string" ? value : undefined;
  };
  const status = span.attributes.get("http.response.status_code");
  const url = URL.parse(text("url.full") ?? "");
  const isFailed = Exit.isFailure(exit) || (typeof status === "number" && status >= 400);
  return {
    traceId,
    spanId: span.spanId,
    parentSpanId,
    method: text("http.request.method") ?? "GET",
    host: url?.host ?? "",
    path: url?.pathname ?? "",
    status: typeof status === "number" ? status : undefined,
    purpose: text("orchestrator.request"),
    errorType: isFailed ? (typeof status === "number" ? String(status) : "failed") : undefined,
    startNanos: span.status.startTime,
    endNanos,
  };
};

/** Requests of the effect count as sent for a span of a run. */
export const within =
  (run: string, spanId: string = traceIds.rootOf(run)) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.withParentSpan(effect, Tracer.externalSpan({ traceId: traceIds.ofRun(run), spanId }));
