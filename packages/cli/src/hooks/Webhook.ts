/**
 * One who is sent events by HTTP.
 *
 * ```
 * POST <url>
 * Content-Type: application/json
 * X-Orchestrator-Event: task-failed
 * X-Orchestrator-Delivery: 20261121-134500-k3f9/17
 * X-Orchestrator-Signature: t=1763733600,v1=<hexadecimal>
 * ```
 *
 * `v1` is HMAC-SHA256, with the secret, of the seconds of `t`, a dot and the body.
 */
import { createHash, createHmac } from "node:crypto";
import { isLoopback } from "@orchestrator/core/remote/BaseUrl";
import { retryAfter } from "@orchestrator/core/remote/retryAfter";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as Text from "../terminal/Text.ts";
import { version } from "../Version.ts";
import type * as Outgoing from "./Outgoing.ts";

/** The names of the events that are sent where nothing else is said. */
export const usualEvents: ReadonlyArray<string> = [
  "run-started",
  "run-resumed",
  "run-suspended",
  "run-ended",
  "task-ended",
  "emitted",
  "warning",
];

export interface Webhook {
  readonly url: Redacted.Redacted;
  /** What messages call it: an address may hold a secret behind its host. */
  readonly host: string;
  /** The same for as long as its address is. */
  readonly id: string;
  readonly events: ReadonlyArray<string>;
  readonly secret: Redacted.Redacted | undefined;
}

/** One, as the configuration states it. */
interface Stated {
  readonly url: string;
  readonly events?: ReadonlyArray<string> | null | undefined;
  readonly secret?: string | null | undefined;
}

export interface Problem {
  readonly path: ReadonlyArray<string | number>;
  readonly message: string;
}

/** Reads the section: nothing is sent to a host that the operator does not allow, whatever a file says. */
export const read = (
  stated: ReadonlyArray<Stated>,
  allowedHosts: ReadonlyArray<string>,
): Result.Result<ReadonlyArray<Webhook>, ReadonlyArray<Problem>> => {
  const problems = stated.flatMap(({ url }, index) => {
    const message = refusal(new URL(url), allowedHosts);
    return message === undefined ? [] : [{ path: ["webhooks", index, "url"], message }];
  });
  return problems.length > 0 ? Result.fail(problems) : Result.succeed(stated.map(webhook));
};

const webhook = ({ events, secret, url }: Stated): Webhook => ({
  url: Redacted.make(url),
  host: new URL(url).host,
  id: createHash("sha256").update(url).digest("hex").slice(0, 16),
  events: events ?? usualEvents,
  secret: secret === null || secret === undefined ? undefined : Redacted.make(secret),
});

/** Addresses follow the rule of base URLs. */
const refusal = (
  { host, hostname, password, protocol, username }: URL,
  allowed: ReadonlyArray<string>,
): string | undefined => {
  const isLocal = isLoopback(hostname);
  if (username !== "" || password !== "") return "holds a password; write a secret beside it";
  if (protocol !== "https:" && !(protocol === "http:" && isLocal)) {
    return `is neither https nor http on this machine, so events would be readable. Try https://${host}`;
  }
  const isAllowed = allowed.some((one) => [host, hostname].includes(one.toLowerCase()));
  if (isLocal || isAllowed) return undefined;
  return `names the host ${host}, which is not allowed. If events may be sent there: --allow-host ${host}, or ORCHESTRATOR_ALLOWED_HOSTS`;
};

/** A receiver did not take an event. */
export class NotTaken extends Schema.TaggedError<NotTaken>()("NotTaken", {
  message: Schema.String,
  /** Whether the answer is about this very event, so that to send it again would change nothing. */
  isFinal: Schema.Boolean,
  /** When the receiver wants to be asked again, in milliseconds from now. */
  retryAfterMillis: Schema.UndefinedOr(Schema.Finite),
}) {
  /** It ends no command: what waits is sent later. */
  override readonly [Runtime.errorReported] = false;
}

const deadline = "10 seconds";

/** What a receiver says of the body and not of the moment: bad request, too large, no such type, not understood. */
const finals: ReadonlySet<number> = new Set([400, 413, 415, 422]);

/** Sends one event once, at a moment given in milliseconds since the epoch. */
export const send = Effect.fn("Webhook.send")(function* (
  to: Webhook,
  message: Outgoing.Outgoing,
  now: number,
) {
  const seconds = Math.floor(now / 1000);
  const signed = signature(to, seconds, message.body);
  const asked = Effect.tryPromise({
    try: (signal) =>
      fetch(Redacted.value(to.url), {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "user-agent": `orchestrator/${version}`,
          "x-orchestrator-event": message.names.at(-1)!,
          "x-orchestrator-delivery": message.id,
          ...(signed === undefined ? {} : { "x-orchestrator-signature": signed }),
        },
        body: message.body,
        redirect: "manual",
        signal,
      }).then(async (response) => {
        await response.body?.cancel();
        return response;
      }),
    catch: (error) => notTaken(wordsOf(error)),
  });
  const { headers, status } = yield* Effect.timeoutOrElse(asked, {
    duration: deadline,
    orElse: () => Effect.fail(notTaken(`it did not answer within ${deadline}`)),
  });
  if (status >= 200 && status < 300) return;
  const header = (name: string) => headers.get(name) ?? undefined;
  const later = retryAfter(header("retry-after"), header("date"), now);
  return yield* notTaken(`it answered with status ${status}`, finals.has(status), later);
});

const signature = ({ secret }: Webhook, seconds: number, body: string): string | undefined => {
  if (secret === undefined) return undefined;
  const key = Redacted.value(secret);
  const mac = createHmac("sha256", key).update(`${seconds}.${body}`).digest("hex");
  return `t=${seconds},v1=${mac}`;
};

const notTaken = (message: string, isFinal = false, retryAfterMillis?: number) =>
  new NotTaken({ message, isFinal, retryAfterMillis });

/** Fetch says only that it failed; what caused it says more, and names at most a host. */
const wordsOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return Text.line(cause instanceof Error ? cause.message || cause.name : String(cause), 200);
};
