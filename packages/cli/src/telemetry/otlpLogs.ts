/** Log records as OTLP has them. */
import type { Severity } from "../terminal/Log.ts";
import type { LogRecord } from "./LogRecord.ts";
import { attributes, nanos } from "./otlpSpans.ts";
import * as Scrubber from "./Scrubber.ts";
import * as traceIds from "./traceIds.ts";

const numbers: Readonly<Record<Severity, number>> = { debug: 5, info: 9, warning: 13, error: 17 };

/** One record, with the span that it belongs to. */
export const of = (record: LogRecord): object => {
  const { agent, attempt, event, level, message, run, sequence, task, timestamp } = record;
  const time = nanos(Date.parse(timestamp));
  return {
    timeUnixNano: time,
    observedTimeUnixNano: time,
    severityNumber: numbers[level],
    severityText: level,
    body: { stringValue: Scrubber.scrub(message) },
    traceId: traceIds.ofRun(run),
    spanId:
      task !== undefined && attempt !== undefined
        ? traceIds.ofAttempt(run, task, attempt)
        : traceIds.rootOf(run),
    attributes: attributes({
      "event.name": event,
      "orchestrator.run": run,
      "orchestrator.sequence": sequence,
      "orchestrator.task": task,
      "orchestrator.attempt": attempt,
      "orchestrator.agent": agent,
      "orchestrator.duration_seconds": record.duration_seconds,
    }),
  };
};
