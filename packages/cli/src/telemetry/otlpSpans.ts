/** Spans as OTLP has them: of a run and its parts, and of the requests that were sent for it. */
import * as OtlpResource from "effect/observability/OtlpResource";
import type { Request } from "./Requests.ts";
import * as Scrubber from "./Scrubber.ts";
import type { Stretch } from "./Timeline.ts";
import * as traceIds from "./traceIds.ts";

/** One span, ready to be sent. */
export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: ReadonlyArray<OtlpResource.KeyValue>;
  readonly status: { readonly code: number; readonly message?: string };
}

const [internal, client] = [1, 3];
const [unset, ok, failed] = [0, 1, 2];

/** Milliseconds as OTLP writes a time. */
export const nanos = (millis: number): string => String(BigInt(Math.round(millis * 1000)) * 1000n);

/** Attributes without secrets; what is undefined is left out. */
export const attributes = (
  known: Readonly<Record<string, unknown>>,
): Array<OtlpResource.KeyValue> =>
  OtlpResource.entriesToAttributes(
    Object.entries(known)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, typeof value === "string" ? Scrubber.scrub(value) : value]),
  );

/** The span of a part of a run. */
export const ofStretch = (run: string, plan: string, stretch: Stretch): OtlpSpan => {
  const { attempt, failure, outcome, task, usage } = stretch;
  return {
    traceId: traceIds.ofRun(run),
    ...placeOf(run, stretch),
    name: Scrubber.scrub(nameOf(plan, stretch)),
    kind: internal!,
    startTimeUnixNano: nanos(stretch.startedAt),
    endTimeUnixNano: nanos(stretch.endedAt),
    attributes: attributes({
      "orchestrator.run": run,
      "orchestrator.task": task,
      "orchestrator.attempt": attempt,
      "orchestrator.agent": stretch.agent,
      "orchestrator.slot": stretch.slot,
      "orchestrator.outcome": outcome,
      "orchestrator.agent_run.url": stretch.url,
      "orchestrator.queue.wait_seconds":
        stretch.waitedMillis === undefined ? undefined : stretch.waitedMillis / 1000,
      "error.type": failure?.class,
      "orchestrator.cost_usd": usage?.costUsd,
      "gen_ai.usage.input_tokens": usage?.inputTokens,
      "gen_ai.usage.output_tokens": usage?.outputTokens,
    }),
    status: statusOf(stretch),
  };
};

const placeOf = (
  run: string,
  { attempt = 0, round, runRound, task = "", what }: Stretch,
): Pick<OtlpSpan, "parentSpanId" | "spanId"> => {
  const root = traceIds.rootOf(run, runRound);
  const ofTask = traceIds.ofSpan(run, "task", task, round);
  switch (what) {
    case "run":
      return runRound === 0
        ? { spanId: root }
        : { spanId: root, parentSpanId: traceIds.rootOf(run) };
    case "task":
      return { spanId: ofTask, parentSpanId: root };
    case "attempt":
      return { spanId: traceIds.ofAttempt(run, task, attempt), parentSpanId: ofTask };
    case "landing":
      return { spanId: traceIds.ofLanding(run, task, attempt), parentSpanId: ofTask };
  }
};

const nameOf = (plan: string, { attempt, task, what }: Stretch): string => {
  switch (what) {
    case "run":
      return `run ${plan}`;
    case "task":
      return `task ${task}`;
    case "attempt":
    case "landing":
      return `${what} ${attempt}`;
  }
};

const statusOf = ({ failure, outcome }: Stretch): OtlpSpan["status"] => {
  if (outcome === "succeeded") return { code: ok! };
  if (outcome !== "failed") return { code: unset! };
  return failure === undefined
    ? { code: failed! }
    : { code: failed!, message: Scrubber.scrub(failure.message) };
};

/** The span of a request. */
export const ofRequest = (request: Request): OtlpSpan => ({
  traceId: request.traceId,
  spanId: request.spanId,
  parentSpanId: request.parentSpanId,
  name: request.method,
  kind: client!,
  startTimeUnixNano: String(request.startNanos),
  endTimeUnixNano: String(request.endNanos),
  attributes: attributes({
    "http.request.method": request.method,
    "server.address": request.host,
    "url.path": request.path,
    "http.response.status_code": request.status,
    "orchestrator.request": request.purpose,
    "error.type": request.errorType,
  }),
  status: { code: request.errorType === undefined ? unset! : failed! },
});
