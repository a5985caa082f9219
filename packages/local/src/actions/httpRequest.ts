/** `http.request`: one request to a host that the operator allows, with its answer as the output. */
import { Action } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as HttpAddress from "./HttpAddress.ts";
import * as HttpHeaders from "./HttpHeaders.ts";

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const;

const inputOf = (allowedHosts: ReadonlyArray<string> | undefined) =>
  Schema.Struct({
    url: HttpAddress.schema(allowedHosts),
    /** Default GET. */
    method: Schema.optionalKey(Schema.Literals(methods)),
    /** In their values `${NAME}` stands for a secret of the operator. */
    headers: Schema.optionalKey(HttpHeaders.schema),
    /** Text as it is, anything else as JSON. */
    body: Schema.optionalKey(Schema.Json),
    /** How long the answer may take (default 30). */
    timeoutSeconds: Schema.optionalKey(
      Schema.Finite.check(Schema.isBetween({ minimum: 1, maximum: 600 })),
    ),
  });

export type Input = ReturnType<typeof inputOf>["Type"];

const Output = Schema.Struct({
  status: Schema.Int,
  /** JSON where the answer is JSON, else its text. */
  body: Schema.Json,
});

/** Whether it only reads, so that it may be sent again. */
export const isSafe = (method: Input["method"]): boolean =>
  method === undefined || method === "GET" || method === "HEAD";

const typed = (allowedHosts: ReadonlyArray<string> | undefined) => {
  const input = inputOf(allowedHosts);
  const stated = Schema.is(Schema.Struct({ method: Schema.optionalKey(Schema.String) }));
  return {
    name: "http.request",
    description: "Sends one HTTP request to an allowed host.",
    input,
    output: Output,
    repeatable: (given: unknown) => stated(given) && isSafe(given.method as Input["method"]),
  };
};

/** What plans are checked against; absent hosts: any. */
export const signatureOn = (allowedHosts: ReadonlyArray<string> | undefined): Action.Signature =>
  Action.signature(typed(allowedHosts));

export interface Options {
  readonly allowedHosts: ReadonlyArray<string>;
  /** The secrets of the operator that headers may name, by name. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Sends requests to some hosts and to no others. The HTTP client is loaded only now: plans are checked without it. */
export const make = Effect.fnUntraced(function* ({ allowedHosts, secrets }: Options) {
  const { httpClient, perform } = yield* Effect.promise(() => import("./HttpExchange.ts"));
  const client = yield* httpClient;
  return Action.make({
    ...typed(allowedHosts),
    run: (input: Input, context) => perform(client, secrets, input, context),
  });
});
