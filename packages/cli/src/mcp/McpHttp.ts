/**
 * The server on a port of this machine, for clients that do not start it.
 *
 * It listens on the loopback address only. A page of a browser can reach that too, under a name of its
 * own that leads there: so a request must name this machine as its host, come from no page, and show
 * the token.
 */
import * as http from "node:http";
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer";
import * as McpServer from "effect/ai/McpServer";
import * as ByteSize from "effect/ByteSize";
import * as Effect from "effect/Effect";
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage";
import * as HttpRouter from "effect/http/HttpRouter";
import * as HttpServer from "effect/http/HttpServer";
import * as HttpServerRequest from "effect/http/HttpServerRequest";
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import * as Layer from "effect/Layer";
import * as McpHttpToken from "./McpHttpToken.ts";
import * as McpLines from "./McpLines.ts";
import type { assistant } from "./McpServing.ts";

/** Where the endpoint is. */
export const path = "/mcp";

const loopback = "127.0.0.1";

export interface Options {
  /** 0: any that is free. */
  readonly port: number;
  readonly token: string;
  /** Is told the address once the server listens. */
  readonly listening: (address: string) => Effect.Effect<void>;
}

const hosts = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/** Why a request is not let in, or undefined. */
export const refusal = (
  headers: Readonly<Record<string, string | undefined>>,
  token: string,
): { readonly status: number; readonly text: string } | undefined => {
  if (!hosts.test(headers["host"] ?? "")) return { status: 421, text: "This is another host." };
  if (headers["origin"] !== undefined) return { status: 403, text: "Pages are not let in." };
  if (McpHttpToken.isShown(headers["authorization"], token)) return undefined;
  return { status: 401, text: "Show the token: Authorization: Bearer TOKEN" };
};

const guard = (token: string) =>
  HttpRouter.middleware(
    (handler) =>
      Effect.gen(function* () {
        const { headers } = yield* HttpServerRequest.HttpServerRequest;
        const refused = refusal(headers, token);
        if (refused === undefined) return yield* handler;
        const { status, text } = refused;
        const more = status === 401 ? { "www-authenticate": "Bearer" } : {};
        return HttpServerResponse.text(`${text}\n`, { status, headers: more });
      }).pipe(
        Effect.provideService(
          HttpIncomingMessage.MaxBodySize,
          ByteSize.fromInputUnsafe(McpLines.longest),
        ),
      ),
    { global: true },
  );

const telling = ({ listening, ...options }: Options) =>
  Layer.effectDiscard(
    Effect.flatMap(HttpServer.HttpServer, ({ address }) =>
      listening(`http://${loopback}:${"port" in address ? address.port : options.port}${path}`),
    ),
  );

/** Serves until the scope closes. */
export const layer = (server: ReturnType<typeof assistant>, options: Options) => {
  const endpoint = McpServer.layerHttp({ ...server, path, allowSessionTermination: true });
  const listener = NodeHttpServer.layer(() => http.createServer(), {
    host: loopback,
    port: options.port,
    gracefulShutdownTimeout: "1 second",
  });
  return HttpRouter.serve(Layer.merge(endpoint, guard(options.token)), {
    disableLogger: true,
    disableListenLog: true,
  }).pipe(Layer.merge(telling(options)), Layer.provide(listener));
};
