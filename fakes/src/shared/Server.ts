import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "./Clock.ts";
import { Desk, type DeskOptions } from "./Desk.ts";
import type { Received } from "./Service.ts";
import { inMemory, overHttp } from "./Wire.ts";

export interface ServerOptions extends DeskOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
}

export interface Server {
  readonly url: string;
  readonly port: number;
  /** The same service without a network, for simulated time. It takes any host, and follows no redirect. */
  readonly fetch: typeof fetch;
  /** Ends every connection, those that hang included. */
  readonly close: () => Promise<void>;
}

/** Answers on loopback for a service. */
export const start = async (options: ServerOptions): Promise<Server> => {
  const desk = new Desk(options);
  const http = createServer(
    (request, response) => void take(desk, options.clock, request, response),
  );
  // A client that falls silent, or idles, keeps its connection: only the faults end one.
  http.requestTimeout = 0;
  http.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    http.once("error", reject);
    http.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    fetch: (input, init) => call(desk, new Request(input, init)),
    close: () => {
      desk.close();
      return new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      });
    },
  };
};

const take = async (
  desk: Desk,
  clock: Clock,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const body = await readAll(request);
  // The client died while it sent: the service never had a request.
  if (body === null) return;
  const url = new URL(request.url ?? "/", `http://${request.headers.host ?? "127.0.0.1"}`);
  const { method = "GET", headers } = request;
  await desk.serve(
    receivedFrom(url, method, headers, body),
    overHttp(response, desk.closing, clock),
  );
};

const call = async (desk: Desk, request: Request): Promise<Response> => {
  const body = await request.text();
  const headers = Object.fromEntries(request.headers);
  const received = receivedFrom(new URL(request.url), request.method, headers, body);
  return inMemory(request.signal, desk.closing, (wire) => void desk.serve(received, wire));
};

const receivedFrom = (
  url: URL,
  method: string,
  headers: Received["headers"],
  body: string,
): Received => ({
  method,
  origin: url.origin,
  pathname: url.pathname,
  query: url.searchParams,
  headers,
  body,
});

const readAll = async (request: IncomingMessage): Promise<string | null> => {
  const chunks: Array<Buffer> = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return null;
  }
  return Buffer.concat(chunks).toString("utf8");
};
