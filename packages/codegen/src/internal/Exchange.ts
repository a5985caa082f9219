import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import * as Schema from "effect/Schema";
import type { Budgets } from "../Budgets.ts";
import { type CodegenError, isTransient, Malformed, Unavailable } from "../CodegenError.ts";
import type { Limiter } from "./Limiter.ts";
import type { Call, Transport } from "./Transport.ts";

/** How a read is asked for. */
export interface Reading {
  /** Whether to ask again when the answer is an error that may pass (default true). */
  readonly retry?: boolean;
  /** How long one answer may take (default 30 seconds, of lists 60). */
  readonly deadline?: Duration.Duration;
}

/** How a launch is sent. */
export interface Sending {
  /** The longest wait for a turn; after it nothing is sent. */
  readonly patience?: Duration.Duration;
  /** Called when the request is about to leave. */
  readonly leaving?: () => void;
}

const readsAgain = Schedule.exponential("500 millis").pipe(
  Schedule.jittered,
  Schedule.upTo({ times: 4 }),
);

/** Sends requests within the budgets of their token, and teaches the budgets what the answers say. */
export class Exchange {
  readonly #transport: Transport;
  readonly #budgets: Budgets;

  constructor(transport: Transport, budgets: Budgets) {
    this.#transport = transport;
    this.#budgets = budgets;
  }

  /** Asks, and asks again while that may help. */
  read<A>(
    call: Call,
    schema: Schema.Codec<A, unknown>,
    { deadline = call.deadline, retry = true }: Reading = {},
    limiter: Limiter = this.#budgets.reads,
  ): Effect.Effect<A, CodegenError> {
    const asked = Effect.andThen(
      this.#admitted(limiter),
      this.#once(limiter, { ...call, deadline }, schema),
    );
    return retry ? Effect.retry(asked, { schedule: readsAgain, while: isTransient }) : asked;
  }

  readLog<A>(call: Call, schema: Schema.Codec<A, unknown>): Effect.Effect<A, CodegenError> {
    return this.read(call, schema, {}, this.#budgets.logs);
  }

  /** Changes something; sent once. */
  write<A>(call: Call, schema: Schema.Codec<A, unknown>): Effect.Effect<A, CodegenError> {
    return this.read(call, schema, { retry: false });
  }

  /** Creates something; sent once, and not at all while the service is down, which `probe` finds out. */
  create<A>(
    call: Call,
    schema: Schema.Codec<A, unknown>,
    probe: Effect.Effect<unknown, CodegenError>,
    { leaving, patience = Duration.infinity }: Sending,
  ): Effect.Effect<A, CodegenError> {
    const { creates } = this.#budgets;
    const turn = Effect.andThen(this.#isUp(probe), this.#admitted(creates));
    const late = () => Effect.fail(tooLate(patience));
    const inTime = Duration.isFinite(patience)
      ? Effect.timeoutOrElse(turn, { duration: patience, orElse: late })
      : turn;
    return inTime.pipe(
      Effect.andThen(Effect.sync(() => leaving?.())),
      Effect.andThen(this.#once(creates, call, schema)),
    );
  }

  /** Whether a service is back is tried with a read: a launch without an answer is not easily undone. */
  #isUp(probe: Effect.Effect<unknown, CodegenError>): Effect.Effect<void> {
    return Effect.suspend(() =>
      this.#budgets.breaker.isOpen
        ? Effect.andThen(Effect.ignore(probe), this.#isUp(probe))
        : Effect.void,
    );
  }

  #admitted(limiter: Limiter): Effect.Effect<void> {
    return Effect.andThen(this.#budgets.breaker.pass, limiter.take);
  }

  #once<A>(
    limiter: Limiter,
    call: Call,
    schema: Schema.Codec<A, unknown>,
  ): Effect.Effect<A, CodegenError> {
    return this.#transport.send(call).pipe(
      Effect.flatMap((body) => decode(call, schema, body)),
      Effect.tap(() => this.#answered(limiter)),
      Effect.tapError((error) => this.#learn(limiter, error)),
    );
  }

  #answered(limiter: Limiter): Effect.Effect<void> {
    return Effect.sync(() => {
      limiter.answered();
      this.#budgets.breaker.answered();
    });
  }

  #learn(limiter: Limiter, error: CodegenError): Effect.Effect<void> {
    const { breaker } = this.#budgets;
    switch (error._tag) {
      case "RateLimited":
        breaker.answered();
        return limiter.refused(error.retryAfterMillis);
      case "Malformed":
        return breaker.failed();
      case "Unavailable":
        return error.retryAfterMillis === undefined
          ? breaker.failed()
          : Effect.andThen(limiter.hold(error.retryAfterMillis), breaker.failed());
      default:
        return this.#answered(limiter);
    }
  }
}

const decode = <A>(
  { what }: Call,
  schema: Schema.Codec<A, unknown>,
  body: unknown,
): Effect.Effect<A, Malformed> =>
  Effect.mapError(
    Schema.decodeUnknownEffect(schema)(body),
    () =>
      new Malformed({
        message: `Codegen's answer to ${what} lacks what it must have, as an id. Check codegen.base_url.`,
      }),
  );

const tooLate = (patience: Duration.Duration): Unavailable =>
  new Unavailable({
    reached: "no",
    message: `The launch waited ${Duration.format(patience)} for its turn, for 10 launches a minute are allowed or Codegen does not answer; nothing was sent. Use fewer agents at once.`,
  });
