import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as HttpClient from "effect/http/HttpClient";
import type * as HttpClientError from "effect/http/HttpClientError";
import * as HttpClientRequest from "effect/http/HttpClientRequest";
import type * as HttpClientResponse from "effect/http/HttpClientResponse";
import * as Redacted from "effect/Redacted";
import * as Stream from "effect/Stream";
import { type CodegenError, Invalid, Malformed, Unavailable } from "../CodegenError.ts";
import { codeOf, isNeverSent } from "@orchestrator/core/remote/neverSent";
import { discontinued, refusal } from "./refusal.ts";
import { retryAfter } from "@orchestrator/core/remote/retryAfter";
import { Words } from "@orchestrator/core/remote/Words";

/** One request and the limits of its answer. */
export interface Call {
  /** What is asked, for messages: `the list of agent runs`. */
  readonly what: string;
  readonly method: "GET" | "POST";
  /** Below the base url, as `/v1/users/me`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** What a success says is nowhere specified: any body will do, and none. */
  readonly anyAnswer?: boolean;
  /** The most bytes that an answer may have. */
  readonly mostBytes: number;
  /** From the first byte sent to the last one read. */
  readonly deadline: Duration.Duration;
}

class TooLarge {
  readonly _tag = "TooLarge";
}

/**
 * Sends one request, once, and reads its JSON.
 *
 * Nothing is retried and no redirect is followed. What it fails with holds
 * neither the token nor the request.
 */
export class Transport {
  readonly #http: HttpClient.HttpClient;
  readonly #base: URL;
  readonly #token: Redacted.Redacted;
  readonly words: Words;

  constructor(http: HttpClient.HttpClient, base: URL, token: Redacted.Redacted) {
    this.#http = http;
    this.#base = base;
    this.#token = token;
    this.words = new Words(token);
  }

  send(call: Call): Effect.Effect<unknown, CodegenError> {
    return this.#exchange(call).pipe(
      Effect.timeoutOrElse({
        duration: call.deadline,
        orElse: () => Effect.fail(this.#late(call)),
      }),
      Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" }),
      Effect.provideService(HttpClient.TracerPropagationEnabled, false),
      Effect.annotateSpans("orchestrator.request", call.what),
    );
  }

  /** The scope ends the connection of an answer that is not read to its end. */
  #exchange(call: Call): Effect.Effect<unknown, CodegenError> {
    return Effect.scoped(
      Effect.gen({ self: this }, function* () {
        const request = yield* this.#request(call);
        const response = yield* Effect.mapError(
          HttpClient.withScope(this.#http).execute(request),
          (error) => this.#unsent(call, error),
        );
        return yield* this.#read(call, response);
      }),
    );
  }

  #request(call: Call): Effect.Effect<HttpClientRequest.HttpClientRequest, Invalid> {
    const url = new URL(`${this.#base.pathname.replace(/\/+$/, "")}${call.path}`, this.#base);
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
    const request = HttpClientRequest.make(call.method)(url.href, {
      headers: {
        accept: "application/json",
        authorization: `Bearer ${Redacted.value(this.#token)}`,
        "user-agent": "orchestrator",
      },
    });
    if (call.body === undefined) return Effect.succeed(request);
    return Effect.mapError(
      HttpClientRequest.bodyJson(request, call.body),
      () =>
        new Invalid({ message: `${call.what} could not be written as JSON; nothing was sent.` }),
    );
  }

  #read(
    call: Call,
    response: HttpClientResponse.HttpClientResponse,
  ): Effect.Effect<unknown, CodegenError> {
    return Effect.gen({ self: this }, function* () {
      const { headers, status, url } = response;
      const origin = URL.parse(url)?.origin;
      if (origin !== undefined && origin !== this.#base.origin) {
        return yield* this.#odd(call, status, `came from another address, ${origin}`);
      }
      const body = this.words.scrub(yield* this.#body(call, response));
      const isHtml = /html/i.test(headers["content-type"] ?? "") || /^\s*</.test(body);
      if (status >= 200 && status < 300) {
        if (isHtml) return yield* this.#odd(call, status, "is an HTML page");
        return call.anyAnswer === true ? body : yield* this.#json(call, status, body);
      }
      const now = yield* Clock.currentTimeMillis;
      const retryAfterMillis = retryAfter(headers["retry-after"], headers["date"], now);
      const answer = { status, body, isHtml, retryAfterMillis };
      return yield* refusal(call.what, answer, (text) => this.words.line(text));
    });
  }

  #body(
    { mostBytes, what }: Call,
    response: HttpClientResponse.HttpClientResponse,
  ): Effect.Effect<string, Malformed | Unavailable> {
    const { status } = response;
    const add = (before: Bytes, chunk: Uint8Array): Effect.Effect<Bytes, TooLarge> => {
      before.chunks.push(chunk);
      before.size += chunk.byteLength;
      return before.size > mostBytes ? Effect.fail(new TooLarge()) : Effect.succeed(before);
    };
    return Stream.runFoldEffect(response.stream, (): Bytes => ({ chunks: [], size: 0 }), add).pipe(
      Effect.map(textOf),
      Effect.catch((error): Effect.Effect<string, Malformed | Unavailable> => {
        if (error._tag === "TooLarge") {
          const message = `Codegen's answer to ${what} is larger than ${mostBytes} bytes and was not read. ${discontinued}.`;
          return Effect.fail(new Malformed({ message, status }));
        }
        if (error.reason._tag === "EmptyBodyError") return Effect.succeed("");
        const code = codeOf(error.reason) ?? "no reason known";
        const message = `The connection broke while Codegen answered ${what} (${this.words.line(code)}). Try again later.`;
        return Effect.fail(new Unavailable({ message, status, reached: "maybe" }));
      }),
    );
  }

  #json(call: Call, status: number, body: string): Effect.Effect<unknown, Malformed> {
    try {
      return Effect.succeed(JSON.parse(body) as unknown);
    } catch {
      const how = body.trim() === "" ? "is empty" : "is not whole JSON";
      return this.#odd(call, status, how);
    }
  }

  #odd(call: Call, status: number, how: string): Effect.Effect<never, Malformed> {
    const message = `Codegen's answer to ${call.what} ${how} (HTTP ${status}). ${discontinued}.`;
    return Effect.fail(new Malformed({ message, status }));
  }

  #unsent(call: Call, error: HttpClientError.HttpClientError): Unavailable {
    const { reason } = error;
    const cause = "cause" in reason ? reason.cause : undefined;
    const isUnsendable = reason._tag === "EncodeError" || reason._tag === "InvalidUrlError";
    const isUnsent = isUnsendable || isNeverSent(cause);
    const code = this.words.line(codeOf(cause) ?? "no reason known");
    const { host } = this.#base;
    return new Unavailable({
      reached: isUnsent ? "no" : "maybe",
      message: isUnsent
        ? `Codegen cannot be reached at ${host} for ${call.what} (${code}); nothing was sent. ${discontinued}, and the network.`
        : `The connection to ${host} broke during ${call.what} (${code}). Try again later.`,
    });
  }

  #late({ deadline, what }: Call): Unavailable {
    const message = `Codegen did not answer ${what} within ${Duration.format(deadline)}. Try again later.`;
    return new Unavailable({ message, reached: "maybe" });
  }
}

interface Bytes {
  readonly chunks: Array<Uint8Array>;
  size: number;
}

const textOf = ({ chunks, size }: Bytes): string => {
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return new TextDecoder().decode(all);
};
