/** HTTP servers on loopback that keep all that they are sent: a collector, and what stands before another service. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as Effect from "effect/Effect";

/** A request as it came. */
export interface Recorded {
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Recorder {
  readonly url: string;
  readonly requests: ReadonlyArray<Recorded>;
}

type Answer = (request: Recorded, response: ServerResponse) => void | Promise<void>;

/** A server until the scope closes. */
export const make = (answer: Answer) =>
  Effect.gen(function* () {
    const requests: Array<Recorded> = [];
    const take = async (incoming: IncomingMessage, response: ServerResponse) => {
      const request = await received(incoming);
      requests.push(request);
      await answer(request, response);
    };
    const server = createServer((incoming, response) => void take(incoming, response));
    yield* Effect.acquireRelease(
      Effect.promise(() => new Promise<void>((listens) => server.listen(0, "127.0.0.1", listens))),
      () =>
        Effect.sync(() => {
          server.close();
          server.closeAllConnections();
        }),
    );
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, requests } satisfies Recorder;
  });

const received = async (incoming: IncomingMessage): Promise<Recorded> => {
  const chunks: Array<Buffer> = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: incoming.method ?? "GET",
    url: incoming.url ?? "/",
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks).toString("utf8"),
  };
};

/** Takes everything, as a collector of telemetry does. */
export const collector = make((_, response) => {
  response.setHeader("content-type", "application/json");
  response.end("{}");
});

/** Takes every connection and never answers. */
export const blackHole = make(() => undefined);

export interface Front {
  /** Where the service is. */
  readonly target: string;
  /** The token that it knows; callers have another. */
  readonly token: string;
  /** Whether the caller is answered with all that it said of itself, as badly made services do. */
  readonly echoes: (request: Recorded, count: number) => boolean;
}

/** Stands before a service. */
export const front = ({ echoes, target, token }: Front) =>
  Effect.gen(function* () {
    let count = 0;
    return yield* make(async (request, response) => {
      const said = request.headers["authorization"] ?? "";
      if (echoes(request, ++count)) {
        response.writeHead(403, { "content-type": "text/html", "x-echo": said });
        response.end(`<html><body>Bad credentials: ${said}</body></html>`);
        return;
      }
      const { connection: _, host: own, "content-length": __, ...headers } = request.headers;
      const answer = await fetch(target + request.url, {
        method: request.method,
        headers: { ...headers, authorization: `Bearer ${token}`, "accept-encoding": "identity" },
        ...(request.body === "" ? {} : { body: request.body }),
        redirect: "manual",
      });
      const here = `http://${own}`;
      const text = (await answer.text()).replaceAll(target, here);
      const back = [...answer.headers].filter(
        ([name]) => !/^(content-length|content-encoding|transfer-encoding|connection)$/.test(name),
      );
      response.writeHead(
        answer.status,
        Object.fromEntries(back.map(([name, value]) => [name, value.replaceAll(target, here)])),
      );
      response.end(answer.status === 204 || answer.status === 304 ? undefined : text);
    });
  });

/** The spans that a collector got, as OTLP has them. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly attributes: ReadonlyArray<{
    readonly key: string;
    readonly value: Readonly<Record<string, unknown>>;
  }>;
}

/** The items that a collector got at a path, of all requests. */
const itemsOf = (recorder: Recorder, path: string): ReadonlyArray<Record<string, unknown>> =>
  recorder.requests
    .filter(({ url }) => url === path)
    .map(({ body }) => JSON.parse(body) as Record<string, unknown>);

interface Spans {
  readonly resourceSpans: ReadonlyArray<{
    readonly scopeSpans: ReadonlyArray<{ readonly spans: ReadonlyArray<Span> }>;
  }>;
}

/** All spans. */
export const spansOf = (recorder: Recorder): ReadonlyArray<Span> =>
  itemsOf(recorder, "/v1/traces").flatMap((body) =>
    (body as unknown as Spans).resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) => spans),
    ),
  );

/** The names of spans as a tree: each indented below its parent, in the order in which they began. */
export const treeOf = (spans: ReadonlyArray<Span>): ReadonlyArray<string> => {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const begun = spans.toSorted((one, other) =>
    Number(BigInt(one.startTimeUnixNano) - BigInt(other.startTimeUnixNano)),
  );
  const below = (parent: string | undefined, depth: number): ReadonlyArray<string> =>
    begun
      .filter(({ parentSpanId }) =>
        parent === undefined
          ? parentSpanId === undefined || !known.has(parentSpanId)
          : parentSpanId === parent,
      )
      .flatMap((span) => [
        `${"  ".repeat(depth)}${span.parentSpanId !== undefined && !known.has(span.parentSpanId) ? "? " : ""}${span.name}`,
        ...below(span.spanId, depth + 1),
      ]);
  return below(undefined, 0);
};
