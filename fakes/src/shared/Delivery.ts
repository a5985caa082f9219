import type { Clock } from "./Clock.ts";
import type { WireFault } from "./Fault.ts";
import type { Call, Reply } from "./Service.ts";
import type { Headers, Wire } from "./Wire.ts";

/** What went over the wire. */
export interface Outcome {
  /** `null` when the client saw no status line. */
  readonly status: number | null;
  readonly bytes: number;
  /** Whether the client was sent the reply as the service meant it. */
  readonly whole: boolean;
}

const json = "application/json";
const nothing: Outcome = { status: null, bytes: 0, whole: false };

/** Sends a reply as it is. */
export const deliver = async (wire: Wire, reply: Reply): Promise<Outcome> => {
  const sent = await send(wire, reply.status, headersOf(reply), textOf(reply));
  return { ...sent, whole: sent.status !== null };
};

/** Sends what a fault makes of a reply. */
export const spoil = async (
  wire: Wire,
  clock: Clock,
  fault: WireFault,
  reply: Reply,
  { words, refusal }: Call,
): Promise<Outcome> => {
  const headers = headersOf(reply);
  switch (fault.kind) {
    case "status": {
      const { status, body = words(status), retryAfter } = fault;
      const after = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
      const marks = { "content-type": json, ...fault.headers, ...after };
      return send(wire, status, marks, JSON.stringify(body));
    }
    case "refusal":
      return deliver(wire, refusal?.(fault.name) ?? { status: 503, body: words(503) });
    case "reset":
      wire.reset();
      return nothing;
    case "hang":
      await silence(wire);
      return nothing;
    case "delay":
      return deliver(wire, reply);
    case "slow-body":
      return trickle(wire, clock, reply, fault.seconds);
    case "truncated":
      return cut(wire, reply);
    case "malformed":
      return send(wire, reply.status, headers, half(textOf(reply)));
    case "html":
      return send(wire, fault.status ?? 200, { "content-type": "text/html" }, page);
    case "empty":
      return send(wire, fault.status ?? reply.status, headers, "");
    case "content-type": {
      const type = fault.type ?? "text/plain";
      return send(wire, reply.status, { ...headers, "content-type": type }, textOf(reply));
    }
    case "redirect":
      return send(wire, fault.status ?? 302, { location: fault.location }, "");
    case "oversized":
      return send(wire, reply.status, headers, swell(reply, fault.bytes ?? 17 * 1024 * 1024));
  }
};

const page =
  "<!doctype html><html><head><title>Tools</title></head><body><h1>It moved</h1></body></html>\n";

const headersOf = ({ body, headers }: Reply): Headers =>
  body === undefined ? { ...headers } : { "content-type": json, ...headers };
const textOf = ({ body }: Reply): string => (body === undefined ? "" : JSON.stringify(body));
const half = (text: string): string => text.slice(0, Math.max(1, Math.floor(text.length / 2)));

const swell = (reply: Reply, bytes: number): string => {
  const padding = "x".repeat(bytes);
  const body = reply.body;
  return JSON.stringify(
    Array.isArray(body) ? [...body, padding] : { ...(body as object), padding },
  );
};

const send = async (
  wire: Wire,
  status: number,
  headers: Headers,
  text: string,
): Promise<Outcome> => {
  const body = Buffer.from(text);
  const isSent = await wire.send(status, headers, body);
  return isSent ? { status, bytes: body.length, whole: false } : nothing;
};

const silence = ({ gone }: Wire): Promise<void> =>
  new Promise((resolve) => {
    if (gone.aborted) resolve();
    else gone.addEventListener("abort", () => resolve());
  });

/** Says how long the body is, sends half of it and ends the connection. */
const cut = async (wire: Wire, reply: Reply): Promise<Outcome> => {
  const body = Buffer.from(textOf(reply));
  const sent = body.subarray(0, Math.ceil(body.length / 2));
  wire.begin(reply.status, headersOf(reply), body.length);
  await wire.write(sent);
  wire.reset();
  return { status: reply.status, bytes: sent.length, whole: false };
};

/** Ten pieces over the time; without a time, half of them and then nothing. */
const trickle = async (
  wire: Wire,
  clock: Clock,
  reply: Reply,
  seconds?: number,
): Promise<Outcome> => {
  const body = Buffer.from(textOf(reply));
  wire.begin(reply.status, headersOf(reply), body.length);
  const step = Math.max(1, Math.ceil(body.length / 10));
  const end = seconds === undefined ? Math.ceil(body.length / 2) : body.length;
  let sent = 0;
  for (; sent < end && !wire.gone.aborted; sent += step) {
    await wire.write(body.subarray(sent, Math.min(sent + step, end)));
    await clock.sleep(((seconds ?? 0) * 1000) / 10, wire.gone);
  }
  if (seconds === undefined) await silence(wire);
  else wire.end();
  const whole = seconds !== undefined && !wire.gone.aborted;
  return { status: reply.status, bytes: Math.min(sent, end), whole };
};
