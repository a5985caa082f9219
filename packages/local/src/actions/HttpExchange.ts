/** Sends the requests of `http.request`, and says what their answers amount to. */
import { type Action, Agent, Failure } from "@orchestrator/core";
import { isNeverSent } from "@orchestrator/core/remote/neverSent";
import * as Effect from "effect/Effect";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpClientRequest from "effect/http/HttpClientRequest";
import type * as HttpClientResponse from "effect/http/HttpClientResponse";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import * as HttpHeaders from "./HttpHeaders.ts";
import { type Input, isSafe } from "./httpRequest.ts";

/** The largest answer, in bytes. */
const maxBytes = 1024 * 1024;

/** Redirects of one request, all on its own host. */
const mostRedirects = 5;

/** The client of the program. */
export const httpClient = Effect.service(HttpClient.HttpClient);

/** Sends a request once, unless it only reads and is redirected on its own host. */
export const perform = Effect.fnUntraced(
  function* (
    client: HttpClient.HttpClient,
    secrets: Readonly<Record<string, string>>,
    input: Input,
    context: Action.ActionContext,
  ) {
    const { method = "GET", timeoutSeconds = 30 } = input;
    const url = new URL(input.url);
    const what = `${method} ${url.origin}${url.pathname}`;
    const headers = yield* Effect.fromResult(HttpHeaders.fill(input.headers ?? {}, secrets));
    const unclear = `nobody knows whether ${what} was carried out`;
    if (!isSafe(method)) yield* context.unclear(unclear);
    const lost = (why: string) =>
      isSafe(method)
        ? Failure.make("infrastructure", `${what} had no answer: ${why}.`)
        : new Agent.Asked({
            question: `${what} had no clear answer (${why}), so ${unclear}: look there, then decide relaunch to send it again, or skip`,
          });
    const sent = isSafe(method)
      ? followed(client, method, url, headers)
      : Effect.flatMap(requestOf(method, url, headers, input.body), (request) =>
          exchange(client, request),
        );
    const answer = yield* sent.pipe(
      Effect.timeoutOrElse({
        duration: `${timeoutSeconds} seconds`,
        orElse: () => Effect.fail(new Lost({ why: `none within ${timeoutSeconds} seconds` })),
      }),
      Effect.catchTags({
        Lost: ({ why }) => Effect.fail(lost(why)),
        NotSent: ({ why }) => Effect.fail(Failure.make("infrastructure", `${what}: ${why}.`)),
      }),
    );
    return yield* judged(what, answer, lost, isSafe(method));
  },
  Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" }),
  Effect.provideService(HttpClient.TracerPropagationEnabled, false),
);

/** No clear answer came. */
class Lost extends Schema.TaggedError<Lost>()("Lost", { why: Schema.String }) {}

/** Nothing was sent. */
class NotSent extends Schema.TaggedError<NotSent>()("NotSent", { why: Schema.String }) {}

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: Schema.Json;
}

type Method = NonNullable<Input["method"]>;

const requestOf = (
  method: Method,
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: Schema.Json | undefined,
) =>
  Effect.sync(() => {
    const request = HttpClientRequest.make(method)(url.href, {
      headers: { accept: "application/json, */*", "user-agent": "orchestrator", ...headers },
    });
    if (body === undefined) return request;
    const isText = typeof body === "string";
    const type = headers["content-type"] ?? (isText ? "text/plain" : "application/json");
    return HttpClientRequest.bodyText(request, isText ? body : JSON.stringify(body), type);
  });

/** Redirects lead nowhere but to the same host: headers may hold its secrets. */
const followed = Effect.fnUntraced(function* (
  client: HttpClient.HttpClient,
  method: Method,
  first: URL,
  headers: Readonly<Record<string, string>>,
) {
  let url = first;
  for (let redirects = 0; ; redirects++) {
    const answer: Answer = yield* exchange(
      client,
      yield* requestOf(method, url, headers, undefined),
    );
    const { location, status } = answer;
    const next = status >= 300 && location !== undefined ? URL.parse(location, url.href) : null;
    if (next === null || next.origin !== first.origin || redirects >= mostRedirects) return answer;
    url = next;
  }
});

const exchange = (
  client: HttpClient.HttpClient,
  request: HttpClientRequest.HttpClientRequest,
): Effect.Effect<Answer, Lost | NotSent> =>
  Effect.scoped(
    Effect.gen(function* () {
      const response = yield* Effect.mapError(
        HttpClient.withScope(client).execute(request),
        (error) =>
          isNeverSent(error)
            ? new NotSent({ why: `nothing was sent: ${error.message}` })
            : new Lost({ why: error.message }),
      );
      const { headers, status } = response;
      return { status, location: headers["location"], body: yield* bodyOf(response) };
    }),
  );

const bodyOf = Effect.fnUntraced(function* (response: HttpClientResponse.HttpClientResponse) {
  const decoder = new TextDecoder();
  let [text, size] = ["", 0];
  yield* Stream.runForEach(response.stream, (chunk) => {
    size += chunk.byteLength;
    if (size > maxBytes)
      return Effect.fail(new Lost({ why: `it has more than ${maxBytes} bytes` }));
    text += decoder.decode(chunk, { stream: true });
    return Effect.void;
  }).pipe(
    Effect.mapError((error) => (error._tag === "Lost" ? error : new Lost({ why: error.message }))),
  );
  text += decoder.decode();
  if (!/\bjson\b/i.test(response.headers["content-type"] ?? "")) return text;
  return yield* Effect.orElseSucceed(
    Effect.try({ try: () => JSON.parse(text) as Schema.Json, catch: () => undefined }),
    () => text,
  );
});

/** A refusal is the answer of whoever read the request; what breaks down may have carried it out. */
const judged = Effect.fnUntraced(function* (
  what: string,
  { body, location, status }: Answer,
  lost: (why: string) => Failure.TaskFailed | Agent.Asked,
  isRepeatable: boolean,
) {
  const isDone = (status >= 200 && status < 300) || (status === 303 && !isRepeatable);
  if (isDone) return { status, body };
  const said = typeof body === "string" ? body : JSON.stringify(body);
  const words = said === "" ? "" : `: ${said.slice(0, 500)}`;
  if (status >= 500) {
    return yield* isRepeatable
      ? Failure.make("agent", `${what} was answered with ${status}${words}`)
      : lost(`it was ${status}${words}`);
  }
  if (status >= 300 && status < 400) {
    const to = URL.parse(location ?? "")?.origin ?? "elsewhere";
    return yield* Failure.make(
      "permanent",
      `${what} is redirected to ${to}, which is not followed.`,
    );
  }
  const failureClass = isRepeatable && (status === 429 || status === 408) ? "agent" : "permanent";
  return yield* Failure.make(failureClass, `${what} was answered with ${status}${words}`);
});
