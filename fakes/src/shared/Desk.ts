import type { Audit, Entry } from "./Audit.ts";
import type { Clock } from "./Clock.ts";
import { deliver, type Outcome, spoil } from "./Delivery.ts";
import { effectOf } from "./Fault.ts";
import type { Faults, Verdict } from "./Faults.ts";
import type { Call, Received, Reply, Service } from "./Service.ts";
import type { Wire } from "./Wire.ts";

export interface DeskOptions {
  readonly service: Service;
  readonly faults: Faults;
  readonly audit: Audit;
  readonly clock: Clock;
  /** Seconds that every request takes; none by default. */
  readonly latency?: number;
}

/** Takes requests for a service, lets faults strike, answers, and writes down everything. */
export class Desk {
  readonly #options: DeskOptions;
  readonly #born: number;
  readonly #closing = new AbortController();

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#born = options.clock.now();
  }

  /** Fires when no more answers are to be expected. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  close(): void {
    this.#closing.abort();
  }

  /** Serves one request that arrived whole; it is served to the end although its client may be gone. */
  async serve(received: Received, wire: Wire): Promise<void> {
    const call = this.#options.service.receive(received);
    try {
      await this.#follow(received, call, wire);
    } finally {
      call.done?.();
    }
  }

  async #follow(received: Received, call: Call, wire: Wire): Promise<void> {
    const { faults, audit, clock, latency = 0 } = this.#options;
    const entry = audit.arrive(entryOf(received, call, clock.now()));
    const { endpoint, kind, task } = call;
    const age = (entry.at - this.#born) / 1000;
    const verdict = faults.decide({ endpoint, kind, task, age });
    entry.fault = verdict.wire?.kind ?? verdict.bends[0]?.kind ?? null;
    if (latency > 0) await this.#wait(latency);
    const reply = await this.#act(call, verdict, entry);
    // Nobody knows how long a client bears the silence; what was done can be read until then.
    const isSilent = verdict.wire?.kind === "hang";
    if (isSilent) audit.write(entry);
    const outcome = await this.#answer(wire, verdict, reply, call);
    entry.status = outcome.status;
    entry.bytesOut = outcome.bytes;
    if (outcome.whole) reply.delivered?.();
    if (!isSilent) audit.write(entry);
  }

  /** The work itself, before or after a delay, unless the fault loses the request on its way in. */
  async #act(call: Call, { wire: fault, bends }: Verdict, entry: Entry): Promise<Reply> {
    // Too many requests are too many even when the last one meets a fault.
    const refusal = call.admit();
    const isLost = fault !== null && effectOf(fault) === "none";
    if (isLost && fault.kind === "delay") await this.#wait(fault.seconds);
    else if (isLost) return refusal ?? { status: 503, body: call.words(503) };
    const reply = refusal ?? call.act(bends);
    entry.effect = reply.effect ?? null;
    entry.violations = call.violations;
    if (!isLost && fault?.kind === "delay") await this.#wait(fault.seconds);
    return reply;
  }

  async #answer(wire: Wire, { wire: fault }: Verdict, reply: Reply, call: Call): Promise<Outcome> {
    if (fault === null) return deliver(wire, reply);
    return spoil(wire, this.#options.clock, fault, reply, call);
  }

  /** The client's death does not cut it short. */
  #wait(seconds: number): Promise<void> {
    return this.#options.clock.sleep(seconds * 1000, this.closing);
  }
}

const entryOf = (received: Received, call: Call, at: number) => {
  const query = received.query.toString();
  return {
    at,
    method: received.method,
    path: query === "" ? received.pathname : `${received.pathname}?${query}`,
    endpoint: call.endpoint,
    kind: call.kind,
    who: call.who,
    violations: call.violations,
    bytesIn: Buffer.byteLength(received.body),
  };
};
