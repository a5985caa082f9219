import { codeOf, isNeverSent } from "@orchestrator/core/remote/neverSent";
import type { Words } from "@orchestrator/core/remote/Words";
import type { Octokit } from "@octokit/core";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import { type GitHubError, Invalid, Malformed, Unavailable } from "../GitHubError.ts";
import { type Answer, exchange, Strayed, TooLarge } from "./exchange.ts";

/** One request and the limits of its answer. */
export interface Call {
  /** What is asked, for messages: `the issues of acme/shop`. */
  readonly what: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Whole, as it is asked. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The most bytes that an answer may have. */
  readonly mostBytes: number;
  /** From the first byte sent to the last one read. */
  readonly deadline: Duration.Duration;
}

/** What every request says of the form of its answer. */
export const versioned = {
  accept: "application/vnd.github+json",
  "x-github-api-version": "2022-11-28",
};

/**
 * Sends one request, once, and reads its answer.
 *
 * Octokit writes the request and is told only that there was an answer: what it
 * does with broken bodies, and with an answer that is no success, is not wanted.
 * What this fails with holds neither the token nor the request.
 */
export class Transport {
  readonly #fetch: typeof globalThis.fetch;
  readonly #host: string;
  readonly words: Words;

  constructor(fetch: typeof globalThis.fetch, host: string, words: Words) {
    this.#fetch = fetch;
    this.#host = host;
    this.words = words;
  }

  send(octokit: Octokit, call: Call): Effect.Effect<Answer, GitHubError> {
    return Effect.suspend(() => {
      const sent = { isSent: false };
      return Effect.tryPromise({
        try: (signal) => this.#ask(octokit, call, signal, sent),
        catch: (error) => this.#broken(call, sent.isSent, error),
      });
    }).pipe(
      Effect.timeoutOrElse({
        duration: call.deadline,
        orElse: () => Effect.fail(this.#late(call)),
      }),
      Effect.tap(({ status }) =>
        Effect.annotateCurrentSpan({ "http.response.status_code": status }),
      ),
      Effect.withSpan(call.method, { kind: "client", attributes: attributesOf(call) }),
    );
  }

  async #ask(
    octokit: Octokit,
    call: Call,
    signal: AbortSignal,
    sent: { isSent: boolean },
  ): Promise<Answer> {
    const answers: Array<Answer> = [];
    // The address as it is: Octokit would take `:name` in it for a parameter.
    const fetch = async (_: string, { body, headers, method }: Written): Promise<Response> => {
      sent.isSent = true;
      const outgoing = { method, headers, body, signal };
      answers.push(await exchange(this.#fetch, call.url, outgoing, call.mostBytes));
      return new Response(null, { status: 204 });
    };
    const { body, headers, method } = call;
    const data = body === undefined ? {} : { data: JSON.stringify(body) };
    await octokit.request({
      ...data,
      method,
      url: "/",
      headers: { ...versioned, ...headers },
      request: { fetch, signal },
    });
    return answers[0]!;
  }

  #broken(call: Call, isSent: boolean, thrown: unknown): GitHubError {
    const { what } = call;
    const error = causeOf(thrown);
    if (!isSent) {
      const message = `The request for ${what} could not be written (${this.words.line(String(error))}); nothing was sent.`;
      return new Invalid({ message });
    }
    if (error instanceof TooLarge) {
      const message = `GitHub's answer to ${what} is larger than ${call.mostBytes} bytes and was not read. Ask for less at once.`;
      return new Malformed({ message, status: error.status });
    }
    if (error instanceof Strayed) {
      const message = `GitHub's answer to ${what} ${error.why}. Check github.base_url.`;
      return new Malformed({ message, status: error.status });
    }
    const code = this.words.line(codeOf(error) ?? "no reason known");
    if (isNeverSent(error)) {
      const message = `GitHub cannot be reached at ${this.#host} for ${what} (${code}); nothing was sent. Check the network and github.base_url.`;
      return new Unavailable({ message, reached: "no" });
    }
    const message = `The connection to ${this.#host} broke during ${what} (${code}). Try again later.`;
    return new Unavailable({ message, reached: "maybe" });
  }

  #late({ deadline, what }: Call): Unavailable {
    const message = `GitHub did not answer ${what} within ${Duration.format(deadline)}. Try again later.`;
    return new Unavailable({ message, reached: "maybe" });
  }
}

/** A request as Octokit writes it. */
interface Written {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** What traces say of a request, by the names of OpenTelemetry. */
const attributesOf = ({ method, url, what }: Call): Readonly<Record<string, string>> => ({
  "http.request.method": method,
  // Whatever is asked for is nobody's business but GitHub's.
  "url.full": url.replace(/[?#].*$/s, ""),
  "orchestrator.request": what,
});

/** Octokit wraps what a fetch throws. */
const causeOf = (thrown: unknown): unknown =>
  thrown instanceof Error && thrown.name === "HttpError" && thrown.cause !== undefined
    ? thrown.cause
    : thrown;
