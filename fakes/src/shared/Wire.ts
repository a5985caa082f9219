import type { ServerResponse } from "node:http";
import type { Clock } from "./Clock.ts";

export type Headers = Readonly<Record<string, string>>;

/** The way back to one client, with everything that can go wrong on it. */
export interface Wire {
  /** Sends a whole answer; false when nobody was there to take it. */
  readonly send: (status: number, headers: Headers, body: Buffer) => Promise<boolean>;
  /** Begins an answer of so many bytes, which `write` and `end` carry on. */
  readonly begin: (status: number, headers: Headers, bytes: number) => void;
  readonly write: (chunk: Buffer) => Promise<void>;
  readonly end: () => void;
  /** Ends the connection as a crash would, at whatever point the answer is. */
  readonly reset: () => void;
  /** Fires when there is nobody to answer any more: the client has gone, or has its answer, or the fake closes. */
  readonly gone: AbortSignal;
}

/** The wire of a real connection; the date of every answer is the fake's, whatever a fault makes of the rest. */
export const overHttp = (response: ServerResponse, closing: AbortSignal, clock: Clock): Wire => {
  const client = new AbortController();
  response.once("close", () => client.abort());
  const gone = AbortSignal.any([client.signal, closing]);
  const begin = (status: number, headers: Headers, bytes: number) =>
    void response.writeHead(status, {
      date: new Date(clock.now()).toUTCString(),
      ...headers,
      "content-length": bytes,
    });
  return {
    gone,
    begin,
    write: (chunk) => new Promise((resolve) => response.write(chunk, () => resolve())),
    end: () => void response.end(),
    reset: () => response.socket?.resetAndDestroy(),
    send: (status, headers, body) => {
      if (gone.aborted) return Promise.resolve(false);
      begin(status, headers, body.length);
      return new Promise((resolve) => {
        gone.addEventListener("abort", () => resolve(false), { once: true });
        response.end(body, () => resolve(true));
      });
    },
  };
};

/** A wire without a network, and what its client gets: the same answers and errors as from `fetch`. */
export const inMemory = (
  client: AbortSignal,
  closing: AbortSignal,
  serve: (wire: Wire) => void,
): Promise<Response> =>
  new Promise((resolve, reject) => {
    const gone = AbortSignal.any([client, closing]);
    let stream: ReadableStreamDefaultController<Uint8Array> | null = null;
    const fail = (reason: unknown) => {
      reject(reason);
      stream?.error(reason);
    };
    const lose = () => fail(lost(stream === null ? "fetch failed" : "terminated"));
    const begin = (status: number, headers: Headers) => {
      if (bodiless.has(status)) return resolve(new Response(null, { status, headers }));
      const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
        stream = controller;
      };
      resolve(new Response(new ReadableStream({ start }), { status, headers }));
    };
    gone.addEventListener("abort", () => (client.aborted ? fail(client.reason) : lose()));
    serve({
      gone,
      begin,
      send: async (status, headers, body) => {
        const content = bodiless.has(status) ? null : new Uint8Array(body);
        resolve(new Response(content, { status, headers }));
        return !gone.aborted;
      },
      write: async (chunk) => {
        if (!gone.aborted) stream?.enqueue(new Uint8Array(chunk));
      },
      end: () => {
        if (!gone.aborted) stream?.close();
      },
      reset: lose,
    });
  });

/** A Response with one of these may not even have an empty body. */
const bodiless: ReadonlySet<number> = new Set([204, 304]);

const lost = (text: string) => new TypeError(text, { cause: { code: "ECONNRESET" } });
